"""What the engine may do at a hub and at a site: written into FLARE's own policy files, replacing its defaults.

A site runs no jobs at all. Four locks, each enough alone: every right of every role is `none` (with it `byoc`, custom code); the list of
classes that a job may name is empty and enforced; our validator refuses every job by a named rule; and no launcher is installed.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from equipoise.kernel.whole_file import write_whole

RIGHTS = ("submit_job", "clone_job", "manage_job", "download_job", "view", "operate", "shell_commands", "byoc", "app_command")
ROLES = ("project_admin", "org_admin", "lead", "member")
NOTHING: dict[str, Any] = {
    "format_version": "1.0",
    "permissions": {role: {**dict.fromkeys(RIGHTS, "none"), "server-predeployed-flwr": "none"} for role in ROLES},
}
LOCKED: dict[str, Any] = {"class_list_enforcement_mode": "enforce", "class_allow_list": [], "allow_log_streaming": False}
_MANAGERS = [
    {
        "id": "resource_manager",
        "path": "nvflare.app_common.resource_managers.gpu_resource_manager.GPUResourceManager",
        "args": {"num_of_gpus": 0, "mem_per_gpu_in_GiB": 0},
    },
    {"id": "resource_consumer", "path": "nvflare.app_common.resource_consumers.gpu_resource_consumer.GPUResourceConsumer", "args": {}},
]


def site_terms() -> dict[str, dict[str, Any]]:
    """The terms of a site, by file. Whoever changes them changes what the site allows: they are the site's own files."""
    resources = {
        "format_version": 2,
        **LOCKED,
        "client": {"retry_timeout": 30, "compression": "Gzip"},
        "app_validator": {"path": "equipoise.network.flare.site.no_jobs.NoJobs", "args": {}},
        "components": [*_MANAGERS, {"id": "equipoise_desk", "path": "equipoise.network.flare.site.component.SiteDesk", "args": {}}],
    }
    return {"resources.json": resources, "authorization.json": NOTHING, "log_config.json": _LOGS}


def write_site_terms(kit: Path) -> None:
    """Write a site's terms into its kit."""
    _write(kit, site_terms())


def write_hub_terms(kit: Path, state: Path) -> None:
    """The terms of a hub: no jobs either, its storage inside its own folder."""
    storage = {"path": "nvflare.app_common.storages.filesystem_storage.FilesystemStorage"}
    resources = {
        "format_version": 2,
        **LOCKED,
        "servers": [{"admin_storage": "transfer", "max_num_clients": 1000, "heart_beat_timeout": 60, "admin_timeout": 10.0}],
        "snapshot_persistor": {
            "path": "nvflare.app_common.state_persistors.storage_state_persistor.StorageStatePersistor",
            "args": {
                "uri_root": "/",
                "storage": {**storage, "args": {"root_dir": str(state / "snapshots"), "uri_root": "/"}},
            },
        },
        "components": [
            {
                "id": "job_scheduler",
                "path": "nvflare.app_common.job_schedulers.job_scheduler.DefaultJobScheduler",
                "args": {"max_jobs": 0},
            },
            {
                "id": "job_manager",
                "path": "nvflare.apis.impl.job_def_manager.SimpleJobDefManager",
                "args": {"uri_root": str(state / "jobs"), "job_store_id": "job_store"},
            },
            {"id": "job_store", **storage},
            {"id": "equipoise_post", "path": "equipoise.network.flare.hub.component.HubPost", "args": {}},
        ],
    }
    _write(kit, {"resources.json": resources, "authorization.json": NOTHING, "log_config.json": _LOGS})


def _write(kit: Path, files: dict[str, dict[str, Any]]) -> None:
    local = kit / "local"
    local.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        write_whole(local / name, (json.dumps(content, indent=2) + "\n").encode())


_LOGS: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {
        "screen": {"class": "logging.StreamHandler", "level": "WARNING", "formatter": "plain", "stream": "ext://sys.stderr"},
        "file": {
            "class": "logging.handlers.RotatingFileHandler",
            "level": "INFO",
            "formatter": "plain",
            "filename": "log.txt",
            "maxBytes": 5_000_000,
            "backupCount": 4,
        },
    },
    "loggers": {"root": {"level": "INFO", "handlers": ["screen", "file"]}},
}

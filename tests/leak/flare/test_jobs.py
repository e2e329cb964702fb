"""A hub with every right of the engine sends jobs: with code, with another class, with ours under other arguments. The site runs none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from leak.flare.conftest import Curious

SERVER = {
    "format_version": 2,
    "workflows": [
        {
            "id": "ask",
            "path": "nvflare.app_common.workflows.cyclic_ctl.CyclicController",
            "args": {"num_rounds": 1, "task_name": "train", "persistor_id": "", "shareable_generator_id": ""},
        }
    ],
    "components": [],
}


def job(folder: Path, executor: dict[str, Any], code: str = "") -> Path:
    """A job as FLARE has it, by hand."""
    config = folder / "app" / "config"
    config.mkdir(parents=True)
    client = {"format_version": 2, "executors": [{"tasks": ["train"], "executor": executor}], "components": []}
    meta = {"name": folder.name, "resource_spec": {}, "deploy_map": {"app": ["@ALL"]}, "min_clients": 1}
    for path, content in (
        ("meta.json", meta),
        ("app/config/config_fed_server.json", SERVER),
        ("app/config/config_fed_client.json", client),
    ):
        (folder / path).write_text(json.dumps(content), encoding="utf-8")
    if code:
        (folder / "app" / "custom").mkdir()
        (folder / "app" / "custom" / "evil.py").write_text(code, encoding="utf-8")
    return folder


def sent(curious: Curious, tmp_path: Path, name: str) -> str:
    """What became of a job; nothing of it has run, whatever FLARE says."""
    mark = tmp_path / "ran"
    executors = {
        "code": {"path": "evil.Evil", "args": {}},
        "another class": {"path": "subprocess.Popen", "args": {"args": ["touch", str(mark)]}},
        "a class of ours": {"path": "equipoise.network.flare.site.component.SiteDesk", "args": {}},
    }
    code = f"open({str(mark)!r}, 'w').close()\nclass Evil: pass\n" if name == "code" else ""
    outcome = curious.outcome(job(tmp_path / name.replace(" ", "-"), executors[name], code))
    assert not mark.exists()
    assert "COMPLETED" not in outcome
    return outcome


ALL = dict.fromkeys(("submit_job", "manage_job", "operate", "view", "byoc"), "any")


@pytest.mark.parametrize("name", ["code", "another class", "a class of ours"])
def test_a_site_gives_no_right_to_send_it_a_job(curious: Curious, tmp_path: Path, name: str) -> None:
    assert "H01: user 'mallory@hub.example' is not authorized for 'submit_job'" in sent(curious, tmp_path, name)


def test_were_all_rights_given_the_site_s_validator_would_refuse_by_a_named_rule(curious: Curious, tmp_path: Path) -> None:
    with curious.careless(ALL):
        assert "EQ-FLARE-011" in sent(curious, tmp_path / "1", "code")
        assert "EQ-FLARE-010" in sent(curious, tmp_path / "2", "another class")
        assert "EQ-FLARE-010" in sent(curious, tmp_path / "3", "a class of ours")


def test_were_there_no_validator_code_would_be_refused_and_nothing_else_could_start(curious: Curious, tmp_path: Path) -> None:
    with curious.careless({**ALL, "byoc": "none"}, validator=False):
        assert "BYOC not permitted" in sent(curious, tmp_path / "1", "code")
        sent(curious, tmp_path / "2", "another class")


@pytest.mark.parametrize("command", ["ls", "cat", "pwd", "head", "grep"])
def test_the_site_shows_no_files_to_an_administrator(curious: Curious, command: str) -> None:
    rest = {"cat": " log.txt", "head": " log.txt", "grep": " joined log.txt"}.get(command, "")
    try:
        said = json.dumps(curious.session.do_command(f"{command} H01{rest}"), default=str)
    except Exception as error:  # noqa: BLE001 - the session raises for some refusals
        said = str(error)
    assert "authorized" in said.lower() or "not permitted" in said.lower(), said
    assert "registered aux handler" not in said

"""The processes of a hub and of a site: FLARE's server and client, in the foreground, from a folder of ours."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

from equipoise.network.flare.homes import HUB_FOLDER, RUNNING, SITE_FOLDER, HubHome, SiteHome
from equipoise.network.flare.installed import must_be_installed
from equipoise.network.flare.with_parent import end_with_parent


def run_hub(folder: Path) -> int:
    """Serve until the process is told to end; the exit status."""
    must_be_installed()
    home = HubHome(folder.resolve())
    home.settings()
    from nvflare.private.fed.app.server.server_train import main

    os.environ[HUB_FOLDER] = str(home.folder)
    settings = ["secure_train=true", "org=hub", "config_folder=config"]
    return _run(main, home.kit, home.run, argparse.Namespace(workspace=str(home.kit), fed_server="fed_server.json", set=settings))


def run_site(folder: Path) -> int:
    """Join the hub and answer until the process is told to end; the exit status."""
    must_be_installed()
    home = SiteHome(folder.resolve())
    site = home.settings()
    from nvflare.private.fed.app.client.client_train import main

    os.environ[SITE_FOLDER] = str(home.folder)
    settings = ["secure_train=true", f"uid={site.name}", f"org={site.organisation}", "config_folder=config"]
    arguments = argparse.Namespace(workspace=str(home.kit), fed_client="fed_client.json", set=settings, local_rank=0)
    return _run(main, home.kit, home.run, arguments)


def _run(main: Callable[[argparse.Namespace], object], kit: Path, run: Path, arguments: argparse.Namespace) -> int:
    from nvflare.fuel.f3.mpm import MainProcessMonitor

    end_with_parent()
    sys.path[:] = [place for place in sys.path if place]
    (run / RUNNING).unlink(missing_ok=True)
    (kit / "transfer").mkdir(exist_ok=True)
    return int(MainProcessMonitor.run(main_func=main, run_dir=str(kit), args=arguments) or 0)

"""A hub that would like more than answers: it has the network's authority, a server with every right, an administrator's account."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from engines.required import skip_or_fail
from equipoise.network.flare.homes import RUNNING, HubHome, SiteHome
from equipoise.network.flare.joining.engine_tool import run_tool
from equipoise.network.flare.joining.hub import NewHub, admit, invite, make_hub
from equipoise.network.flare.joining.kits import Approved, build_kit, write_yaml
from equipoise.network.flare.joining.site import join, make_site
from equipoise.network.flare.processes import Processes, free_port
from equipoise.network.flare.terms import write_site_terms
from equipoise.simulate.network import simulate_network

ADMIN = "mallory@hub.example"
SERVER = """
import argparse, sys
from nvflare.fuel.f3.mpm import MainProcessMonitor
from nvflare.private.fed.app.server.server_train import main
kit = sys.argv[1]
settings = ["secure_train=true", "org=hub", "config_folder=config"]
MainProcessMonitor.run(main_func=main, run_dir=kit, args=argparse.Namespace(workspace=kit, fed_server="fed_server.json", set=settings))
"""


@dataclass(frozen=True)
class Curious:
    """The hub, its only site, and a session as administrator."""

    site: SiteHome
    session: Any
    folder: Path
    processes: Processes

    def start_site(self, rights: dict[str, str] | None = None, *, validator: bool = True) -> None:
        """Start the site (again): with its terms as they are, or with some of its locks taken off by a careless hand."""
        if self.processes.alive("H01"):
            self.processes.kill("H01")
        write_site_terms(self.site.kit)
        local = self.site.kit / "local"
        if rights is not None:
            content = json.loads((local / "authorization.json").read_text(encoding="utf-8"))
            content["permissions"]["lead"].update(rights)
            (local / "authorization.json").write_text(json.dumps(content), encoding="utf-8")
        if not validator:
            content = json.loads((local / "resources.json").read_text(encoding="utf-8"))
            del content["app_validator"]
            (local / "resources.json").write_text(json.dumps(content), encoding="utf-8")
        mark = self.site.run / RUNNING
        mark.unlink(missing_ok=True)
        self.processes.start("H01", "site", "run", self.site.folder, log=self.folder / "H01.log")
        until(mark.exists)

    @contextmanager
    def careless(self, rights: dict[str, str], *, validator: bool = True) -> Iterator[None]:
        """While locks are off; afterwards the site stands under its own terms again."""
        self.start_site(rights, validator=validator)
        try:
            yield
        finally:
            self.start_site()

    def outcome(self, job: Path) -> str:
        """What became of a job, with all that FLARE tells of it."""
        number = self.session.submit_job(str(job))
        self.session.wait_for_job(number, timeout=90.0, poll_interval=0.5)
        return json.dumps(self.session.get_job_meta(number), default=str)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "leak/flare" in str(item.path):
            item.add_marker(pytest.mark.xdist_group("live"))


@pytest.fixture(scope="session")
def curious(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Curious]:
    if find_spec("nvflare") is None:
        skip_or_fail("flare", "NVIDIA FLARE is not installed: `make federation`, or pip install 'equipoise[federation]'")
    from nvflare.fuel.flare_api.flare_api import new_secure_session

    folder = tmp_path_factory.mktemp("curious")
    simulate_network(folder / "cdms", hospitals=1, patients=100, seed=1, scenario="flagship")
    hub = make_hub(folder / "hub", NewHub("testing", "localhost", free_port()))
    papers = [folder / name for name in ("i.json", "r.zip", "a.zip")]
    invite(hub, "H01", "testers", papers[0])
    site = make_site(folder / "H01", papers[0], folder / "cdms" / "H01", papers[1])
    admit(hub, papers[1], papers[2])
    join(site, papers[2])
    kit = administrator(hub, folder)
    all_rights(hub, folder)
    server = subprocess.Popen([sys.executable, "-c", SERVER, str(hub.kit)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with Processes() as processes:
        try:
            session = new_secure_session(ADMIN, str(kit), timeout=60.0)
            network = Curious(site, session, folder, processes)
            network.start_site()
            yield network
            session.close()
        finally:
            server.kill()
            server.wait()


def until(true: Callable[[], bool], seconds: float = 90.0) -> None:
    """Wait for something that the network is about to do."""
    over = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < over, "the site did not connect in time"
        time.sleep(0.5)


def administrator(hub: HubHome, folder: Path) -> Path:
    """Whoever has the authority can make an administrator."""
    settings, work = hub.settings(), folder / "admin"
    work.mkdir()
    asked = {"name": ADMIN, "org": "hub", "type": "admin", "role": "project_admin"}
    write_yaml(work / "asked.yaml", {"name": settings.network, "participants": [{**asked, "role": "lead"}]})
    run_tool(work, "cert", "request", "-p", work / "asked.yaml", "--out", work / "request")
    signed, request = work / "admin.signed.zip", work / "request" / f"{ADMIN}.request.zip"
    run_tool(work, "cert", "approve", "-c", hub.authority, "--profile", hub.authority / "profile.yaml", "--out", signed, request)
    build_kit(work, work, work / "kit", Approved(signed, work / "request", settings.fingerprint))
    return work / "kit"


def all_rights(hub: HubHome, folder: Path) -> None:
    """FLARE's own default files for the server, and more: its lead may send code, and any class."""
    local = hub.kit / "local"
    default = (local / "resources.json.default").read_text(encoding="utf-8")
    resources = json.loads(default.replace("/tmp/nvflare", str(folder / "store")))  # noqa: S108 - it is taken out
    resources["class_list_enforcement_mode"] = "off"
    (local / "resources.json").write_text(json.dumps(resources), encoding="utf-8")
    rights = json.loads((local / "authorization.json.default").read_text(encoding="utf-8"))
    rights["permissions"]["lead"] = dict.fromkeys(rights["permissions"]["lead"], "any")
    (local / "authorization.json").write_text(json.dumps(rights), encoding="utf-8")

"""A live network for the tests: a hub and four sites as processes on this machine, joined as people would; one site behind a bad line."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from equipoise.guard.office.policy_file import POLICY_FILE, policy_text
from equipoise.network.flare.homes import RUNNING, SiteHome
from equipoise.network.flare.hub.asking import Limits
from equipoise.network.flare.hub.transport import FlareTransport, Terms
from equipoise.network.flare.joining.hub import NewHub, admit, invite, make_hub, peers
from equipoise.network.flare.joining.identity import believe
from equipoise.network.flare.joining.site import join, make_site
from equipoise.network.flare.processes import free_port, wait_for_sites
from equipoise.network.local import SitePlace
from network.transports.live.forked import Forked
from network.transports.live.line import BadLine

START = 300.0
"""Seconds for processes to come up on such a machine."""
PATIENT = Limits(silence=60.0, work=120.0)
"""On a machine that does much else, and for who starts again."""
HURRIED = Limits(silence=6.0, work=120.0)
"""For who will not come back. A site at work answers every two seconds."""


class LiveNetwork:
    """The network. `line`: what lies between the hub and the last site, and can be cut, delayed and muted."""

    def __init__(self, places: tuple[SitePlace, ...], folder: Path) -> None:
        self.places, self.folder = places, folder
        self.masked = places[0].policy.masked
        self.names = tuple(place.name for place in places)
        port = free_port()
        self.hub = make_hub(folder / "hub", NewHub("testing", "localhost", port))
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(self._join, places))
        (folder / "peers.txt").write_text(peers(self.hub), encoding="utf-8")
        for name in self.names if self.masked else ():
            believe(self.site(name), folder / "peers.txt")
        self.line = BadLine(port)
        _reach(self.site(self.names[-1]), self.line.port)
        self._open: list[FlareTransport] = []
        self.processes = Forked()
        self.start_hub()
        self.until((self.hub.run / RUNNING).exists, START)
        for name in self.names:
            self.start_site(name)
        self.wait()

    def site(self, name: str) -> SiteHome:
        return SiteHome(self.folder / name)

    def state(self, site: str) -> Path:
        return self.site(site).state

    def transport(self, limits: Limits = PATIENT) -> FlareTransport:
        self._open.append(transport := FlareTransport(self.hub.run, self.names, Terms(limits)))
        return transport

    def hurried(self) -> FlareTransport:
        return self.transport(HURRIED)

    def start_hub(self) -> None:
        self.processes.start("hub", "hub", self.hub.folder, self.folder / "hub.log")

    def start_site(self, name: str) -> None:
        self.processes.start(name, "site", self.folder / name, self.folder / f"{name}.log")

    def lose(self, site: str) -> None:
        self.processes.kill(site)

    def bring_back(self, site: str) -> None:
        if self.processes.alive(site):
            return
        mark = self.site(site).run / RUNNING
        mark.unlink(missing_ok=True)
        self.start_site(site)
        self.until(mark.exists)

    def restart(self, site: str) -> None:
        self.lose(site)
        self.start_site(site)

    def hold(self, site: str, how: signal.Signals) -> None:
        """SIGSTOP: its process stands still, with its connection open. SIGCONT: it goes on."""
        os.kill(self.processes.number(site), how)

    def restart_hub(self) -> None:
        self.processes.kill("hub")
        self.start_hub()

    def until(self, true: Callable[[], bool], seconds: float = 120.0) -> None:
        """Wait for something that the network is about to do."""
        over = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < over, "it did not come about in time"
            time.sleep(0.1)

    def wait(self) -> None:
        """Until every site's own process answers."""
        wait_for_sites(self.hub, self.names, lambda: all(map(self.processes.alive, ("hub", *self.names))), START)

    def hang_up(self) -> None:
        """Close what a test left open."""
        for transport in self._open:
            transport.close()
        self._open.clear()

    def end(self) -> None:
        self.hang_up()
        self.processes.end()
        self.line.close()

    def _join(self, place: SitePlace) -> None:
        papers = [self.folder / f"{place.name}.{kind}" for kind in ("invitation.json", "request.zip", "admission.zip")]
        invite(self.hub, place.name, "testers", papers[0])
        home = make_site(self.folder / place.name, papers[0], place.cdm, papers[1])
        admit(self.hub, papers[1], papers[2])
        join(home, papers[2])
        (home.folder / POLICY_FILE).write_text(policy_text(place.policy), encoding="utf-8")


def _reach(home: SiteHome, port: int) -> None:
    """Have a site reach its hub at another port of this machine."""
    path = home.kit / "startup" / "fed_client.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["servers"][0]["service"]["target"] = f"localhost:{port}"
    path.write_text(json.dumps(content), encoding="utf-8")

"""How long a round takes over a live network, how many bytes a site sends, how much memory is used.

    python benchmarks/network.py --sites 68 --as desks       68 sites' services and desks in this process: everything but the engine
    python benchmarks/network.py --sites 6 --as processes    a hub and 6 sites as processes, mutual TLS: everything

A site as a process holds some 0.35 GB, so 68 of them want 24 GB of memory and more; `desks` has the same questions, parts, stamps, line and
answers, without TLS. The study is the flagship, its sums under masks. State which of the two a number is from.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from threading import Thread

from equipoise.guard.policy import Policy
from equipoise.network.flare.homes import HubHome
from equipoise.network.flare.hub.line import open_line
from equipoise.network.flare.hub.post import Post
from equipoise.network.flare.hub.transport import FlareTransport
from equipoise.network.flare.joining.hub import NewHub, admit, invite, make_hub, peers
from equipoise.network.flare.joining.identity import believe
from equipoise.network.flare.joining.site import join, make_site
from equipoise.network.flare.parcel import Request, Response
from equipoise.network.flare.processes import Processes, free_port, wait_for_sites
from equipoise.network.flare.site.desk import Desk
from equipoise.network.flare.stamp import Stamper, Verifier
from equipoise.network.hub.analysis.conduct import Task, conduct
from equipoise.network.hub.transport import Reply, Transport
from equipoise.network.local import SitePlace, sites
from equipoise.network.wire.codec import decode, encode
from equipoise.simulate.network import simulate_network
from equipoise.study.reading import read_study

ROOT = Path(__file__).resolve().parents[1]


class Timed:
    """A transport that notes how long each round took, and what came back."""

    def __init__(self, inner: Transport) -> None:
        self.inner = inner
        self.seconds: list[float] = []
        self.received = self.sent = 0

    @property
    def sites(self) -> tuple[str, ...]:
        return self.inner.sites

    def ask(self, message: bytes, sites: tuple[str, ...], answered: Callable[[int], None], /) -> tuple[Reply, ...]:
        began = time.perf_counter()
        replies = self.inner.ask(message, sites, answered)
        self.seconds.append(time.perf_counter() - began)
        self.received += sum(len(reply.message or b"") for reply in replies)
        self.sent += len(message)
        return replies


class EveryDesk:
    """Desks in this process, as the post sees them; parcels become bytes and are read back."""

    def __init__(self, hub: HubHome, places: tuple[SitePlace, ...], folder: Path) -> None:
        services = sites(places, folder)._sites
        root = Verifier((hub.server_startup / "rootCA.pem").read_bytes(), hub.settings().host)
        self.desks = {name: Desk(name, root, service.answer) for name, service in services.items()}

    def send(self, site: str, request: Request) -> Response | None:
        return decode(encode(self.desks[site].handle(decode(encode(request), Request))), Response)

    def connected(self) -> tuple[str, ...]:
        return tuple(self.desks)

    def may_be_asked(self, site: str) -> bool:
        return site in self.desks


def as_desks(hub: HubHome, places: tuple[SitePlace, ...], folder: Path) -> Timed:
    desks = EveryDesk(hub, places, folder / "state")
    listener = open_line(hub.run)
    Thread(target=Post(desks.send, Stamper(hub.server_startup), desks).serve, args=(listener,), daemon=True).start()
    return measured(hub, places)


def as_processes(hub: HubHome, places: tuple[SitePlace, ...], folder: Path) -> Timed:
    for place in places:
        papers = [folder / f"{place.name}.{kind}" for kind in ("invitation", "request", "admission")]
        invite(hub, place.name, "benchmark", papers[0])
        home = make_site(folder / place.name, papers[0], place.cdm, papers[1])
        admit(hub, papers[1], papers[2])
        join(home, papers[2])
        (home.folder / "policy.toml").write_text('equipoise_policy = 1\nshare = "secure-sums"\nstudies = "any"\n', encoding="utf-8")
    (folder / "peers.txt").write_text(peers(hub), encoding="utf-8")
    with Processes() as processes:
        running = [processes.start("hub", "hub", "run", hub.folder, log=folder / "hub.log")]
        from equipoise.network.flare.homes import SiteHome

        for place in places:
            believe(SiteHome(folder / place.name), folder / "peers.txt")
            running.append(processes.start(place.name, "site", "run", folder / place.name, log=folder / f"{place.name}.log"))
        wait_for_sites(hub, tuple(p.name for p in places), lambda: all(p.poll() is None for p in running), 60.0 + 20 * len(places))
        timed = measured(hub, places)
        peaks = [peak(process.pid) for process in running]
        print(
            f"peak memory: hub {peaks[0]:.0f} MB, a site {statistics.median(peaks[1:]):.0f} MB (median), {max(peaks[1:]):.0f} MB (largest)"
        )
    return timed


def measured(hub: HubHome, places: tuple[SitePlace, ...]) -> Timed:
    loaded = read_study(ROOT / "studies" / "bclm.yaml")
    timed = Timed(FlareTransport(hub.run, tuple(place.name for place in places)))
    for run in ("first", "again"):
        timed.seconds.clear()
        timed.received = timed.sent = 0
        began = time.perf_counter()
        result = conduct(Task(loaded.study, loaded.hash, loaded.text), timed, lambda *_: None)
        there = sum(site.status == "contributed" for site in result.sites)
        print(f"{run} run: {time.perf_counter() - began:.1f} s, {result.rounds} rounds, {there} sites with eligible persons")
    return timed


def peak(process: int) -> float:
    """The largest resident memory of a process, MB (Linux)."""
    lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sites", type=int, default=68)
    parser.add_argument("--patients", type=int, default=5_000)
    parser.add_argument("--as", dest="how", choices=("desks", "processes"), default="desks")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        simulate_network(folder / "cdms", options.sites, options.patients, 1, "flagship", progress=lambda *_: None)
        places = tuple(SitePlace(path.name, path, Policy()) for path in sorted((folder / "cdms").iterdir()) if path.is_dir())
        hub = make_hub(folder / "hub", NewHub("benchmark", "localhost", free_port()))
        timed = (as_desks if options.how == "desks" else as_processes)(hub, places, folder)
        later = sorted(timed.seconds[2:])
        print(f"{options.sites} sites as {options.how}, {options.patients} patients")
        print(f"a round: median {statistics.median(later):.3f} s, largest {later[-1]:.3f} s, of {len(later)} after hello and prepare")
        print(f"bytes: a site sends {timed.received / options.sites / 1e6:.2f} MB in a study and gets {timed.sent / 1e6:.2f} MB")
        print(f"peak memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()

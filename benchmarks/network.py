"""How long a round takes over a live network, how many bytes a site sends, how much memory is used.

    python benchmarks/network.py --sites 68                  a hub and 68 sites as processes, mutual TLS: everything
    python benchmarks/network.py --sites 68 --as desks       their services and desks in this process: everything but the engine and TLS

The study is the flagship, its sums under masks, on the terms that a hospital begins with; the answer is compared with that of one process.
State which of the two a number is from.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Thread

from equipoise.guard.office.policy_file import policy_text
from equipoise.guard.policy import OFFICE
from equipoise.network.flare.homes import HubHome, SiteHome
from equipoise.network.flare.hub.asking import Limits
from equipoise.network.flare.hub.line import open_line
from equipoise.network.flare.hub.post import Post
from equipoise.network.flare.hub.transport import FlareTransport, Terms
from equipoise.network.flare.joining.hub import NewHub, admit, invite, make_hub, peers
from equipoise.network.flare.joining.identity import believe
from equipoise.network.flare.joining.site import join, make_site
from equipoise.network.flare.parcel import Request, Response
from equipoise.network.flare.processes import Processes, free_port, wait_for_sites
from equipoise.network.flare.running import run_site
from equipoise.network.flare.site.desk import Desk
from equipoise.network.flare.stamp import Stamper, Verifier
from equipoise.network.flare.with_parent import WITH_PARENT
from equipoise.network.hub.analysis.conduct import Task, conduct
from equipoise.network.hub.transport import Reply, Transport
from equipoise.network.local import SitePlace, run_study, sites
from equipoise.network.wire.codec import decode, encode
from equipoise.results.compared import differences
from equipoise.simulate.network import simulate_network
from equipoise.study.reading import read_study

ROOT = Path(__file__).resolve().parents[1]
TERMS = replace(OFFICE, studies="any", counts="any")
"""Of every site: those that a hospital begins with, without an office that must approve."""
WAVE = 4
"""Sites that start together."""
LEAST_FREE = 2_500_000
"""Free memory below which no more are started, kB."""
SILENCE = 120.0
"""Seconds that a site may give no sign of life: dozens of processes share the cores."""


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
    """A hub, and a process of its own for each site. All joined as hospitals do, and talk over mutual TLS."""
    began = time.perf_counter()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda place: join_hub(hub, place, folder), places))
    (folder / "peers.txt").write_text(peers(hub), encoding="utf-8")
    print(f"{len(places)} sites joined in {time.perf_counter() - began:.0f} s", flush=True)
    os.environ[WITH_PARENT] = "1"
    forking = multiprocessing.get_context("forkserver")
    forking.set_forkserver_preload(["__main__", "nvflare.private.fed.app.client.client_train", "equipoise.network.flare.site.component"])
    running = [forking.Process(target=serve, args=(folder / place.name, folder / f"{place.name}.log"), daemon=True) for place in places]
    with Processes() as processes:
        server = processes.start("hub", "hub", "run", hub.folder, log=folder / "hub.log")
        began = time.perf_counter()
        try:
            for first in range(0, len(places), WAVE):
                together = slice(first, first + WAVE)
                for place, process in zip(places[together], running[together], strict=True):
                    believe(SiteHome(folder / place.name), folder / "peers.txt")
                    process.start()
                names = tuple(place.name for place in places[: first + WAVE])
                wait_for_sites(hub, names, lambda: server.poll() is None and room_is_left(), 300.0)
            print(f"all connected after {time.perf_counter() - began:.0f} s", flush=True)
            timed = measured(hub, places)
            print_memory(server.pid, [process.pid for process in running if process.pid])
        finally:
            for process in running:
                if process.pid:
                    process.kill()
                    process.join()
    return timed


def join_hub(hub: HubHome, place: SitePlace, folder: Path) -> None:
    """What a hospital and the hub do once, with the terms that every hospital begins with but for the approval of studies."""
    papers = [folder / f"{place.name}.{kind}" for kind in ("invitation", "request", "admission")]
    invite(hub, place.name, "benchmark", papers[0])
    home = make_site(folder / place.name, papers[0], place.cdm, papers[1])
    admit(hub, papers[1], papers[2])
    join(home, papers[2])
    (home.folder / "policy.toml").write_text(policy_text(place.policy), encoding="utf-8")


def serve(folder: Path, log: Path) -> None:
    """A site's process, forked from one that has imported everything and has done nothing yet: code that is read is in memory once."""
    with log.open("ab") as said:
        os.dup2(said.fileno(), 1)
        os.dup2(said.fileno(), 2)
    run_site(folder)


def room_is_left() -> bool:
    """Whether the machine can go on; its memory is others' too."""
    lines = Path("/proc/meminfo").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("MemAvailable")) > LEAST_FREE


def print_memory(hub: int, running: list[int]) -> None:
    """Resident memory as every process sees it, and the share of each in what all of them hold together (Linux)."""
    peaks, shares = [peak(process) for process in running], [share(process) for process in running]
    print(f"peak resident memory: hub {peak(hub):.0f} MB, a site {statistics.median(peaks):.0f} MB (median), {max(peaks):.0f} MB (largest)")
    of_all = (
        f"hub {share(hub):.0f} MB, a site {statistics.median(shares):.0f} MB (median), in all {(sum(shares) + share(hub)) / 1024:.1f} GB"
    )
    print(f"held at the end, pages of several processes split among them: {of_all}")


def measured(hub: HubHome, places: tuple[SitePlace, ...]) -> Timed:
    """The study twice over the network; the first time sites build their tables. Both are compared with one process."""
    loaded = read_study(ROOT / "studies" / "bclm.yaml")
    task, alone = Task(loaded.study, loaded.hash, loaded.text), run_study(loaded, places, processes=1)
    timed = Timed(FlareTransport(hub.run, tuple(place.name for place in places), Terms(Limits(silence=SILENCE))))
    for run in ("first", "again"):
        timed.seconds.clear()
        timed.received = timed.sent = 0
        began = time.perf_counter()
        result = conduct(task, timed, lambda *_: None)
        there, apart = sum(site.status == "contributed" for site in result.sites), differences(result, alone)
        print(f"{run} run: {time.perf_counter() - began:.1f} s, {result.rounds} rounds, {there} sites with eligible persons", flush=True)
        print(f"the answer of one process, to a relative 1e-9: {'no: ' + apart[0] if apart else 'yes, all of it'}", flush=True)
    return timed


def share(process: int) -> float:
    """A process's part of memory, MB: pages that several share are split among them."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:"))


def peak(process: int) -> float:
    """The largest resident memory of a process, MB (Linux)."""
    lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sites", type=int, default=68)
    parser.add_argument("--patients", type=int, default=5_000)
    parser.add_argument("--as", dest="how", choices=("desks", "processes"), default="processes")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        simulate_network(folder / "cdms", options.sites, options.patients, 1, "flagship", progress=lambda *_: None)
        places = tuple(SitePlace(path.name, path, TERMS) for path in sorted((folder / "cdms").iterdir()) if path.is_dir())
        hub = make_hub(folder / "hub", NewHub("benchmark", "localhost", free_port()))
        timed = (as_desks if options.how == "desks" else as_processes)(hub, places, folder)
        later = sorted(timed.seconds[2:])
        print(f"{options.sites} sites as {options.how}, {options.patients} patients")
        print(f"a round: median {statistics.median(later):.3f} s, largest {later[-1]:.3f} s, of {len(later)} after hello and prepare")
        print(f"bytes: a site sends {timed.received / options.sites / 1e6:.2f} MB in a study and gets {timed.sent / 1e6:.2f} MB")
        print(f"peak memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()

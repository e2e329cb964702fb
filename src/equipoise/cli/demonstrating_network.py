"""`equipoise demo-network`: a hub and three hospitals as processes of their own on this machine, one study, and the same in one process."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

from equipoise.cli.demonstrating import shipped_study
from equipoise.cli.errors import DEMO_DIFFERS, DEMO_STEP_FAILED, OUTPUT_IN_THE_WAY
from equipoise.guard.policy import OFFICE
from equipoise.kernel.errors import Where
from equipoise.network.flare.homes import HubHome
from equipoise.network.flare.installed import must_be_installed
from equipoise.network.flare.processes import Processes, free_port, wait_for_sites
from equipoise.network.live import run_live
from equipoise.network.local import SitePlace, run_study
from equipoise.report.write import write_report
from equipoise.results.compared import differences
from equipoise.results.study_result import StudyResult
from equipoise.simulate.network import simulate_network
from equipoise.study.reading import read_study

HOSPITALS, SEED = 3, 2026
TERMS = replace(OFFICE, studies="any")
"""In one process there is no office that could approve; all else is as at the sites."""
MARK = "demo-network.txt"


@dataclass(slots=True)
class Steps:
    """Says each step as it is done, with the seconds since the beginning."""

    began: float = field(default_factory=time.monotonic)

    def say(self, what: str) -> None:
        """One line."""
        sys.stdout.write(f"{time.monotonic() - self.began:6.1f} s  {what}\n")
        sys.stdout.flush()


def demonstrate(out: Path, patients: int) -> None:
    """Everything from empty folders to the compared report. Raises EQ-CLI-006 when the two answers differ."""
    must_be_installed()
    _begin(out)
    steps, study = Steps(), shipped_study("bclm.yaml")
    simulate_network(out / "cdms", HOSPITALS, patients, SEED, "flagship", progress=lambda *_: None)
    places = tuple(SitePlace(path.name, path, TERMS) for path in sorted((out / "cdms").iterdir()) if path.is_dir())
    steps.say(f"{len(places)} hospitals simulated, {patients} study patients")
    hub = _joined(out, places, steps)
    with Processes() as processes:
        names = tuple(place.name for place in places)
        processes.start("hub", "hub", "run", hub.folder, log=out / "hub.log")
        for name in names:
            processes.start(name, "site", "run", out / name, log=out / f"{name}.log")
        wait_for_sites(hub, names, lambda: all(map(processes.alive, ("hub", *names))))
        steps.say(f"hub and {len(names)} sites run as {len(names) + 1} processes, connected with mutual TLS")
        for name in names:
            _equipoise("site", "check", out / name)
        steps.say("every site's check is well")
        for name in names:
            _equipoise("site", "preview", out / name, study)
            _equipoise("site", "approve", out / name, study, "--by", "the data office")
        steps.say("every site has looked at what the study would take out of it, and has approved it")
        loaded = read_study(study)
        live = run_live(loaded, hub.folder, lambda *_: None)
        write_report(live, out / "report")
        steps.say(f"the study is done: {live.rounds} rounds, {live.messages} messages, {live.seconds:.1f} s")
    steps.say("all processes have ended")
    _compare(live, run_study(loaded, places), steps)
    sys.stdout.write(f"Read {out / 'report' / 'report.html'}; each site's folder and log lie beside it.\n")


def _begin(out: Path) -> None:
    """An empty folder; an earlier demonstration is replaced."""
    if out.exists() and any(out.iterdir()) and not (out / MARK).exists():
        raise OUTPUT_IN_THE_WAY.error(f"{out} is not empty and was not written by this command", Where(file=out))
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    (out / MARK).write_text("Made by `equipoise demo-network`, which replaces this folder when it runs again.\n", encoding="utf-8")


def _joined(out: Path, places: tuple[SitePlace, ...], steps: Steps) -> HubHome:
    """The hub, and every site joined by its own request; the commands are those that people type."""
    port = free_port()
    _equipoise("hub", "init", out / "hub", "--name", "demo", "--host", "localhost", "--port", port)
    steps.say(f"the hub is made, with its own authority; it will listen at 127.0.0.1:{port}")
    for place in places:
        papers = [out / f"{place.name}.{kind}" for kind in ("invitation.json", "request.zip", "admission.zip")]
        _equipoise("hub", "invite", out / "hub", place.name, "--organisation", place.name, "--out", papers[0])
        _equipoise("site", "init", out / place.name, "--invitation", papers[0], "--cdm", place.cdm, "--out", papers[1])
        _equipoise("hub", "admit", out / "hub", papers[1], "--out", papers[2])
        _equipoise("site", "join", out / place.name, papers[2])
        steps.say(f"{place.name} has joined: its private key was made in its folder, and is nowhere else")
    roster = out / "peers.txt"
    roster.write_text(_equipoise("hub", "peers", out / "hub"), encoding="utf-8")
    for place in places:
        _equipoise("site", "believe", out / place.name, roster)
    steps.say("every site has the others' keys for sums under masks")
    return HubHome((out / "hub").resolve())


def _equipoise(*arguments: object) -> str:
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "equipoise", *map(str, arguments)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = (done.stderr or done.stdout).strip()
        raise DEMO_STEP_FAILED.error(f"`equipoise {' '.join(map(str, arguments[:2]))}` ended with {done.returncode}: {said[-1500:]}")
    return done.stdout


def _compare(live: StudyResult, local: StudyResult, steps: Steps) -> None:
    apart = differences(live, local)
    if apart:
        raise DEMO_DIFFERS.error(f"{len(apart)} places differ, first {apart[0]}")
    steps.say(f"the same study in one process: all {len(local.records)} records and everything else agree to a relative 1e-9")

"""Studies over a live network: hospitals that run their own processes, reached through the hub on this machine."""

from __future__ import annotations

from pathlib import Path

from equipoise import __version__
from equipoise.guard.audit import AuditLog
from equipoise.kernel.errors import EquipoiseError, Where
from equipoise.network.errors import NOBODY_ADMITTED
from equipoise.network.flare.errors import HUB_LOST
from equipoise.network.flare.homes import HUB_FILE, HubHome
from equipoise.network.flare.hub.time_outs import time_outs
from equipoise.network.flare.hub.transport import FlareTransport, Terms
from equipoise.network.flare.installed import must_be_installed
from equipoise.network.hub.analysis.conduct import CohortCounted, Task, conduct, count_cohort
from equipoise.network.hub.remembering import Memory, Remembering
from equipoise.network.hub.transport import Progress, Transport
from equipoise.network.live_counts import rounded
from equipoise.results.study_result import StudyResult
from equipoise.study.reading import LoadedStudy


def is_hub(path: Path) -> bool:
    """Whether a path is the folder of a hub."""
    return (path / HUB_FILE).is_file()


def run_live(loaded: LoadedStudy, hub: Path, progress: Progress) -> StudyResult:
    """Run a study over the hub's sites. What was answered before a run was interrupted is not asked again.

    A run that ends with a refusal has ended: the next one asks anew, also those who had failed.

    Raises EQ-FLARE-003 when the hub does not run, -007 when it goes away, -022 for time-outs that are not clear; EQ-HUB-001, -002 when
    sites fail and the study says so.
    """
    home, sites = _members(hub)
    limits, patience = time_outs(home.folder, loaded.study.name)
    memory = Memory(home.studies / loaded.hash, "\n".join((__version__, loaded.hash, *sites)))
    transport = FlareTransport(home.run, sites, Terms(limits, patience, memory))
    try:
        task, log = Task(loaded.study, loaded.hash, loaded.text), AuditLog(home.folder / "state", who="the hub")
        result = conduct(task, Remembering(transport, memory), progress, log=log, new_name=memory.name)
    except EquipoiseError as error:
        if error.code != HUB_LOST.code:
            memory.forget()
        raise
    finally:
        transport.close()
    memory.forget()
    return result


def count_live(loaded: LoadedStudy, hub: Path, progress: Progress) -> CohortCounted:
    """Count a study's cohort over the hub's sites; masked, and rounded to tens. Nothing is remembered: each count is asked anew."""
    home, sites = _members(hub)
    transport = FlareTransport(home.run, sites, Terms(*time_outs(home.folder, loaded.study.name)))
    try:
        return count_over(transport, loaded, progress)
    finally:
        transport.close()


def count_over(transport: Transport, loaded: LoadedStudy, progress: Progress) -> CohortCounted:
    """As `count_live`, over a transport that stays open: for a page that counts again at every change."""
    return rounded(count_cohort(Task(loaded.study, loaded.hash, loaded.text), transport, progress))


def _members(hub: Path) -> tuple[HubHome, tuple[str, ...]]:
    must_be_installed()
    home = HubHome(hub.resolve())
    sites = home.members()
    if not sites:
        raise NOBODY_ADMITTED.error("no site was admitted yet", Where(file=hub))
    return home, sites

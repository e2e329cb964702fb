"""A whole network on one machine: the sites and the hub wired together in this process. Every message still becomes bytes."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from equipoise.guard.audit import AuditLog
from equipoise.guard.policy import strictest
from equipoise.network.hub.analysis.conduct import CohortCounted, Task, conduct, count_cohort
from equipoise.network.hub.transport import Progress
from equipoise.network.in_process import InProcess
from equipoise.network.in_processes import InProcesses
from equipoise.network.networks import SitePlace, open_network
from equipoise.network.site.service import SiteService, introduce
from equipoise.network.site.tables import CdmTables, PooledTables
from equipoise.network.wire.frames import Place
from equipoise.results.study_result import StudyResult
from equipoise.study.model import Study
from equipoise.study.reading import LoadedStudy

LONG = 1500
"""Outcomes under adjustments, times sites, from which on a run takes longer than its processes take to start."""

__all__ = ["CohortCounted", "SitePlace", "count_study", "open_network", "run_study"]

HUB = ".hub"
"""The folder of the hub's own log, beside those of the sites."""


def run_study(
    loaded: LoadedStudy,
    network: tuple[SitePlace, ...],
    pooled: bool = False,
    cache_dir: Path | None = None,
    progress: Progress | None = None,
    *,
    processes: int | None = None,
) -> StudyResult:
    """Run a study over the network. `cache_dir`: where each site keeps its analysis table and its audit log; None keeps nothing.

    `processes`: how many share the sites; 1 keeps them in this one, None lets the study's length and the machine's cores decide.

    `pooled`: put all sites' rows under each other first and run the same code on the one table. Every estimate is the same to
    rounding error; only who sees the rows differs. It speaks on the strictest of the sites' terms.
    """
    report = progress or _silent
    mode = "pooled" if pooled else "federated"
    task = Task(loaded.study, loaded.hash, loaded.text, mode)
    log = AuditLog(cache_dir / HUB, who="the hub") if cache_dir else None
    if pooled:
        return conduct(task, pooled_site(network, cache_dir, report), report, log=log)
    many = fitting(loaded.study, len(network)) if processes is None else processes
    if many == 1:
        return conduct(task, sites(network, cache_dir), report, log=log)
    with InProcesses([_place(place, cache_dir) for place in network], many) as transport:
        return conduct(task, transport, report, log=log)


def fitting(study: Study, sites: int) -> int:
    """How many processes a run is worth: one where it is over before another has started."""
    questions = (len(study.timed_outcomes) * len(study.analysis.adjustments) + len(study.labs)) * sites
    return min(cores(), sites) if questions >= LONG else 1


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def count_study(loaded: LoadedStudy, network: tuple[SitePlace, ...], progress: Progress | None = None) -> CohortCounted:
    """Count the cohort over the network: the flow diagram, masked. No analysis table is built."""
    return count_cohort(Task(loaded.study, loaded.hash, loaded.text), sites(network, None), progress or _silent)


def sites(network: tuple[SitePlace, ...], cache_dir: Path | None) -> InProcess:
    """A service for each site, each of which believes the others."""
    services = {place.name: _service(place, cache_dir) for place in network}
    introduce(services.values())
    return InProcess(services)


def pooled_site(network: tuple[SitePlace, ...], cache_dir: Path | None, progress: Progress) -> InProcess:
    """One service whose table holds every site's rows."""
    tables = PooledTables([_tables(place, cache_dir) for place in network], lambda done: progress("pooling", done, len(network)))
    policy = replace(strictest(place.policy for place in network), minimum_sites=1)
    return InProcess({"pooled": SiteService("pooled", tables, policy, _home(cache_dir, "pooled"))})


def _place(place: SitePlace, cache_dir: Path | None) -> Place:
    home = _home(cache_dir, place.name)
    return Place(place.name, str(place.cdm.resolve()), str(home.resolve()) if home else None, place.policy)


def _service(place: SitePlace, cache_dir: Path | None) -> SiteService:
    return SiteService(place.name, _tables(place, cache_dir), place.policy, _home(cache_dir, place.name))


def _tables(place: SitePlace, cache_dir: Path | None) -> CdmTables:
    return CdmTables(place.name, place.cdm, _home(cache_dir, place.name))


def _home(cache_dir: Path | None, site: str) -> Path | None:
    """The folder that is the site's own."""
    return cache_dir / "".join(c if c.isalnum() or c in "-_." else "_" for c in site) if cache_dir else None


def _silent(_stage: str, _done: int, _total: int) -> None:
    return None

"""Every step of the protocol, with sites that are objects of this process; and what only a hub can see or suffer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from equipoise.guard.policy import Policy
from equipoise.network.hub.analysis.conduct import conduct
from equipoise.network.hub.remembering import Memory, Remembering
from equipoise.network.hub.transport import Reply, Transport
from equipoise.network.in_process import InProcess
from equipoise.network.local import SitePlace
from equipoise.network.site.service import SiteService, _counted, introduce
from equipoise.network.site.tables import CdmTables, CohortCount
from equipoise.network.wire.codec import decode, encode
from equipoise.network.wire.messages import Question
from equipoise.results.study_result import StudyResult
from equipoise.study.model import Study
from equipoise.study.reading import LoadedStudy
from equipoise.table.analysis_table import AnalysisTable
from network.transports.steps import MASKED, Ask, Disturbed, Pooled, StepSuite, Stricken, over_steps, small
from network.transports.suite import quiet, task
from network.transports.test_in_process import Losable


class Held:
    """A table that was built before."""

    def __init__(self, table: AnalysisTable) -> None:
        self._table = table

    def table(self, study: Study, study_hash: str) -> AnalysisTable:
        return self._table

    def count(self, study: Study) -> CohortCount:
        return _counted(self._table)


class Objects:
    """Sites that are objects of this process, over tables that were built before."""

    def __init__(self, places: tuple[SitePlace, ...], tables: dict[str, AnalysisTable], folder: Path) -> None:
        self.places, self._tables, self._folder = places, tables, folder
        self.masked = places[0].policy.masked
        self._sites = {place.name: Losable(self._start(place)) for place in places}
        self._introduce()

    def transport(self) -> Transport:
        return InProcess(self._sites)

    def hurried(self) -> Transport:
        return self.transport()

    def lose(self, site: str) -> None:
        self._sites[site].there = False

    def bring_back(self, site: str) -> None:
        self.restart(site)
        self._sites[site].there = True

    def restart(self, site: str) -> None:
        self._sites[site].site = self._start(next(place for place in self.places if place.name == site))
        self._introduce()

    def state(self, site: str) -> Path:
        return self._folder / site

    def _start(self, place: SitePlace) -> SiteService:
        return SiteService(place.name, Held(self._tables[place.name]), place.policy, self.state(place.name))

    def _introduce(self) -> None:
        introduce(losable.site for losable in self._sites.values() if isinstance(losable.site, SiteService))


@pytest.fixture(scope="session")
def tables(loaded: LoadedStudy, six: tuple[SitePlace, ...]) -> dict[str, AnalysisTable]:
    study = small(loaded, "tables")
    return {place.name: CdmTables(place.name, place.cdm, None).table(study.study, study.hash) for place in six}


@pytest.fixture
def pooled(pooled_six: Pooled) -> Pooled:
    return pooled_six


class TestMasked(StepSuite):
    """Sites that share sums only."""

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        over_steps(metafunc, masked=True)

    @pytest.fixture
    def stricken(self, six: tuple[SitePlace, ...], tables: dict[str, AnalysisTable], tmp_path: Path) -> Stricken:
        return Objects(six, tables, tmp_path)


class TestInClear(StepSuite):
    """Sites that give their own sums."""

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        over_steps(metafunc, masked=False)

    @pytest.fixture
    def stricken(self, six: tuple[SitePlace, ...], tables: dict[str, AnalysisTable], tmp_path: Path) -> Stricken:
        return Objects(tuple(replace(place, policy=Policy("site-aggregates")) for place in six), tables, tmp_path)


KINDS = ("garbage", "another site's", "an older one", "another version's")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("step", MASKED)
def test_nonsense_costs_the_site_that_says_it(
    six: tuple[SitePlace, ...],
    tables: dict[str, AnalysisTable],
    loaded: LoadedStudy,
    pooled: Pooled,
    tmp_path: Path,
    step: str,
    kind: str,
) -> None:
    """Its answer is replaced by something else that was once said, or by what was never said."""
    network, study = Objects(six, tables, tmp_path), small(loaded, "nonsense")
    other, victim = six[0].name, six[1].name
    older: list[Reply] = []

    def odd(message: bytes, replies: tuple[Reply, ...]) -> bytes | None:
        if kind == "garbage":
            return b"\xff\x00 garbage"
        if kind == "another site's":
            return next(reply.message for reply in replies if reply.site == other)
        if kind == "an older one":
            return older[-1].message if older else b""
        return network._sites[victim].answer(encode(replace(decode(message, Question), version="0.0.9", session=b"")))

    def spoilt(ask: Ask, message: bytes, sites: tuple[str, ...], answered: Callable[[int], None]) -> tuple[Reply, ...]:
        kind_of, replies = decode(message, Question).kind, ask(message, sites, answered)
        transport.seen[kind_of] += 0
        now = f"{kind_of} {transport.seen[kind_of]}" == step
        given = tuple(replace(one, message=odd(message, replies)) if now and one.site == victim else one for one in replies)
        older.extend(reply for reply in replies if reply.site == victim)
        return given

    transport = Disturbed(network.transport(), spoilt)
    found = conduct(task(study), transport, quiet)
    suite = TestMasked()
    suite.check(network, found, pooled, {victim: "EQ-WIRE-004" if kind == "another version's" else "EQ-"})
    assert sum(site.status == "left out" for site in found.sites) == suite.taken_along(network, step)


class PowerCut(BaseException):
    """The hub's machine stops."""


@pytest.mark.parametrize("masked", [True, False])
def test_a_hub_that_dies_at_every_step_goes_on_from_what_it_kept(
    six: tuple[SitePlace, ...],
    tables: dict[str, AnalysisTable],
    loaded: LoadedStudy,
    pooled: Pooled,
    tmp_path: Path,
    masked: bool,
) -> None:
    """It dies after the sites have answered and before it has kept that, so the question comes to them a second time; and again after."""
    places = six if masked else tuple(replace(place, policy=Policy("site-aggregates")) for place in six)
    network, study = Objects(places, tables, tmp_path / "sites"), small(loaded, "hub")
    asked: list[bytes] = []

    def lives() -> StudyResult:
        memory = Memory(tmp_path / "hub", "the same")
        remembering = Remembering(Disturbed(network.transport(), counted), memory)
        return conduct(task(study), Disturbed(remembering, dies), quiet, new_name=memory.name)

    def counted(ask: Ask, message: bytes, sites: tuple[str, ...], answered: Callable[[int], None]) -> tuple[Reply, ...]:
        asked.append(message)
        replies = ask(message, sites, answered)
        if asked.count(message) == 1:
            raise PowerCut
        return replies

    def dies(ask: Ask, message: bytes, sites: tuple[str, ...], answered: Callable[[int], None]) -> tuple[Reply, ...]:
        replies = ask(message, sites, answered)
        if message not in kept:
            kept.append(message)
            raise PowerCut
        return replies

    kept: list[bytes] = []
    for _ in range(200):
        try:
            found = lives()
            break
        except PowerCut:
            continue
    TestMasked().check(network, found, pooled, {})
    assert {asked.count(message) for message in asked} == {2}, "what was kept is asked no more"
    assert len(kept) == found.rounds

"""Four small hospitals that give their own counts, and the study over them in one process."""

from __future__ import annotations

import pytest

from equipoise.guard.policy import Policy
from equipoise.network.hub.analysis.conduct import conduct
from equipoise.network.local import SitePlace, run_study, sites
from equipoise.results.study_result import StudyResult
from equipoise.simulate.network import simulate_network
from equipoise.study.reading import LoadedStudy
from network.transports.steps import Pooled, pooled_over
from network.transports.suite import Once, answered, quiet, task


@pytest.fixture(scope="session")
def places(tmp_path_factory: pytest.TempPathFactory) -> tuple[SitePlace, ...]:
    out = tmp_path_factory.mktemp("four") / "network"
    simulate_network(out, hospitals=4, patients=500, seed=4, scenario="flagship")
    return tuple(SitePlace(path.name, path, Policy(share="site-aggregates")) for path in sorted(out.iterdir()) if path.is_dir())


@pytest.fixture(scope="session")
def once(loaded: LoadedStudy, places: tuple[SitePlace, ...], tmp_path_factory: pytest.TempPathFactory) -> Once:
    """What each site answers in one run that nothing disturbs."""
    folder = tmp_path_factory.mktemp("once")
    conduct(task(loaded), sites(places, folder), quiet)
    return {place.name: answered(folder / place.name) for place in places}


@pytest.fixture(scope="session")
def alone(loaded: LoadedStudy, places: tuple[SitePlace, ...]) -> StudyResult:
    return run_study(loaded, places)


@pytest.fixture(scope="session")
def six(tmp_path_factory: pytest.TempPathFactory) -> tuple[SitePlace, ...]:
    """Six hospitals that share sums only: one may be lost after something was added, and two with it."""
    out = tmp_path_factory.mktemp("six") / "network"
    simulate_network(out, hospitals=6, patients=700, seed=4, scenario="flagship")
    return tuple(SitePlace(path.name, path, Policy()) for path in sorted(out.iterdir()) if path.is_dir())


@pytest.fixture(scope="session")
def pooled_four(loaded: LoadedStudy, places: tuple[SitePlace, ...]) -> Pooled:
    return pooled_over(loaded, places)


@pytest.fixture(scope="session")
def pooled_six(loaded: LoadedStudy, six: tuple[SitePlace, ...]) -> Pooled:
    return pooled_over(loaded, six)

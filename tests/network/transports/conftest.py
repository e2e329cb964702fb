"""Four small hospitals that give their own counts, and the study over them in one process."""

from __future__ import annotations

import pytest

from equipoise.guard.policy import Policy
from equipoise.network.local import SitePlace, run_study
from equipoise.results.study_result import StudyResult
from equipoise.simulate.network import simulate_network
from equipoise.study.reading import LoadedStudy


@pytest.fixture(scope="session")
def places(tmp_path_factory: pytest.TempPathFactory) -> tuple[SitePlace, ...]:
    out = tmp_path_factory.mktemp("four") / "network"
    simulate_network(out, hospitals=4, patients=500, seed=4, scenario="flagship")
    return tuple(SitePlace(path.name, path, Policy(share="site-aggregates")) for path in sorted(out.iterdir()) if path.is_dir())


@pytest.fixture(scope="session")
def alone(loaded: LoadedStudy, places: tuple[SitePlace, ...]) -> StudyResult:
    return run_study(loaded, places)

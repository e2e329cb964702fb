"""A simulated network of three hospitals, made once, and the flagship study."""

from __future__ import annotations

from pathlib import Path

import pytest

from equipoise.network.local import SitePlace, open_network, run_study
from equipoise.results.study_result import StudyResult
from equipoise.simulate.network import simulate_network
from equipoise.study.reading import LoadedStudy, read_study

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def loaded() -> LoadedStudy:
    """The flagship study."""
    return read_study(ROOT / "studies" / "bclm.yaml")


@pytest.fixture(scope="session")
def network(tmp_path_factory: pytest.TempPathFactory) -> tuple[SitePlace, ...]:
    """Three hospitals that let rows be pooled."""
    out = tmp_path_factory.mktemp("simulated") / "network"
    simulate_network(out, hospitals=3, patients=320, seed=3, scenario="flagship")
    return open_network(out)


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the sites keep their tables: the tests that share it build each table once."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def federated(loaded: LoadedStudy, network: tuple[SitePlace, ...], cache: Path) -> StudyResult:
    """The study over the network."""
    return run_study(loaded, network, cache_dir=cache)

"""Small networks, written once, and their records read back by plain SQL."""

from __future__ import annotations

import importlib.util
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
import pytest

from equipoise.simulate.network import simulate_network

READER = Path(__file__).resolve().parents[3] / "benchmarks/simulated_cohort.py"


@dataclass(frozen=True)
class Network:
    folder: Path
    truth: dict[str, Any]
    patients: pd.DataFrame
    people: pd.DataFrame


@pytest.fixture(scope="session")
def reader() -> ModuleType:
    spec = importlib.util.spec_from_file_location("simulated_cohort", READER)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["simulated_cohort"] = module
    spec.loader.exec_module(module)
    return module


def load(folder: Path, reader: ModuleType) -> Network:
    truth = json.loads((folder / "truth.json").read_text())
    return Network(folder, truth, pd.read_parquet(folder / "truth_patients.parquet"), reader.read(folder))


@pytest.fixture(scope="session")
def flagship(tmp_path_factory: pytest.TempPathFactory, reader: ModuleType) -> Network:
    """The published study's size."""
    folder = tmp_path_factory.mktemp("simulated") / "flagship"
    simulate_network(folder, 68, 418, 20)
    return load(folder, reader)


@pytest.fixture(scope="session")
def larger(tmp_path_factory: pytest.TempPathFactory, reader: ModuleType) -> Network:
    folder = tmp_path_factory.mktemp("simulated") / "larger"
    simulate_network(folder, 12, 6000, 4)
    return load(folder, reader)

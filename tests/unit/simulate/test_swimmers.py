"""Single patients read back from a simulated network, against its own tables."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from equipoise.simulate.network import simulate_network
from equipoise.simulate.swimmers import DEATH, simulated_patients


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("swim") / "net"
    simulate_network(out, 2, 200, 3)
    return out


def test_so_many_of_each_arm_with_their_deaths(folder: Path) -> None:
    found = simulated_patients(folder, each=5)
    assert [patient.arm for patient in found] == ["TARE"] * 5 + ["TACE"] * 5
    for patient in found:
        assert patient.days >= 0
        assert all(0 <= day <= patient.days for day, _ in patient.events)
        assert all(day == patient.days for day, kind in patient.events if kind == DEATH)


def test_deaths_are_those_of_the_tables(folder: Path) -> None:
    everybody = simulated_patients(folder, each=10_000)
    truth = pq.read_table(folder / "truth_patients.parquet")
    assert len(everybody) == truth.num_rows
    people = set(truth.column("person_id").to_pylist())
    dead = {p for site in ("H01", "H02") for p in pq.read_table(folder / site / "death.parquet").column("person_id").to_pylist()}
    assert sum(any(kind == DEATH for _, kind in patient.events) for patient in everybody) == len(people & dead)


def test_a_folder_without_the_truth_shows_nobody(folder: Path, tmp_path: Path) -> None:
    (folder / "truth_patients.parquet").rename(tmp_path / "hidden")
    try:
        assert simulated_patients(folder) == ()
    finally:
        (tmp_path / "hidden").rename(folder / "truth_patients.parquet")

"""The diabetes world read back from its files: who is found, what is recorded, and that the truth is what Cox models tend to."""

from __future__ import annotations

import json
import math
from pathlib import Path

import duckdb
import numpy as np
import pytest

from equipoise.kernel.errors import EquipoiseError
from equipoise.simulate.cdm.codebook import codebook
from equipoise.simulate.diabetes.effects import EVENTS
from equipoise.simulate.network import simulate_network

METFORMIN, SGLT2, DPP4 = 1503297, (45774751, 44785829, 43526465, 793293), (1580747, 40239216, 40166035, 43013884)


@pytest.fixture(scope="module")
def network(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("diabetes") / "net"
    simulate_network(folder, 2, 900, 3, "diabetes")
    return folder


@pytest.fixture(scope="module")
def truth(network: Path) -> dict:
    return json.loads((network / "truth.json").read_text(encoding="utf-8"))


def ask(network: Path, query: str) -> list[tuple]:
    """A query over the tables of both hospitals; `drug(person_id, day, supply, ingredient)` is prepared."""
    found = []
    for site in ("H01", "H02"):
        with duckdb.connect() as database:
            for file in (network / site).glob("*.parquet"):
                database.execute(f"create view {file.stem} as select * from read_parquet('{file}')")
            database.execute(
                "create view drug as select person_id, drug_exposure_start_date as day, days_supply as supply,"
                " ancestor_concept_id as ingredient from drug_exposure join concept_ancestor on drug_concept_id = descendant_concept_id"
                " where min_levels_of_separation = 1"
            )
            found += database.execute(query).fetchall()
    return found


def test_the_arm_of_the_truth_is_the_first_drug_of_either_class(network: Path) -> None:
    either = ", ".join(map(str, SGLT2 + DPP4))
    first = dict(ask(network, f"select person_id, arg_min(ingredient, day) from drug where ingredient in ({either}) group by 1"))
    with duckdb.connect() as database:
        rows = database.execute(f"select person_id, arm from read_parquet('{network / 'truth_patients.parquet'}')").fetchall()
    assert len(rows) == 900
    for person, arm in rows:
        assert (first[person] in SGLT2) == (arm == "SGLT2 inhibitor")


def test_metformin_is_dispensed_for_ninety_days_at_a_time(network: Path) -> None:
    supplies = ask(network, f"select supply, count(*) from drug where ingredient = {METFORMIN} group by 1")
    whole = sum(n for supply, n in supplies if supply == 90)
    assert whole > 0.85 * sum(n for _, n in supplies)
    assert max(supply for supply, _ in supplies) == 90


def test_nothing_is_recorded_after_the_observation_period(network: Path) -> None:
    for table, day in (("drug_exposure", "drug_exposure_start_date"), ("measurement", "measurement_date")):
        late = f"select count(*) from {table} join observation_period using (person_id) where {day} > observation_period_end_date"
        assert sum(n for (n,) in ask(network, late)) == 0


def test_true_ratios_lie_by_what_was_planted_and_the_crude_one_of_admission_beyond_one(truth: dict) -> None:
    for name, event in EVENTS.items():
        found = truth["estimands"][name]["overlap"]["hazard_ratio_stratified_by_site"]
        assert abs(math.log(found) - event.log_ratio) < 0.15
    assert truth["estimands"]["heart_failure_admission"]["crude"]["hazard_ratio"] > 1.1
    assert truth["planted"]["log_hazard_ratio_of_insulin_begun_after_the_index"] == 0.0


def test_propensities_add_up_to_the_arm(network: Path, truth: dict) -> None:
    with duckdb.connect() as database:
        (total,) = database.execute(f"select sum(propensity) from read_parquet('{network / 'truth_patients.parquet'}')").fetchone()
    assert total == pytest.approx(truth["n_target"], abs=1e-6)
    assert truth["n_target"] == round(0.45 * 900)


def test_the_same_arguments_give_the_same_data(network: Path, tmp_path: Path) -> None:
    simulate_network(tmp_path / "again", 2, 900, 3, "diabetes")
    for name in ("H01/drug_exposure.parquet", "H02/measurement.parquet", "truth.json", "truth_patients.parquet"):
        assert (tmp_path / "again" / name).read_bytes() == (network / name).read_bytes()


def test_every_code_of_the_slice_has_one_id_and_local_ids_stand_apart() -> None:
    ids = codebook("diabetes").ids
    assert len(np.unique(ids)) == len(ids)
    local = [one for one in codebook("diabetes").concepts if one.vocabulary in ("Equipoise", "ICD10CM")]
    assert all(one.concept_id > 2_100_000_000 for one in local)
    assert not set(ids[ids > 2_000_000_000].tolist()) & set(codebook().ids.tolist())


def test_an_unknown_scenario_is_told_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(EquipoiseError, match="diabetes"):
        simulate_network(tmp_path / "net", 1, 10, 1, "diabets")

"""A written network against what its records say to a reader that knows nothing of the simulator."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from equipoise.kernel.errors import EquipoiseError
from equipoise.omop.tables import arrow_schema, clinical_tables
from equipoise.simulate.network import simulate_network

WRITTEN = ("person", "observation_period", "visit_occurrence", "condition_occurrence", "drug_exposure", "procedure_occurrence",
           "measurement", "observation", "device_exposure", "death", "cdm_source", "concept", "concept_relationship",
           "concept_ancestor", "vocabulary", "domain", "relationship", "concept_class")  # fmt: skip


def test_the_published_numbers_of_patients(flagship: Any) -> None:
    arms = flagship.patients.arm.value_counts()
    assert (arms["TARE"], arms["TACE"]) == (334, 84)
    assert flagship.truth["n_target"] == 334
    assert len(flagship.truth["hospitals"]) == 68
    assert sum(hospital["size"] for hospital in flagship.truth["hospitals"]) == 418


@pytest.mark.parametrize("size", ["flagship", "larger"])
def test_the_records_give_the_cohort(size: str, request: pytest.FixtureRequest) -> None:
    network = request.getfixturevalue(size)
    eligible = network.people[network.people.failed == 0]
    assert set(eligible.person_id) == set(network.patients.person_id)
    both = eligible.merge(network.patients, on="person_id")
    assert (both.tare == (both.arm == "TARE")).all()


def test_extra_persons_fail_one_criterion(larger: Any) -> None:
    others = larger.people[larger.people.failed > 0]
    assert (others.failed == 1).all()
    failures = [~others.in_period, others.age < 18, ~others.twice_c50, ~others.liver, others.lines == 0, others.lines > 3, others.c22]
    assert all(one.sum() > 50 for one in failures)
    persons = sum(pq.read_metadata(file).num_rows for file in larger.folder.glob("H*/person.parquet"))
    assert persons == 6000 + round(0.35 * 6000)
    assert persons - len(larger.people) > 50, "bland embolisation has no index event"


def test_the_recorded_covariates_give_the_propensity(larger: Any, reader: ModuleType) -> None:
    """Subtype, extent, lines, converted laboratory values, age and year, read from the records, are exactly what drove the treatment."""
    both = larger.people[larger.people.failed == 0].merge(larger.patients, on="person_id")
    planted = larger.truth["planted"]
    odds, hazard, centre = planted["assignment_log_odds"], planted["log_hazard_ratio"], planted["centres"]
    preference = both.site.map({hospital["name"]: hospital["preference"] for hospital in larger.truth["hospitals"]})

    def predictor(c: dict[str, float]) -> Any:
        return (
            c["her2"] * (both.subtype == "HER2+") + c["tnbc"] * (both.subtype == "TNBC") + c["extrahepatic"] * both.extrahepatic
            + c["lines_2"] * (both.lines == 2) + c["lines_3"] * (both.lines == 3)
            + c["albumin"] * (both.albumin - centre["albumin_g_dl"]).fillna(0.0)
            + c["log_bilirubin"] * (np.log(both.bilirubin) - centre["log_bilirubin_mg_dl"]).fillna(0.0)
            + c["age"] * (both.age - centre["age"]) + c["year"] * (both.year - centre["year"])
        )  # fmt: skip

    logit = odds["intercept"] + preference + predictor(odds)
    np.testing.assert_allclose(1 / (1 + np.exp(-logit)), both.propensity, rtol=1e-9)
    np.testing.assert_allclose(predictor(hazard), both.linear_predictor, rtol=1e-9, atol=1e-9)
    assert 0.05 < both.albumin.isna().mean() < 0.30


def test_medians_by_arm_follow_from_the_hazard(larger: Any) -> None:
    planted, patients = larger.truth["planted"], larger.patients
    ratio = patients.median_tare_days / patients.median_tace_days
    np.testing.assert_allclose(ratio, 0.80 ** (-1 / planted["weibull_shape"]), rtol=1e-12)
    scale = planted["baseline_scale_days"] * np.log(2) ** (1 / planted["weibull_shape"])
    np.testing.assert_allclose(patients.median_tace_days, scale * np.exp(-patients.linear_predictor / planted["weibull_shape"]), rtol=1e-12)


def test_adjusted_estimates_agree_with_the_truth(larger: Any, reader: ModuleType) -> None:
    people = larger.people[larger.people.failed == 0]
    arm, truth = people.tare.to_numpy(int), larger.truth["estimands"]
    e = reader.logistic(reader.design(people), arm.astype(float))
    for name, weight in (("overlap", np.where(arm == 1, 1 - e, e)), ("iptw", np.where(arm == 1, 1 / e, 1 / (1 - e)))):
        beta, error = reader.weighted_cox(people.time.to_numpy(), people.event.to_numpy(bool), arm, weight)
        assert abs(beta - np.log(truth[name]["hazard_ratio"])) < 3.3 * error, name
    assert truth["crude"]["hazard_ratio"] == pytest.approx(0.69, abs=0.02)
    assert truth["overlap"]["hazard_ratio"] == pytest.approx(0.82, abs=0.01)


def test_observed_medians_are_near_the_published_ones(larger: Any) -> None:
    observed = larger.truth["estimands"]["crude"]["observed"]
    assert observed["TARE"]["median_survival_days"] / 30.4375 == pytest.approx(36, abs=2)
    assert observed["TACE"]["median_survival_days"] / 30.4375 == pytest.approx(25, abs=2)


@pytest.mark.parametrize("name", WRITTEN)
def test_tables_are_those_of_cdm_5_4(flagship: Any, name: str) -> None:
    expected = arrow_schema(name)
    for site in ("H01", "H68"):
        found = pq.read_schema(flagship.folder / site / f"{name}.parquet")
        assert found.names == expected.names
        assert found.types == expected.types


def test_every_concept_is_in_the_vocabulary(larger: Any) -> None:
    for site in sorted(larger.folder.glob("H*")):
        known = set(pq.read_table(site / "concept.parquet")["concept_id"].to_pylist())
        for table in clinical_tables():
            rows = pq.read_table(site / f"{table.name}.parquet")
            for column in rows.column_names:
                if column.endswith("concept_id"):
                    assert set(rows[column].drop_null().unique().to_pylist()) <= known, (table.name, column)


def test_visits_and_ids_hold_together(larger: Any) -> None:
    for site in sorted(larger.folder.glob("H*")):
        visits = pq.read_table(site / "visit_occurrence.parquet").to_pandas()
        owner = visits.set_index("visit_occurrence_id").person_id
        assert owner.index.is_unique
        for table in clinical_tables():
            if table.name != "visit_occurrence":
                rows = pq.read_table(site / f"{table.name}.parquet").to_pandas()
                assert rows[table.id_column].is_unique
                assert (rows.visit_occurrence_id.map(owner) == rows.person_id).all()
        period = pq.read_table(site / "observation_period.parquet").to_pandas().set_index("person_id")
        assert (visits.visit_end_date <= visits.person_id.map(period.observation_period_end_date)).all()
        assert (visits.visit_start_date >= visits.person_id.map(period.observation_period_start_date)).all()


def test_habits_differ(larger: Any) -> None:
    habits = [hospital["habits"] for hospital in larger.truth["hospitals"]]
    for name in ("tare_code", "j_codes", "condition_concept", "death_by_month", "duplicates", "end_dates_missing"):
        assert len({habit[name] for habit in habits}) > 1, name


def test_the_same_request_gives_the_same_files_and_another_seed_others(tmp_path: Path) -> None:
    for name, seed in (("a", 5), ("b", 5), ("c", 6)):
        simulate_network(tmp_path / name, 3, 40, seed, "null")
    files = sorted(file.relative_to(tmp_path / "a") for file in (tmp_path / "a").rglob("*") if file.is_file())
    assert all((tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes() for file in files)
    assert (tmp_path / "a/H01/measurement.parquet").read_bytes() != (tmp_path / "c/H01/measurement.parquet").read_bytes()
    assert json.loads((tmp_path / "a/truth.json").read_text())["estimands"]["overlap"]["hazard_ratio"] == pytest.approx(1.0, abs=1e-9)


def test_network_file_and_progress(tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    simulate_network(tmp_path / "net", 2, 12, 1, progress=lambda *step: told.append(step))
    assert (tmp_path / "net/network.yaml").read_text() == (
        "equipoise_network: 1\nsites:\n"
        "  - {name: H01, cdm: H01, policy: {share: deidentified-rows}}\n"
        "  - {name: H02, cdm: H02, policy: {share: deidentified-rows}}\n"
    )
    assert told[-1] == ("write", 2, 2)
    assert [path.name for path in tmp_path.iterdir()] == ["net"]


@pytest.mark.parametrize(("hospitals", "patients"), [(5, 1), (1, 1), (3, 2)])
def test_tiny_networks(tmp_path: Path, hospitals: int, patients: int) -> None:
    simulate_network(tmp_path / "net", hospitals, patients, 0)
    assert pq.read_metadata(tmp_path / "net/truth_patients.parquet").num_rows == patients


@pytest.mark.parametrize(
    ("arguments", "code"),
    [((0, 5, 1, "flagship"), "EQ-SIMULATE-001"), ((1, 0, 1, "flagship"), "EQ-SIMULATE-001"), ((1, 1, 1, "nul"), "EQ-SIMULATE-002")],
)
def test_impossible_requests(tmp_path: Path, arguments: tuple[Any, ...], code: str) -> None:
    with pytest.raises(EquipoiseError) as raised:
        simulate_network(tmp_path / "net", *arguments)
    assert raised.value.code == code


def test_nothing_else_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "net").mkdir()
    (tmp_path / "net/mine.txt").write_text("mine")
    with pytest.raises(EquipoiseError) as raised:
        simulate_network(tmp_path / "net", 1, 1, 1)
    assert raised.value.code == "EQ-SIMULATE-003"
    assert [path.name for path in (tmp_path / "net").iterdir()] == ["mine.txt"]


def test_an_earlier_network_is_replaced(tmp_path: Path) -> None:
    simulate_network(tmp_path / "net", 3, 12, 1)
    simulate_network(tmp_path / "net", 2, 12, 1)
    assert sorted(path.name for path in (tmp_path / "net").glob("H*")) == ["H01", "H02"]

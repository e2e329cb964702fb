"""A study outside oncology, from its file alone: two drug classes in diabetes, on simulated hospitals whose effects are known."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from math import isclose
from pathlib import Path

import pytest

from equipoise.network.local import open_network, run_study
from equipoise.report.write import write_report
from equipoise.results.records import Record
from equipoise.results.study_result import StudyResult
from equipoise.simulate.network import simulate_network
from equipoise.study.fingerprint import study_hash
from equipoise.study.model import Sensitivity
from equipoise.study.reading import LoadedStudy, read_study

STUDY = Path(__file__).resolve().parents[2] / "studies" / "diabetes.yaml"
HOSPITALS, PATIENTS, SEED = 2, 2000, 5
ONCOLOGY = re.compile(r"tumou?r|cancer|oncolog|metasta|\bTA[RC]E\b|embol|chemo|breast", re.IGNORECASE)
DRAWN = re.compile(r"<style.*?</style>|<svg.*?</svg>|data:[^\"']+", re.DOTALL)


@pytest.fixture(scope="module")
def hospitals(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("diabetes") / "net"
    simulate_network(folder, HOSPITALS, PATIENTS, SEED, "diabetes")
    return folder


@pytest.fixture(scope="module")
def asked() -> LoadedStudy:
    """The study as it stands, without the repetitions of its sensitivity block and with two adjustments: the rest is tested elsewhere."""
    loaded = read_study(STUDY)
    kept = Sensitivity(e_values=True, negative_controls=loaded.study.sensitivity.negative_controls)
    analysis = loaded.study.analysis.model_copy(update={"adjustments": ("crude", "overlap")})
    study = loaded.study.model_copy(update={"sensitivity": kept, "analysis": analysis})
    return replace(loaded, study=study, hash=study_hash(study))


@pytest.fixture(scope="module")
def result(asked: LoadedStudy, hospitals: Path) -> StudyResult:
    return run_study(asked, open_network(hospitals))


@pytest.fixture(scope="module")
def truth(hospitals: Path) -> dict:
    return json.loads((hospitals / "truth.json").read_text(encoding="utf-8"))


def only(result: StudyResult, **wanted: object) -> Record:
    (found,) = [r for r in result.records if all(getattr(r, field) == value for field, value in wanted.items())]
    return found


def ratio(result: StudyResult, outcome: str, adjustment: str) -> Record:
    return only(result, analysis="main", population="all", measure="hazard_ratio", outcome=outcome, adjustment=adjustment)


def insulin(result: StudyResult, analysis: str, adjustment: str) -> Record:
    wanted = {"measure": "hazard_ratio", "outcome": "os", "population": "all", "target": "insulin", "comparator": "neither"}
    return only(result, analysis=analysis, adjustment=adjustment, **wanted)


def change(result: StudyResult, outcome: str, window: str, arm: str) -> Record:
    wanted = {"measure": "mean_change", "population": "all", "adjustment": "overlap"}
    return only(result, analysis=window, outcome=outcome, target=arm, **wanted)


def test_exactly_the_study_patients_are_found(result: StudyResult, truth: dict) -> None:
    crude = ratio(result, "os", "crude")
    assert (crude.n_target, crude.n_comparator) == (truth["n_target"], PATIENTS - truth["n_target"])


@pytest.mark.parametrize("outcome", ["os", "heart_failure_admission", "genital_infection", "ketoacidosis"])
def test_the_adjusted_interval_covers_the_planted_effect(result: StudyResult, truth: dict, outcome: str) -> None:
    found = ratio(result, outcome, "overlap")
    assert found.lower < truth["estimands"][outcome]["overlap"]["hazard_ratio_stratified_by_site"] < found.upper


def test_failing_hearts_get_one_class_and_the_crude_estimate_hides_the_benefit(result: StudyResult, truth: dict) -> None:
    crude, adjusted = ratio(result, "heart_failure_admission", "crude"), ratio(result, "heart_failure_admission", "overlap")
    assert crude.lower > truth["estimands"]["heart_failure_admission"]["overlap"]["hazard_ratio"]
    assert adjusted.upper < 1
    assert ratio(result, "genital_infection", "overlap").lower > 1.8


def test_death_competes_with_admission(result: StudyResult) -> None:
    shares = [r for r in result.records if r.measure == "cumulative_incidence" and r.outcome == "heart_failure_admission"]
    assert {r.time_days for r in shares} >= {365, 1096}


def test_insulin_seems_to_lower_the_hazard_only_where_its_users_had_to_live_to_begin_it(result: StudyResult) -> None:
    looking_ahead = insulin(result, "W1", "covariates").estimate
    for analysis, adjustment in (("time-varying", "covariates"), ("clone-censor-weight", "weights and covariates")):
        found = insulin(result, analysis, adjustment)
        assert found.lower < 1 < found.upper
        assert looking_ahead < 0.95 * found.estimate


def test_laboratory_values_change_as_planted(result: StudyResult, truth: dict) -> None:
    for outcome, window, planted, least in (
        ("hba1c_after", "year", truth["planted"]["hba1c_difference_in_percentage_points"], 0.06),
        ("creatinine_after", "quarter", 0.97 * (truth["planted"]["creatinine_early_ratio"] - 1), 0.01),
    ):
        target, comparator = (change(result, outcome, window, arm) for arm in (truth["target"], truth["comparator"]))
        assert abs(target.estimate - comparator.estimate - planted) < least


def test_steps_of_therapy_hold_what_is_continued(result: StudyResult) -> None:
    second = {step.regimen for step in result.pathways if step.before == ("biguanide",)}
    assert {"biguanide + dpp4 inhibitor", "biguanide + sglt2 inhibitor", "biguanide + sulfonylurea"} <= second


def test_federated_equals_pooled(asked: LoadedStudy, hospitals: Path, result: StudyResult) -> None:
    pooled = run_study(asked, open_network(hospitals), pooled=True)
    assert len(pooled.records) == len(result.records)
    for one, other in zip(result.records, pooled.records, strict=True):
        assert (one.analysis, one.population, one.outcome, one.measure, one.target) == (
            (other.analysis, other.population, other.outcome, other.measure, other.target)
        )
        for mine, theirs in ((one.estimate, other.estimate), (one.lower, other.lower), (one.upper, other.upper)):
            assert mine == theirs or isclose(mine, theirs, rel_tol=1e-9, abs_tol=1e-9), one


def test_the_report_speaks_of_no_other_disease(result: StudyResult, tmp_path: Path) -> None:
    write_report(result, tmp_path / "out")
    for name in ("report.html", "protocol.md", "checklists.md"):
        text = (tmp_path / "out" / name).read_text(encoding="utf-8")
        assert not ONCOLOGY.findall(DRAWN.sub("", text)), name

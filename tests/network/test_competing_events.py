"""An event that death precludes: the network's cumulative incidences are those of all rows in one place."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from equipoise import stats
from equipoise.engine.open import open_cdm
from equipoise.guard.policy import Policy
from equipoise.kernel.masked import Masked
from equipoise.network.hub.withheld import withhold
from equipoise.network.local import SitePlace, run_study
from equipoise.results.records import Record
from equipoise.results.study_result import StudyResult
from equipoise.study.fingerprint import study_hash
from equipoise.study.model import EventOutcome, Window
from equipoise.study.reading import LoadedStudy
from equipoise.table.building import build_table
from equipoise.table.pooling import pool


@pytest.fixture(scope="module")
def asked(loaded: LoadedStudy) -> LoadedStudy:
    outcome = EventOutcome(name="bilirubin_drawn", sets=("bilirubin",), risk_window=Window(start=20, end=400))
    study = loaded.study.model_copy(update={"outcomes": (*loaded.study.outcomes, outcome)})
    return replace(loaded, study=study, hash=study_hash(study))


@pytest.fixture(scope="module")
def unmasked(network: tuple[SitePlace, ...]) -> tuple[SitePlace, ...]:
    return tuple(replace(place, policy=Policy("deidentified-rows", minimum_count=1)) for place in network)


@pytest.fixture(scope="module")
def result(asked: LoadedStudy, unmasked: tuple[SitePlace, ...]) -> StudyResult:
    return run_study(asked, unmasked)


@pytest.fixture(scope="module")
def records(result: StudyResult) -> tuple[Record, ...]:
    return result.records


@pytest.fixture(scope="module")
def columns(asked: LoadedStudy, network: tuple[SitePlace, ...]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rows = pool([build_table(open_cdm(place.cdm, place.name), asked.study, place.name) for place in network]).rows
    time, event, arm = (np.array(rows[name].to_pylist(), dtype=float) for name in ("bilirubin_drawn_time", "bilirubin_drawn_event", "arm"))
    kept = ~np.isnan(time)
    return time[kept], event[kept].astype(int), arm[kept].astype(int)


def one(records: tuple[Record, ...], measure: str, target: str = "TARE", days: float | None = None) -> Record:
    found = [r for r in records if (r.outcome, r.measure, r.target, r.adjustment) == ("bilirubin_drawn", measure, target, "crude")]
    return next(r for r in found if days is None or r.time_days == days)


def test_some_die_before_the_event(columns):
    assert {0, 1, 2} == set(columns[1])


@pytest.mark.parametrize(("arm", "name"), [(1, "TARE"), (0, "TACE")])
def test_incidence_is_that_of_all_rows(records, columns, arm, name):
    time, event, group = columns
    own = group == arm
    at_risk, left, risk = 0, 1.0, 0.0
    for day in np.unique(time[own]):
        at_risk = (time[own] >= day).sum()
        here = time[own] == day
        risk += left * (here & (event[own] == 1)).sum() / at_risk
        left *= 1 - (here & (event[own] > 0)).sum() / at_risk
    found = one(records, "cumulative_incidence", name, 400.0)
    assert found.estimate == pytest.approx(risk, rel=1e-10)
    assert found.lower < risk < found.upper


def test_gray_and_fine_gray_are_those_of_one_data_set(records, columns):
    time, event, arm = columns
    gray = stats.gray_test(time, event, arm)
    model = stats.fine_gray(time, event, arm.astype(float)[:, None])
    assert one(records, "gray_test").estimate == pytest.approx(gray.fit.tests[0].statistic, rel=1e-9)
    assert one(records, "subdistribution_hazard_ratio").estimate == pytest.approx(float(np.exp(model.fit.fit.coef[0])), rel=1e-9)


def test_weighted_risks_are_there_without_tests_that_need_whole_people(records):
    measures = {r.measure for r in records if (r.outcome, r.adjustment) == ("bilirubin_drawn", "overlap")}
    assert {"cumulative_incidence", "risk_difference", "risk_ratio", "odds_ratio"} <= measures
    assert not {"gray_test", "subdistribution_hazard_ratio"} & measures


@pytest.mark.parametrize(("arm", "name"), [(1, "TARE"), (0, "TACE")])
def test_the_curve_steps_where_all_rows_have_events(result, columns, arm, name):
    time, event, group = columns
    own = group == arm
    left, risk, steps = 1.0, 0.0, []
    for day in np.unique(time[own]):
        at_risk, here = (time[own] >= day).sum(), time[own] == day
        risk += left * (here & (event[own] == 1)).sum() / at_risk
        left *= 1 - (here & (event[own] > 0)).sum() / at_risk
        if (here & (event[own] == 1)).any():
            steps.append((day, risk))
    (curve,) = [c for c in result.incidence_curves if (c.arm, c.adjustment) == (name, "crude")]
    assert curve.time[0] == curve.incidence[0] == 0
    assert curve.time[1:-1] == tuple(day for day, _ in steps)
    assert curve.incidence[1:-1] == pytest.approx([risk for _, risk in steps], rel=1e-10)
    assert curve.incidence[-1] == curve.incidence[-2]
    assert curve.at_risk_days == (0, 90, 180, 270, 360)
    assert curve.at_risk == (own.sum(), *((time[own] >= day).sum() for day in (90, 180, 270, 360)))


def test_the_curve_ends_where_few_are_at_risk(asked: LoadedStudy, network: tuple[SitePlace, ...], columns):
    time, _, group = columns
    found = run_study(asked, tuple(replace(place, policy=Policy(minimum_count=40)) for place in network))
    for curve in found.incidence_curves:
        if curve.adjustment == "crude" and curve.time[-1] > 0:
            own = time[group == (curve.arm == "TARE")]
            assert (own >= curve.time[-1]).sum() >= 40
        assert all(isinstance(n, Masked) or n == 0 or n >= 40 for n in curve.at_risk)


def test_a_curve_that_would_tell_a_small_number_is_withheld(result: StudyResult):
    hidden = tuple(
        replace(r, events_target=Masked()) if (r.outcome, r.target) == ("bilirubin_drawn", "TACE") and r.comparator is None else r
        for r in result.records
    )
    for curve in withhold(replace(result, records=hidden)).incidence_curves:
        bare = (curve.time, curve.incidence, curve.lower, curve.upper) == ((0.0, 0.0),) * 4
        assert bare == (curve.arm == "TACE")


def test_federated_is_pooled(asked: LoadedStudy, unmasked: tuple[SitePlace, ...], result: StudyResult, records: tuple[Record, ...]):
    whole = run_study(asked, unmasked, pooled=True)
    pooled = whole.records
    assert len(whole.incidence_curves) == len(result.incidence_curves) > 0
    for mine, theirs in zip(result.incidence_curves, whole.incidence_curves, strict=True):
        assert (mine.time, mine.at_risk) == (theirs.time, theirs.at_risk)
        assert mine.incidence == pytest.approx(theirs.incidence, rel=1e-9)
        assert mine.lower == pytest.approx(theirs.lower, rel=1e-9)
    assert len(pooled) == len(records)
    for left, right in zip(records, pooled, strict=True):
        for field in ("estimate", "lower", "upper"):
            a, b = getattr(left, field), getattr(right, field)
            assert a == b or a == pytest.approx(b, rel=1e-9), (left, right)

"""Adverse events over a simulated network: composites, washout in whole pairs, rates, instances, the platform's measures."""

from __future__ import annotations

from dataclasses import replace
from math import isclose, sqrt
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binomtest, poisson

from equipoise.engine.open import open_cdm
from equipoise.guard.policy import Policy
from equipoise.network.local import SitePlace, run_study
from equipoise.results.records import Record
from equipoise.results.study_result import StudyResult
from equipoise.study.fingerprint import study_hash
from equipoise.study.model import Composite, EventOutcome, RecordsMember, ValueMember, Window
from equipoise.study.reading import LoadedStudy
from equipoise.table.building import build_table
from equipoise.table.pooling import pool

EARLY = Window(start=0, end=60)
SPREAD = EventOutcome(
    name="spread", sets=("extrahepatic_metastasis",), risk_window=Window(start=1, end=730), washout=365, report_at=(90, 800)
)
RARE = EventOutcome(name="cancer_again", sets=("primary_liver_cancer",), risk_window=EARLY, washout=0)
BOTH = EventOutcome(
    name="both",
    sets=("bilirubin", "endocrine_or_cdk46"),
    risk_window=EARLY,
    composite=Composite(
        members=(
            ValueMember(sets=("bilirubin",), comparison=">", threshold=0.8, unit="mg/dL"),
            RecordsMember(sets=("endocrine_or_cdk46",)),
        ),
        at_least=2,
        within=30,
    ),
)


@pytest.fixture(scope="module")
def asked(loaded: LoadedStudy) -> LoadedStudy:
    outcomes = (loaded.study.outcomes[0].model_copy(update={"report_at": (30,)}), SPREAD, RARE, BOTH)
    study = loaded.study.model_copy(update={"outcomes": outcomes})
    return replace(loaded, study=study, hash=study_hash(study))


@pytest.fixture(scope="module")
def unmasked(network: tuple[SitePlace, ...]) -> tuple[SitePlace, ...]:
    return tuple(replace(place, policy=Policy("deidentified-rows", minimum_count=1)) for place in network)


@pytest.fixture(scope="module")
def result(asked: LoadedStudy, unmasked: tuple[SitePlace, ...], cache: Path) -> StudyResult:
    return run_study(asked, unmasked, cache_dir=cache)


Columns = dict[str, np.ndarray]


@pytest.fixture(scope="module")
def rows(asked: LoadedStudy, network: tuple[SitePlace, ...]) -> Columns:
    table = pool([build_table(open_cdm(place.cdm, place.name), asked.study, place.name) for place in network]).rows
    names = [name for name in table.column_names if name.startswith(("spread", "both", "arm"))]
    return {name: np.array(table[name].to_pylist(), dtype=float) for name in names}


def one(result: StudyResult, measure: str, target: str = "TARE", adjustment: str = "crude", **wanted: object) -> Record:
    fields = {"outcome": "spread", **wanted}
    found = [r for r in result.records if (r.measure, r.target, r.adjustment) == (measure, target, adjustment)]
    (match,) = [r for r in found if all(getattr(r, name) == value for name, value in fields.items())]
    return match


ARMS = [(1, "TARE"), (0, "TACE")]


def test_rates_are_events_over_time_with_the_tails_of_poisson(result: StudyResult, rows: Columns) -> None:
    counted = {}
    for arm, name in ARMS:
        own = (rows["arm"] == arm) & np.isfinite(rows["spread_time"])
        events, years = int((rows["spread_event"][own] == 1).sum()), rows["spread_time"][own].sum() / 36525
        counted[arm] = events, years
        found = one(result, "incidence_rate", name)
        assert found.lower is not None
        assert found.upper is not None
        assert found.estimate == pytest.approx(events / years, rel=1e-10)
        assert poisson.sf(events - 1, found.lower * years) == pytest.approx(0.025)
        assert poisson.cdf(events, found.upper * years) == pytest.approx(0.025)
        assert (found.n_target, found.events_target) == (own.sum(), events)
    (e1, t1), (e0, t0) = counted[1], counted[0]
    ratio = one(result, "rate_ratio", comparator="TACE")
    assert ratio.estimate == pytest.approx((e1 / t1) / (e0 / t0), rel=1e-10)
    assert ratio.p_value == pytest.approx(binomtest(e1, e1 + e0, t1 / (t1 + t0)).pvalue)
    assert one(result, "rate_difference").estimate == pytest.approx(e1 / t1 - e0 / t0, rel=1e-9)


@pytest.mark.parametrize(("arm", "name"), ARMS)
def test_instances(result: StudyResult, rows: Columns, arm: int, name: str) -> None:
    days = rows["spread_instances"][(rows["arm"] == arm) & np.isfinite(rows["spread_instances"])]
    assert one(result, "mean_instances", name).estimate == pytest.approx(days.mean())
    assert one(result, "sd_instances", name).estimate == pytest.approx(days.std(ddof=1))
    assert one(result, "total_instances", name).estimate == pytest.approx(days.sum())
    assert np.nanmax(rows["spread_instances"]) > 1


@pytest.mark.parametrize(("arm", "name"), ARMS)
def test_whom_the_washout_leaves_out(result: StudyResult, rows: Columns, arm: int, name: str) -> None:
    out = rows["spread_washed_out"][rows["arm"] == arm]
    found = one(result, "excluded_by_washout", name)
    assert (found.analysis, found.n_target, found.events_target) == ("washout", len(out), int(out.sum()))
    assert found.estimate == pytest.approx(out.mean())
    assert not np.any(np.isfinite(rows["spread_time"]) & (rows["spread_washed_out"] > 0))


def test_matched_pairs_leave_whole(result: StudyResult) -> None:
    whole = [next(p for p in result.populations if p.adjustment == "matched")]
    assert whole[0].n_target == whole[0].n_comparator
    at_risk = one(result, "hazard_ratio", adjustment="matched")
    out = sum(int(str(one(result, "excluded_by_washout", name, "matched").events_target)) for _, name in ARMS)
    assert out > 0
    left = int(str(at_risk.n_target)), int(str(at_risk.n_comparator))
    assert max(left) < int(str(whole[0].n_target)) - out / 2
    assert abs(left[0] - left[1]) <= 3
    """Those not followed at all go alone: no washout took them."""
    assert one(result, "largest_smd", adjustment="matched").estimate is not None


def test_measures_of_association_are_of_everybody(result: StudyResult, rows: Columns) -> None:
    a, c = (int(rows["spread_in_window"][rows["arm"] == arm].sum()) for arm, _ in ARMS)
    n, m = (int((rows["arm"] == arm).sum()) for arm, _ in ARMS)
    wanted = {"analysis": "measures of association", "population": "all"}
    assert one(result, "risk", "TACE", **wanted).estimate == pytest.approx(c / m)
    pooled = (a + c) / (n + m)
    z = (a / n - c / m) / sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))
    assert one(result, "risk_difference_z", **wanted).estimate == pytest.approx(z)
    ratio = one(result, "risk_ratio", **wanted)
    assert ratio.estimate is not None
    assert ratio.lower is not None
    assert ratio.lower / ratio.estimate == pytest.approx(np.exp(-1.96 * sqrt(1 / a - 1 / n + 1 / c - 1 / m)))
    new = one(result, "odds_ratio", **wanted | {"population": "without the outcome before"})
    kept = rows["spread_washed_out"] == 0
    cells = [
        (int(rows["spread_in_window"][kept & (rows["arm"] == arm)].sum()), int((kept & (rows["arm"] == arm)).sum())) for arm, _ in ARMS
    ]
    (a, n), (c, m) = cells
    assert new.estimate == pytest.approx(a * (m - c) / (c * (n - a)))
    assert (new.n_target, new.events_comparator, new.time_days) == (n, c, 730.0)


def test_death_has_measures_of_association_too(result: StudyResult) -> None:
    found = one(result, "risk", outcome="os", analysis="measures of association")
    assert found.estimate == pytest.approx(int(str(found.events_target)) / int(str(found.n_target)))


def test_days_that_outcomes_ask_for(result: StudyResult) -> None:
    days = [
        r.time_days for r in result.records if (r.outcome, r.measure, r.adjustment, r.target) == ("spread", "risk_ratio", "crude", "TARE")
    ]
    assert days[:3] == [90.0, 730.0, 800.0]
    late = [one(result, "cumulative_incidence", time_days=day).estimate for day in (730.0, 800.0)]
    assert late[0] == late[1]
    assert one(result, "survival", outcome="os", time_days=30.0).estimate is not None


def test_a_composite_is_an_outcome_like_others(result: StudyResult, rows: Columns) -> None:
    happened = {name: int((rows["both_event"][rows["arm"] == arm] == 1).sum()) for arm, name in ARMS}
    assert min(happened.values()) > 0
    assert one(result, "incidence_rate", outcome="both").events_target == happened["TARE"]
    assert not [r for r in result.records if r.outcome == "both" and r.measure == "mean_instances"]


def test_federated_is_pooled(asked: LoadedStudy, unmasked: tuple[SitePlace, ...], result: StudyResult, cache: Path) -> None:
    pooled = run_study(asked, unmasked, pooled=True, cache_dir=cache).records
    assert len(pooled) == len(result.records)
    for left, right in zip(result.records, pooled, strict=True):
        for field in ("estimate", "lower", "upper", "p_value"):
            a, b = getattr(left, field), getattr(right, field)
            assert a == b or isclose(a, b, rel_tol=1e-9, abs_tol=1e-12), (left, right)


@pytest.mark.parametrize(("masking", "shown"), [("hide", False), ("show-10", True)])
def test_small_counts_are_ten_or_nothing(
    asked: LoadedStudy, network: tuple[SitePlace, ...], cache: Path, masking: str, shown: bool
) -> None:
    places = tuple(replace(place, policy=Policy("deidentified-rows", masking=masking)) for place in network)  # type: ignore[arg-type]
    found = run_study(asked, places, cache_dir=cache)
    small = [
        r for r in found.records if r.analysis == "measures of association" and r.measure == "risk" and not isinstance(r.events_target, int)
    ]
    assert small
    for record in small:
        if record.as_plain()["events_target"] is None:
            assert record.estimate is None
        else:
            assert shown
            assert record.estimate == pytest.approx(10 / int(str(record.n_target)))
    rates = [r for r in found.records if r.measure in ("incidence_rate", "total_instances") and not isinstance(r.events_target, int)]
    assert rates
    assert all(r.estimate is None for r in rates if not getattr(r.events_target, "complementary", True))

"""Median follow-up and differences in survival against a plain computation on all rows in one place."""

from __future__ import annotations

from dataclasses import replace
from math import exp, log, sqrt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from equipoise.checks.found import dc40_follow_up
from equipoise.kernel.masked import Masked
from equipoise.network.hub.withheld import withhold
from equipoise.network.local import SitePlace
from equipoise.network.site.tables import CdmTables
from equipoise.results.study_result import StudyResult
from equipoise.study.reading import LoadedStudy


@pytest.fixture(scope="module")
def rows(loaded: LoadedStudy, network: tuple[SitePlace, ...], cache: Path) -> pd.DataFrame:
    tables = [CdmTables(place.name, place.cdm, cache / place.name).table(loaded.study, loaded.hash) for place in network]
    return pd.concat([table.rows.to_pandas() for table in tables], ignore_index=True)


def plain_curve(time: np.ndarray, event: np.ndarray) -> list[tuple[float, float, float]]:
    """Day, survival, Greenwood's sum, after each day with an event: by hand, day by day."""
    survival, greenwood, steps = 1.0, 0.0, []
    for day in sorted(set(time[event == 1])):
        n, d = int((time >= day).sum()), int(((time == day) & (event == 1)).sum())
        survival *= 1 - d / n
        greenwood = greenwood + d / (n * (n - d)) if n > d else float("nan")
        steps.append((float(day), survival, greenwood))
    return steps


def first_at_half(steps: list[tuple[float, float, float]], sign: int) -> float | None:
    """Where the curve (sign 0) or its log-log limit (-1 lower, +1 upper) first is at or under one half."""
    z = norm.ppf(0.975)
    for day, s, v in steps:
        bound = s if not sign or not 0 < s < 1 else s ** exp(-sign * z * sqrt(v) / abs(log(s)))
        if bound <= 0.5:
            return day
    return None


def test_median_follow_up_is_the_median_of_censoring(federated: StudyResult, rows: pd.DataFrame) -> None:
    found = {r.target: r for r in federated.records if r.measure == "median_follow_up"}
    assert list(found) == ["TARE", "TACE", None]
    for name, part in (("TARE", rows[rows["arm"] == 1]), ("TACE", rows[rows["arm"] == 0]), (None, rows)):
        steps = plain_curve(part["os_time"].to_numpy(), 1 - part["os_event"].to_numpy())
        wanted = [first_at_half(steps, sign) for sign in (0, -1, 1)]
        record = found[name]
        assert [record.estimate, record.lower, record.upper] == wanted
        assert record.n_target == len(part)
        assert (record.analysis, record.adjustment) == ("follow-up", "crude")


def test_differences_in_survival(federated: StudyResult, rows: pd.DataFrame) -> None:
    found = [r for r in federated.records if (r.measure, r.adjustment) == ("survival_difference", "crude")]
    assert [r.time_days for r in found] == [365.0, 731.0, 1096.0]
    curves = [
        plain_curve(part["os_time"].to_numpy(), part["os_event"].to_numpy()) for part in (rows[rows["arm"] == 1], rows[rows["arm"] == 0])
    ]
    for record in found:
        at = [[(s, v) for day, s, v in curve if day <= record.time_days][-1] for curve in curves]
        difference, error = at[0][0] - at[1][0], sqrt(sum(s**2 * v for s, v in at))
        limits = difference - norm.ppf(0.975) * error, difference + norm.ppf(0.975) * error
        assert (record.estimate, record.lower, record.upper) == pytest.approx((difference, *limits), rel=1e-9)
        assert record.p_value == pytest.approx(2 * norm.sf(abs(difference) / error), rel=1e-8)


@pytest.mark.parametrize("adjustment", ["crude", "overlap", "iptw", "att", "matched"])
def test_each_arm_has_its_medians_shares_and_means(federated: StudyResult, adjustment: str) -> None:
    mine = [r for r in federated.records if (r.outcome, r.adjustment, r.analysis) == ("os", adjustment, "main")]
    for arm in ("TARE", "TACE"):
        one = [(r.measure, r.time_days) for r in mine if r.target == arm and r.comparator is None]
        assert sorted(one, key=str) == sorted(
            [("median_survival", None), *((m, float(day)) for m in ("survival", "rmst") for day in (365, 731, 1096))], key=str
        )
    both = [(r.measure, r.time_days) for r in mine if r.comparator == "TACE"]
    assert sum(measure == "survival_difference" for measure, _ in both) == 3


def test_follow_up_of_a_handful_is_withheld_and_the_curve_of_others_stays(federated: StudyResult) -> None:
    few = tuple(replace(r, n_target=Masked(11)) if r.measure == "median_follow_up" and r.target == "TACE" else r for r in federated.records)
    shown = withhold(replace(federated, records=few))
    medians = {r.target: r.estimate for r in shown.records if r.measure == "median_follow_up"}
    assert medians["TACE"] is None
    assert medians["TARE"] is not None
    assert shown.curves == federated.curves


def test_a_follow_up_shorter_than_the_median_is_found(federated: StudyResult) -> None:
    def with_follow_up(days: float) -> StudyResult:
        return replace(
            federated, records=tuple(replace(r, estimate=days) if r.measure == "median_follow_up" else r for r in federated.records)
        )

    assert any("Median follow-up of TARE is 1.0 months" in text for text in dc40_follow_up.result(with_follow_up(30.4375)))
    assert not any("Median follow-up" in text for text in dc40_follow_up.result(with_follow_up(1e6)))

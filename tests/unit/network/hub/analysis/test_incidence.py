from __future__ import annotations

from datetime import date

import pytest
from scipy.stats import norm

from equipoise.network.hub.analysis.incidence import compared, days_of
from equipoise.study.model import Analysis, Arm, EventOutcome, Index, Study, Window

Z = float(norm.ppf(0.975))


def risk(events: int, n: int) -> tuple[float, float]:
    p = events / n
    return p, (p * (1 - p) / n) ** 0.5


def test_two_by_two_tables_without_censoring_give_the_textbook_intervals():
    """12 of 100 against 5 of 100: Wald difference, Katz ratio, Woolf odds ratio, by hand."""
    found = {name: (values, p) for name, values, p in compared(risk(12, 100), risk(5, 100), Z)}
    assert found["risk_difference"][0] == pytest.approx((0.07, -0.0066895, 0.1466895), abs=1e-6)
    assert found["risk_ratio"][0] == pytest.approx((2.4, 0.877826, 6.56166), rel=1e-5)
    assert found["odds_ratio"][0] == pytest.approx((2.590909, 0.877382, 7.65096), rel=1e-5)
    assert 0.05 < found["risk_difference"][1] < 0.1


def test_ratios_of_no_risk_are_not_numbers():
    found = {name: values for name, values, _ in compared((0.1, 0.03), (0.0, 0.0), Z)}
    assert found["risk_difference"][0] == pytest.approx(0.1)
    assert found["risk_ratio"][0] != found["risk_ratio"][0]
    assert found["odds_ratio"][0] != found["odds_ratio"][0]


@pytest.mark.parametrize(("end", "expected"), [(None, (365, 731, 1096)), (90, (90,)), (400, (365, 400)), (365, (365,))])
def test_risks_are_reported_inside_the_risk_window_and_at_its_end(end, expected):
    outcome = EventOutcome(name="ascites", sets=("a",), risk_window=Window(start=1, end=end))
    study = Study(
        name="s",
        title="T",
        period_start=date(2020, 1, 1),
        period_end=date(2021, 1, 1),
        code_sets=(),
        index=Index(sets=("a",)),
        arms=(Arm(name="A", role="target", sets=("a",)), Arm(name="B", role="comparator", sets=("b",))),
        outcomes=(outcome,),
        analysis=Analysis(survival_at_days=(365, 731, 1096)),
    )
    assert days_of(study, outcome) == expected

"""E-values against the paper that named them."""

from __future__ import annotations

import math

import pytest

from equipoise.estimators.evidence.e_value import e_value
from equipoise.kernel.errors import EquipoiseError


def test_bottle_feeding_and_infant_deaths() -> None:
    """VanderWeele and Ding (2017): risk ratio 3.9 (1.8 to 8.7) has the E-values 7.26 and 3.0."""
    found = e_value(3.9, 1.8, 8.7)
    assert (round(found.e_value, 2), found.e_value_limit) == (7.26, pytest.approx(3.0))


def test_protection_is_turned_round() -> None:
    found, other = e_value(0.8, 0.71, 0.91), e_value(1 / 0.8, 1 / 0.91, 1 / 0.71)
    assert (found.e_value, found.e_value_limit) == pytest.approx((other.e_value, other.e_value_limit))
    assert round(found.e_value, 2) == 1.81


def test_an_interval_over_no_effect_needs_no_confounder() -> None:
    assert e_value(1.2, 0.9, 1.5).e_value_limit == 1
    assert e_value(1.0, 0.9, 1.1).e_value == 1
    assert math.isnan(e_value(1.2).e_value_limit)


def test_the_confounder_is_strong_enough() -> None:
    """The largest bias of a confounder with both associations at the E-value, RR*RR / (2 RR - 1), is the estimate itself."""
    e = e_value(2.5).e_value
    assert e * e / (2 * e - 1) == pytest.approx(2.5)
    towards = e_value(2.5, true=1.5).e_value
    assert towards**2 / (2 * towards - 1) == pytest.approx(2.5 / 1.5)


def test_frequent_outcomes_are_turned_into_risk_ratios() -> None:
    assert e_value(4, measure="OR", rare=False).approx_rr == 2
    assert e_value(2, measure="HR", rare=False).approx_rr == pytest.approx((1 - 0.5 ** math.sqrt(2)) / (1 - 0.5 ** math.sqrt(0.5)))
    assert e_value(2, measure="HR").approx_rr == 2


@pytest.mark.parametrize(("estimate", "lower", "upper"), [(-1.0, None, None), (2.0, 2.5, 3.0), (2.0, 1.0, 1.5), (math.nan, None, None)])
def test_refusals(estimate: float, lower: float | None, upper: float | None) -> None:
    with pytest.raises(EquipoiseError, match="EQ-EST-106"):
        e_value(estimate, lower, upper)

"""Durations in days."""

from __future__ import annotations

import pytest

from equipoise.study.grammar.shapes.windows import duration_days


@pytest.mark.parametrize(
    ("count", "unit", "days"),
    [
        *(("1", "day", 1), ("2", "weeks", 14), ("1", "month", 30), ("12", "months", 365), ("24", "months", 731)),
        *(("36", "months", 1096), ("60", "months", 1826), ("1", "year", 365), ("2", "years", 731), ("5", "years", 1826)),
    ],
)
def test_a_month_is_a_twelfth_of_365_and_a_quarter_days(count, unit, days):
    assert duration_days(count, unit) == days

"""Roots by Brent's method."""

from __future__ import annotations

import math

import pytest
from scipy.optimize import brentq

from equipoise.estimators.two_by_two.roots import R_TOLERANCE, root
from equipoise.kernel.errors import EquipoiseError


@pytest.mark.parametrize(
    ("f", "lower", "upper"),
    [(lambda x: x**3 - 2, 0.0, 5.0), (lambda x: math.exp(x) - 1e-3, -20.0, 3.0), (lambda x: math.atan(x - 4), -50.0, 300.0)],
)
def test_finds_the_root_to_rounding_error(f: object, lower: float, upper: float) -> None:
    assert root(f, lower, upper) == pytest.approx(brentq(f, lower, upper, xtol=1e-14), rel=1e-13)  # type: ignore[arg-type]


def test_stops_where_r_stops() -> None:
    """Within R's tolerance of log 5, and not at it."""
    found = root(lambda x: math.exp(x) - 5, 0.0, 3.0, R_TOLERANCE)
    assert abs(found - math.log(5)) < R_TOLERANCE
    assert found != root(lambda x: math.exp(x) - 5, 0.0, 3.0)


def test_a_root_at_a_limit_is_found_and_no_root_is_said() -> None:
    assert root(lambda x: x, 0.0, 1.0) == 0
    assert root(lambda x: x - 1, 0.0, 1.0) == 1
    with pytest.raises(EquipoiseError, match="EQ-EST-104"):
        root(lambda x: x**2 + 1, -1.0, 1.0)

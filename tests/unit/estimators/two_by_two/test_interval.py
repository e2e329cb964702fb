"""Intervals of one proportion against published ones and scipy."""

from __future__ import annotations

import pytest
from scipy.stats import binomtest

from equipoise.estimators.two_by_two.interval import proportion_interval
from equipoise.kernel.errors import EquipoiseError


@pytest.mark.parametrize(
    ("method", "lower", "upper"), [("wald", 0.2522, 0.3638), ("wilson", 0.2553, 0.3662), ("clopper-pearson", 0.2527, 0.3676)]
)
def test_newcombe_s_81_of_263(method: str, lower: float, upper: float) -> None:
    """Newcombe (1998), Stat Med 17: 857, Table I: methods 1, 3, 5."""
    found = proportion_interval(81, 263, method=method)  # type: ignore[arg-type]
    assert (found.lower, found.upper) == pytest.approx((lower, upper), abs=5e-5)


@pytest.mark.parametrize("events", [0, 1, 7, 19, 20])
@pytest.mark.parametrize(("ours", "theirs"), [("wilson", "wilson"), ("clopper-pearson", "exact")])
def test_agrees_with_scipy(events: int, ours: str, theirs: str) -> None:
    found = proportion_interval(events, 20, 0.9, ours)  # type: ignore[arg-type]
    other = binomtest(events, 20).proportion_ci(0.9, theirs)
    assert (found.lower, found.upper) == pytest.approx((other.low, other.high), abs=1e-12)


@pytest.mark.parametrize("method", ["wald", "wilson", "clopper-pearson", "agresti-coull", "jeffreys"])
def test_a_wider_level_is_wider(method: str) -> None:
    narrow, wide = (proportion_interval(5, 40, level, method) for level in (0.8, 0.99))  # type: ignore[arg-type]
    assert wide.lower < narrow.lower < 5 / 40 < narrow.upper < wide.upper


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(EquipoiseError, match="events"):
        proportion_interval(5, 4)
    with pytest.raises(EquipoiseError, match="conf_level"):
        proportion_interval(1, 4, 1.0)

"""Pooling straight from tables."""

from __future__ import annotations

import math

import numpy as np
import pytest

from equipoise.estimators.evidence.counts import pool_mantel_haenszel, pool_peto
from equipoise.estimators.two_by_two.mantel_haenszel import mantel_haenszel
from equipoise.kernel.errors import EquipoiseError

TABLES = np.array([[[12, 88], [20, 80]], [[5, 45], [0, 50]], [[30, 170], [41, 159]]])


def test_ratios_are_those_over_strata() -> None:
    strata = mantel_haenszel(TABLES)
    for measure, other in (("OR", strata.odds_ratio), ("RR", strata.risk_ratio)):
        found = pool_mantel_haenszel(TABLES.astype(float), measure)  # type: ignore[arg-type]
        assert (math.exp(found.estimate), found.se) == pytest.approx((other.estimate, other.se))
        assert (math.exp(found.lower), math.exp(found.upper)) == pytest.approx((other.lower, other.upper))


def test_the_difference_has_the_same_estimate_and_nearly_the_same_error() -> None:
    found, other = pool_mantel_haenszel(TABLES.astype(float), "RD"), mantel_haenszel(TABLES).risk_difference
    assert found.estimate == pytest.approx(other.estimate)
    assert found.se == pytest.approx(other.se, rel=0.05)


def test_peto_by_hand() -> None:
    """One table: 3 of 10 against 1 of 10; 1 event more than expected, variance 4 * 16 * 100 / (400 * 19)."""
    variance = 6400 / 7600
    found = pool_peto(np.array([[[3.0, 7.0], [1.0, 9.0]]]))
    assert (found.estimate, found.se) == pytest.approx((1 / variance, 1 / math.sqrt(variance)))
    assert (found.q, found.q_p) == (pytest.approx(0, abs=1e-12), 1)


def test_tables_without_events_do_not_move_the_estimate() -> None:
    more = np.concatenate([TABLES, [[[0, 40], [0, 60]]]]).astype(float)
    assert pool_peto(more).estimate == pytest.approx(pool_peto(TABLES.astype(float)).estimate)
    assert pool_mantel_haenszel(more, "OR").estimate == pytest.approx(pool_mantel_haenszel(TABLES.astype(float), "OR").estimate)


def test_nothing_to_pool_is_no_number() -> None:
    nothing = np.array([[[0.0, 5.0], [0.0, 6.0]]])
    assert math.isnan(pool_peto(nothing).estimate)
    assert math.isnan(pool_mantel_haenszel(nothing, "OR").estimate)
    with pytest.raises(EquipoiseError, match="EQ-EST-106"):
        pool_mantel_haenszel(TABLES.astype(float), "HR")  # type: ignore[arg-type]

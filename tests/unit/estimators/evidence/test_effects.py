"""Effect sizes of single studies against published ones."""

from __future__ import annotations

import math

import numpy as np
import pytest

from equipoise.estimators.evidence.effects import effect_sizes, peto_parts
from equipoise.kernel.errors import EquipoiseError

ARONSON = np.array([[[4.0, 119.0], [11.0, 128.0]]])


@pytest.mark.parametrize(
    ("measure", "estimate", "variance"),
    [
        ("RR", -0.8893, 0.3256),
        ("OR", math.log(4 * 128 / (119 * 11)), 1 / 4 + 1 / 119 + 1 / 11 + 1 / 128),
        ("RD", 4 / 123 - 11 / 139, 4 * 119 / 123**3 + 11 * 128 / 139**3),
        ("AS", math.asin(math.sqrt(4 / 123)) - math.asin(math.sqrt(11 / 139)), 1 / (4 * 123) + 1 / (4 * 139)),
        ("YUQ", (4 * 128 - 119 * 11) / (4 * 128 + 119 * 11), None),
    ],
)
def test_the_first_bcg_trial(measure: str, estimate: float, variance: float | None) -> None:
    found = effect_sizes(ARONSON, measure)  # type: ignore[arg-type]
    assert found.estimate[0] == pytest.approx(estimate, abs=5e-5)
    if variance is not None:
        assert found.variance[0] == pytest.approx(variance, abs=5e-5)


def test_yule_s_measures_are_the_odds_ratio_in_disguise() -> None:
    """Q = (OR - 1) / (OR + 1), Y the same of its root; variances by the delta method."""
    odds = effect_sizes(ARONSON, "OR")
    for measure, half in (("YUQ", 0.5), ("YUY", 0.25)):
        found = effect_sizes(ARONSON, measure)  # type: ignore[arg-type]
        assert found.estimate[0] == pytest.approx(math.tanh(half * odds.estimate[0]))
        slope = half * (1 - math.tanh(half * odds.estimate[0]) ** 2)
        assert found.variance[0] == pytest.approx(slope**2 * odds.variance[0])


def test_where_zero_cells_are_filled() -> None:
    tables = np.array([[[0.0, 10.0], [3.0, 7.0]], [[2.0, 8.0], [3.0, 7.0]]])
    both = [effect_sizes(tables, "OR", to=to).estimate for to in ("only0", "if0all", "none")]  # type: ignore[arg-type]
    assert both[0][0] == both[1][0] == pytest.approx(math.log(0.5 * 7.5 / (10.5 * 3.5)))
    assert both[0][1] == pytest.approx(math.log(2 * 7 / (8 * 3)))
    assert both[1][1] == pytest.approx(math.log(2.5 * 7.5 / (8.5 * 3.5)))
    assert np.isnan(both[2][0])


def test_peto_is_observed_less_expected() -> None:
    excess, variance = peto_parts(np.array([[[3.0, 7.0], [1.0, 9.0]], [[1.0, 0.0], [0.0, 0.0]]]))
    assert excess.tolist() == [1.0, 0.0]
    assert variance.tolist() == pytest.approx([4 * 16 * 10 * 10 / (400 * 19), 0.0])
    assert effect_sizes(np.array([[[3.0, 7.0], [1.0, 9.0]]]), "PETO").variance[0] == pytest.approx(1 / variance[0])


def test_tables_without_events_may_be_dropped() -> None:
    tables = np.array([[[0.0, 10.0], [0.0, 7.0]]])
    assert np.isfinite(effect_sizes(tables, "RR").estimate[0])
    assert np.isnan(effect_sizes(tables, "RR", drop_empty=True).estimate[0])


@pytest.mark.parametrize("tables", [np.ones((3, 4)), -np.ones((1, 2, 2)), np.full((1, 2, 2), np.nan)])
def test_what_is_no_table_is_refused(tables: np.ndarray) -> None:
    with pytest.raises(EquipoiseError, match="EQ-EST-106"):
        effect_sizes(tables, "OR")

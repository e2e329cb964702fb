"""Adjusted p-values against the closed tests that define them, and scipy."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from equipoise.estimators.evidence.multiplicity import adjusted_p
from equipoise.kernel.errors import EquipoiseError

P = st.lists(st.floats(0.0, 1.0), min_size=1, max_size=6)


def closed(p: list[float], simes: bool) -> list[float]:
    """For each hypothesis the largest p over all intersections that hold it, by Simes's or Bonferroni's test."""

    def joint(chosen: tuple[int, ...]) -> float:
        values = sorted(p[i] for i in chosen)
        m = len(values)
        return min(m * v / (r if simes else 1) for r, v in enumerate(values, 1))

    subsets = [c for size in range(1, len(p) + 1) for c in combinations(range(len(p)), size)]
    return [min(1.0, max(joint(c) for c in subsets if i in c)) for i in range(len(p))]


@given(P)
def test_holm_and_hommel_are_closed_tests(p: list[float]) -> None:
    assert adjusted_p(np.array(p), "holm") == pytest.approx(closed(p, simes=False), rel=1e-12)
    assert adjusted_p(np.array(p), "hommel") == pytest.approx(closed(p, simes=True), rel=1e-12)


@given(P)
def test_false_discovery_rates_are_scipy_s(p: list[float]) -> None:
    assert adjusted_p(np.array(p), "BH") == pytest.approx(false_discovery_control(p, method="bh"), rel=1e-12)
    assert adjusted_p(np.array(p), "BY") == pytest.approx(false_discovery_control(p, method="by"), rel=1e-12)
    assert np.array_equal(adjusted_p(np.array(p), "fdr"), adjusted_p(np.array(p), "BH"))


@given(P)
def test_each_is_between_none_and_bonferroni(p: list[float]) -> None:
    none, most = adjusted_p(np.array(p), "none"), adjusted_p(np.array(p), "bonferroni")
    for method in ("holm", "hochberg", "hommel", "BH"):
        found = adjusted_p(np.array(p), method)  # type: ignore[arg-type]
        assert (none - 1e-15 <= found).all()
        assert (found <= most + 1e-15).all()


def test_hochberg_steps_up() -> None:
    """Hochberg (1988): p(2) = 0.04 alone clears both at 0.05, where Holm's first step fails."""
    assert adjusted_p(np.array([0.03, 0.04]), "hochberg").tolist() == [0.04, 0.04]
    assert adjusted_p(np.array([0.03, 0.04]), "holm").tolist() == [0.06, 0.06]


def test_missing_ones_stay_and_do_not_count() -> None:
    found = adjusted_p(np.array([0.01, np.nan, 0.02]), "bonferroni")
    assert np.isnan(found[1])
    assert found[[0, 2]].tolist() == [0.02, 0.04]
    assert adjusted_p(np.array([0.01]), "bonferroni", n=5).tolist() == [0.05]


@pytest.mark.parametrize(("p", "method", "n"), [([1.2], "holm", None), ([0.1, 0.2], "holm", 1), ([0.1], "sidak", None)])
def test_refusals(p: list[float], method: str, n: int | None) -> None:
    with pytest.raises(EquipoiseError, match="EQ-EST-106"):
        adjusted_p(np.array(p), method, n=n)  # type: ignore[arg-type]

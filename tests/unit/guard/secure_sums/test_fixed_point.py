from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from functools import reduce
from operator import add
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.estimators.shape import Additive, disclosed
from equipoise.guard.secure_sums.fixed_point import LARGEST_SUM, Layout, from_words, to_words
from equipoise.kernel.errors import EquipoiseError


@dataclass(frozen=True)
class Some(Additive):
    x: Any = disclosed("sum")
    n: Any = disclosed("count")


def added(summaries: list[Some]) -> Some:
    laid = [to_words(one, len(summaries)) for one in summaries]
    total = reduce(add, (words for _, words in laid))
    found = from_words(laid[0][0], total, (Some,), len(summaries))
    assert isinstance(found, Some)
    return found


numbers = st.floats(-1e12, 1e12, allow_nan=False, allow_subnormal=False)


@given(st.lists(st.tuples(numbers, st.integers(-(10**15), 10**15)), min_size=1, max_size=70))
def test_sums_are_exact_to_rounding_whatever_the_sites_hold(values: list[tuple[float, int]]) -> None:
    found = added([Some(x, n) for x, n in values])
    exact = sum((Fraction(x) for x, _ in values), Fraction(0))
    largest = max(abs(x) for x, _ in values)
    assert abs(Fraction(found.x) - exact) <= Fraction(1e-15) * abs(exact) + len(values) * (
        Fraction(2) ** -96 + Fraction(largest) * Fraction(2) ** -100
    )
    assert found.n == sum(n for _, n in values)
    assert type(found.n) is int


def test_numbers_far_apart_keep_their_digits() -> None:
    small, large = np.array([1e-12, 3.3e14]), np.array([2.5e-12, 1.0])
    found = added([Some(small, np.array([2])), Some(large, np.array([3]))])
    assert found.x == pytest.approx([3.5e-12, 3.3e14 + 1], rel=1e-15, abs=0)
    assert found.n.tolist() == [5]
    assert found.n.dtype == np.int64


def test_the_order_of_sites_does_not_matter() -> None:
    rng = np.random.default_rng(1)
    sites = [Some(rng.normal(size=(3, 4)) * 10.0 ** rng.integers(-9, 9, (3, 4)), 1) for _ in range(30)]
    assert (added(sites).x == added(sites[::-1]).x).all()
    assert added(sites).x.shape == (3, 4)


@pytest.mark.parametrize("spoilt", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_spoils_its_field_and_no_other(spoilt: float) -> None:
    found = added([Some(spoilt, 2), Some(1.0, 3)])
    assert np.isnan(found.x)
    assert found.n == 5


@pytest.mark.parametrize("summary", [Some(1e18, 1), Some(np.array([0.0, -1e18]), 1), Some(0.0, 2**61), Some(0.0, np.array([-(2**61)]))])
def test_what_could_run_over_is_refused(summary: Some) -> None:
    assert float(LARGEST_SUM) < 10 * 1e18
    with pytest.raises(EquipoiseError, match="EQ-GUARD-006"):
        to_words(summary, 10)


@pytest.mark.parametrize("value", [np.array([True]), np.array([1], dtype=np.uint64), "x", np.array([1.0], dtype=np.float32)])
def test_what_cannot_be_added_is_refused(value: Any) -> None:
    with pytest.raises(EquipoiseError, match="EQ-GUARD-001"):
        to_words(Some(value, 1), 2)


def test_words_that_do_not_fit_the_layout_are_refused() -> None:
    layout, words = to_words(Some(1.0, 1), 2)
    for bad in (words[:-1], np.append(words, words)):
        with pytest.raises(EquipoiseError, match="EQ-GUARD-007"):
            from_words(layout, bad, (Some,), 2)
    for other in (replace(layout, summary="Other"), Layout("Some", layout.fields[:1])):
        with pytest.raises(EquipoiseError, match="EQ-GUARD-007"):
            from_words(other, words, (Some,), 2)
    words = words.copy()
    words[3] = 77  # the flag of x
    with pytest.raises(EquipoiseError, match="did not cancel"):
        from_words(layout, words, (Some,), 2)

"""Rows shown whole or not at all: no small count can be worked out from what is left of the totals."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.guard.policy import Policy
from equipoise.guard.whole_rows import rows_to_hide

POLICY = Policy(minimum_count=11)


@pytest.mark.parametrize(
    ("rows", "totals", "hidden"),
    [
        ({"a": (20, 0), "b": (30, 11)}, ("shown", "shown"), set()),
        ({"a": (20, 1), "b": (30, 11), "c": (15, 12)}, ("shown", "shown"), {"a", "c"}),
        ({"a": (20, 10), "b": (30, 11)}, ("shown", "shown"), {"a", "b"}),
        ({"a": (20, 3), "b": (30, 0), "c": (40, 0)}, ("shown", "small"), {"a"}),
        ({"a": (20, 6), "b": (30, 6), "c": (40, 0)}, ("shown", "shown"), {"a", "b"}),
        ({"a": (20, 3), "b": (30, 0), "c": (40, 0)}, ("shown", "shown"), {"a", "b", "c"}),
        ({"a": (50, 12), "b": (30, 20)}, ("shown", "complementary"), {"b"}),
        ({}, ("shown",), set()),
    ],
)
def test_which_rows_are_hidden(rows, totals, hidden):
    assert rows_to_hide(rows, totals, POLICY) == hidden


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=6))
def test_what_is_left_of_a_shown_total_is_never_small_unless_nothing_is_shown(counts):
    rows = {f"s{place}": one for place, one in enumerate(counts)}
    hidden = rows_to_hide(rows, ("shown", "shown"), POLICY)
    shown = rows.keys() - hidden
    assert all(n == 0 or n >= 11 for name in shown for n in rows[name])
    left = [sum(rows[name][place] for name in hidden) for place in (0, 1)]
    assert not shown or all(n == 0 or n >= 11 for n in left)


@given(st.sampled_from(list(product((0, 5, 11, 25), repeat=3))))
def test_a_row_with_a_small_count_is_never_shown(counts):
    rows = {f"s{place}": (n,) for place, n in enumerate(counts)}
    hidden = rows_to_hide(rows, ("small",), POLICY)
    assert {name for name, (n,) in rows.items() if 0 < n < 11} <= hidden

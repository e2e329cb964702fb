from __future__ import annotations

from itertools import product
from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.guard.bounds import Equation, propagate, ranges, solve


def test_a_total_bounds_its_parts() -> None:
    found = ranges({"a": (1, 10), "b": (11, inf)}, [Equation({"a": -1, "b": -1}, -15.0)])
    assert found == {"a": (1, 4), "b": (11, 14)}


def test_a_circle_is_solved_where_propagation_sees_nothing() -> None:
    circle = [Equation({"a": 1, "b": 1}, 10.0), Equation({"b": 1, "c": 1}, 10.0), Equation({"a": 1, "c": 1}, 10.0)]
    free = dict.fromkeys("abc", (0.0, inf))
    assert propagate(free, circle)["a"] == (0, 10)
    assert ranges(free, circle)["a"] == pytest.approx((5, 5))


@settings(max_examples=50)
@given(st.tuples(*[st.integers(0, 6)] * 4), st.sets(st.sampled_from(["ab", "cd", "ac", "bd"]), min_size=1))
def test_ranges_are_those_of_all_tables_that_fit(cells: tuple[int, int, int, int], known: set[str]) -> None:
    true = dict(zip("abcd", cells, strict=True))
    shown = {pair: true[pair[0]] + true[pair[1]] for pair in known}
    prior = dict.fromkeys("abcd", (0.0, 6.0))
    found = ranges(prior, [Equation({pair[0]: 1, pair[1]: 1}, float(value)) for pair, value in sorted(shown.items())])
    tables = [dict(zip("abcd", t, strict=True)) for t in product(range(7), repeat=4)]
    fitting = [t for t in tables if all(t[pair[0]] + t[pair[1]] == value for pair, value in shown.items())]
    for name in "abcd":
        assert found[name] == pytest.approx((min(t[name] for t in fitting), max(t[name] for t in fitting)))


def test_the_linear_program_agrees_with_propagation_on_a_tree() -> None:
    prior = {"a": (1.0, 10.0), "b": (0.0, inf), "c": (3.0, 8.0)}
    tree = [Equation({"a": 1, "b": 1}, 12.0), Equation({"b": 1, "c": -1}, 0.0)]
    assert {name: pytest.approx(limits) for name, limits in solve(prior, tree).items()} == propagate(prior, tree)


def test_only_the_wanted_cells_need_be_solved_for():
    prior = dict.fromkeys("abcd", (0.0, inf))
    circle = [
        Equation({"a": 1, "b": 1}, 10.0),
        Equation({"b": 1, "c": 1}, 7.0),
        Equation({"c": 1, "d": 1}, 5.0),
        Equation({"a": 1, "d": 1}, 8.0),
    ]
    whole, part = ranges(prior, circle), ranges(prior, circle, {"a"})
    assert part["a"] == whole["a"] != prior["a"]
    assert ranges(prior, circle, set()) == prior

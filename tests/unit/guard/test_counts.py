from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equipoise.guard.counts import CountTable, MaskedCounts, mask_counts, needed
from equipoise.guard.policy import Policy
from equipoise.kernel.masked import Masked

TINY = Policy(minimum_count=4)
"""A small minimum, so that every table a reader might imagine can be listed."""
CAP = 9


def two_by_two(cells: tuple[int, int, int, int]) -> CountTable:
    a, b, c, d = cells
    table = CountTable()
    values = {"a": a, "b": b, "c": c, "d": d, "ab": a + b, "cd": c + d, "ac": a + c, "bd": b + d, "all": a + b + c + d}
    for name, value in values.items():
        table.cell(name, value)
    for total, parts in {"ab": "ab", "cd": "cd", "ac": "ac", "bd": "bd"}.items():
        table.sum(total, *parts)
    table.sum("all", "ab", "cd")
    table.sum("all", "ac", "bd")
    return table


def flow(steps: tuple[tuple[int, int], ...], last: tuple[int, int]) -> CountTable:
    """Persons left by arm after each step; each step excludes so many of either arm."""
    table = CountTable()
    target, comparator = last
    for step, (out_target, out_comparator) in reversed(list(enumerate(steps))):
        table.cell(f"t{step + 1}", target)
        table.cell(f"c{step + 1}", comparator)
        table.cell(f"n{step + 1}", target + comparator)
        table.cell(f"x{step + 1}", out_target + out_comparator)
        target, comparator = target + out_target, comparator + out_comparator
    table.cell("t0", target)
    table.cell("c0", comparator)
    table.cell("n0", target + comparator)
    for step in range(len(steps) + 1):
        table.sum(f"n{step}", f"t{step}", f"c{step}")
        if step:
            table.sum(f"n{step - 1}", f"n{step}", f"x{step}")
            table.rest(f"t{step - 1}", f"t{step}")
            table.rest(f"c{step - 1}", f"c{step}")
    return table


def complete(table: CountTable, now: dict[str, int]) -> bool:
    """Fill in what the sums give, until all cells have values; False when one is negative or two sums disagree."""
    while True:
        before = len(now)
        for total in table.totals:
            missing = [name for name in (total.total, *total.parts) if name not in now]
            if len(missing) == 1:
                left = now.get(total.total, 0) - sum(now.get(part, 0) for part in total.parts)
                now[missing[0]] = left if missing[0] != total.total else -left
        if len(now) == before:
            break
    return min(now.values()) >= 0 and all(now[t.total] == sum(now[p] for p in t.parts) for t in table.totals)


def agrees(value: int, name: str, table: CountTable, masked: MaskedCounts, policy: Policy) -> bool:
    cell = table.cells[name]
    if not cell.shown:
        return True
    count = masked[name]
    if not isinstance(count, Masked):
        return value == count
    if not count.complementary:
        return 1 <= value < policy.minimum_count
    return value >= policy.minimum_count or cell.value < policy.minimum_count


def assert_nothing_is_given_away(table: CountTable, tables: list[dict[str, int]]) -> None:
    assert tables, "the true table must be among those a reader can imagine"
    for name, cell in table.cells.items():
        if 0 < cell.value < TINY.minimum_count:
            assert len({now[name] for now in tables}) >= 2, f"{name} is given away"


@settings(max_examples=30)
@given(st.tuples(*[st.integers(0, CAP)] * 4))
def test_no_small_cell_of_a_table_with_totals_can_be_worked_out(cells: tuple[int, int, int, int]) -> None:
    table = two_by_two(cells)
    masked = mask_counts(table, TINY)
    limits = {name: [masked.counts[name]] if isinstance(masked[name], int) else range(CAP + 4) for name in "abcd"}
    tables = []
    for values in product(*limits.values()):
        now = dict(zip("abcd", values, strict=True))
        if complete(table, now) and all(agrees(now[name], name, table, masked, TINY) for name in table.cells):
            tables.append(now)
    assert_nothing_is_given_away(table, tables)


@settings(max_examples=30)
@given(st.tuples(st.integers(0, 6), st.integers(0, 6)), st.tuples(st.integers(0, CAP), st.integers(0, CAP)))
def test_no_small_exclusion_of_a_flow_diagram_can_be_worked_out(step: tuple[int, int], last: tuple[int, int]) -> None:
    table = flow((step,), last)
    masked = mask_counts(table, TINY)
    tables = []
    for t0, c0 in product(range(CAP * 2 + 1), repeat=2):
        for t1, c1 in product(range(t0 + 1), range(c0 + 1)):
            now = {"t0": t0, "c0": c0, "t1": t1, "c1": c1}
            quick = all(agrees(now[name], name, table, masked, TINY) for name in now)
            if quick and complete(table, now) and all(agrees(now[name], name, table, masked, TINY) for name in table.cells):
                tables.append(now)
    assert_nothing_is_given_away(table, tables)


@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 30)), min_size=1, max_size=6), st.tuples(st.integers(0, 200), st.integers(0, 60))
)
def test_long_flow_diagrams_keep_true_counts_where_they_show_any(steps, last) -> None:
    table = flow(tuple(steps), last)
    masked = mask_counts(table, Policy())
    for name, cell in table.cells.items():
        if not cell.shown:
            continue
        count = masked[name]
        assert isinstance(count, Masked) or count == cell.value
        if 0 < cell.value < 11:
            assert isinstance(count, Masked)


def test_a_small_arm_hides_the_other_arm_and_keeps_the_total() -> None:
    table = CountTable()
    table.cell("n", 105)
    table.cell("target", 100)
    table.cell("comparator", 5)
    table.sum("n", "target", "comparator")
    masked = mask_counts(table, Policy())
    assert masked["n"] == 105
    assert masked["comparator"] == Masked(11)
    assert masked["target"] == Masked(11, complementary=True)
    assert masked.reasons == {"comparator": "small", "target": "complementary"}


def test_two_small_cells_that_only_fit_one_way_hide_their_total() -> None:
    table = CountTable()
    table.cell("n", 20)
    table.cell("target", 10)
    table.cell("comparator", 10)
    table.sum("n", "target", "comparator")
    assert mask_counts(table, Policy())["n"] == Masked(11, complementary=True)


def test_zero_is_shown() -> None:
    table = CountTable()
    table.cell("n", 40)
    table.cell("target", 40)
    table.cell("comparator", 0)
    table.sum("n", "target", "comparator")
    assert dict(mask_counts(table, Policy()).counts) == {"n": 40, "target": 40, "comparator": 0}


def test_events_hide_when_the_few_without_one_could_be_worked_out() -> None:
    table = CountTable()
    table.cell("n", 50, importance=1)
    table.cell("events", 47)
    table.rest("n", "events")
    masked = mask_counts(table, Policy())
    assert masked["n"] == 50
    assert masked["events"] == Masked(11, complementary=True)


def test_the_policy_may_show_ten_but_never_for_a_complement() -> None:
    table = CountTable()
    table.cell("n", 105)
    table.cell("target", 100)
    table.cell("comparator", 5)
    table.sum("n", "target", "comparator")
    masked = mask_counts(table, Policy(masking="show-10"))
    assert masked["comparator"] == Masked(11, shown_as=10)
    assert masked["target"] == Masked(11, complementary=True)


@pytest.mark.parametrize(("minimum", "values"), [(11, 5), (4, 2), (2, 1), (1, 0)])
def test_how_many_values_a_small_count_must_be_able_to_have(minimum: int, values: int) -> None:
    assert needed(Policy(minimum_count=minimum)) == values


@pytest.mark.parametrize("cells", list(product(range(3), repeat=4)))
def test_flow_diagrams_of_a_handful_are_hidden_down_to_the_zeros(cells: tuple[int, int, int, int]) -> None:
    table = flow((cells[:2],), cells[2:])
    masked = mask_counts(table, TINY)
    for name, cell in table.cells.items():
        assert not cell.shown or not 0 < cell.value < TINY.minimum_count or isinstance(masked[name], Masked)


def test_a_count_that_is_known_from_elsewhere_is_never_the_one_to_hide():
    table = CountTable()
    table.cell("arm", 200, fixed=True)
    table.cell("measured", 195)
    table.cell("graded", 195, 5)
    table.rest("arm", "measured")
    table.sum("measured", "graded")
    masked = mask_counts(table, Policy())
    assert masked["arm"] == 200
    assert set(masked.reasons) == {"measured", "graded"}

"""Exposure classes around the index, on tables worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from equipoise.study.model import Combination, ExposureClass, ExposureWindow, NotCounted
from equipoise.table.combination.exposures import (
    combination_columns,
    combination_names,
    combination_requests,
    exposed,
    first_exposed,
    without,
)
from equipoise.table.records import Records

BLOCK = Combination(
    classes=(ExposureClass(name="A", sets=("a",)), ExposureClass(name="B", sets=("b", "c"))),
    windows=(ExposureWindow(name="W0", start=-30, end=0), ExposureWindow(name="W3", start=1, end=90)),
    main_window="W0",
    not_counted=NotCounted(sets=("study_drug",), start=0, end=1),
    outcome="os",
)


def records(*of: tuple[int, int, float, int]) -> Records:
    """Rows (person, first day, last day or NaN, record id)."""
    row, day, end, record = (np.array(column) for column in zip(*of, strict=True)) if of else (np.zeros(0),) * 4
    zeros = np.zeros(len(row), dtype=np.int64)
    nothing = np.full(len(row), np.nan)
    return Records(
        row.astype(np.int64), day.astype(np.int64), zeros, zeros, nothing, zeros, record.astype(np.int64), None, None, end.astype(float)
    )


NAN = float("nan")


@pytest.mark.parametrize(
    ("day", "end", "in_w0", "in_w3", "first"),
    [
        (-31, NAN, False, False, NAN),
        (-30, NAN, True, False, NAN),
        (0, NAN, True, False, NAN),
        (1, NAN, False, True, 1.0),
        (90, NAN, False, True, 90.0),
        (91, NAN, False, False, NAN),
        (-60, -30, True, False, NAN),
        (-60, -31, False, False, NAN),
        (-27, 0, True, False, NAN),
        (-26, 1, True, True, 1.0),
        (-60, 20, True, True, 1.0),
        (5, 3, False, True, 5.0),
    ],
)
def test_a_record_counts_from_its_first_to_its_last_day(day: int, end: float, in_w0: bool, in_w3: bool, first: float) -> None:
    found = records((0, day, end, 1))
    assert exposed(found, (-30, 0), 1).tolist() == [in_w0]
    assert exposed(found, (1, 90), 1).tolist() == [in_w3]
    np.testing.assert_equal(first_exposed(found, 90, 1), [first])


def test_each_person_by_themselves() -> None:
    found = records((0, 40, NAN, 1), (0, 12, NAN, 2), (2, -5, NAN, 3), (2, 80, NAN, 4))
    assert exposed(found, (-30, 0), 3).tolist() == [False, False, True]
    np.testing.assert_equal(first_exposed(found, 90, 3), [12, NAN, 80])


def test_records_of_the_study_treatment_are_taken_out_one_by_one() -> None:
    found = records((0, 0, NAN, 1), (0, 0, NAN, 2), (1, 0, NAN, 1))
    left = without(found, records((0, 0, NAN, 1)))
    assert list(zip(left.row.tolist(), left.record.tolist(), strict=True)) == [(0, 2), (1, 1)]


def test_columns_of_a_study() -> None:
    made = combination_columns(
        BLOCK,
        {
            "combination A": records((0, -10, NAN, 1), (1, 0, NAN, 7)),
            "combination B": records((0, 30, NAN, 2), (2, -200, -29, 3)),
            "combination, not counted": records((1, 0, NAN, 7)),
        },
        3,
    )
    assert tuple(made) == combination_names(BLOCK)
    values = {name: column.to_pylist() for name, column in made.items()}
    assert values == {
        "combination A, at index": [1, 0, 0],
        "combination A, W0": [1, 0, 0],
        "combination A, W3": [0, 0, 0],
        "combination A, first day": [None, None, None],
        "combination B, at index": [0, 0, 1],
        "combination B, W0": [0, 0, 1],
        "combination B, W3": [1, 0, 0],
        "combination B, first day": [30.0, None, None],
    }


def test_what_is_asked_reaches_back_a_year_for_supplies() -> None:
    asked = {one.name: (one.sets, one.window.start, one.window.end) for one in combination_requests(BLOCK)}
    assert asked == {
        "combination A": (("a",), -395, 90),
        "combination B": (("b", "c"), -395, 90),
        "combination, not counted": (("study_drug",), 0, 1),
    }


def test_a_study_without_the_block_asks_nothing() -> None:
    assert list(combination_requests(None)) == []
    assert combination_columns(None, {}, 3) == {}
    assert combination_names(None) == ()

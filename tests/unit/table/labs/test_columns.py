"""Literal records in, literal columns out; limits of normal from the record, else from the study."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pytest

from equipoise.study.lab_columns import stored_columns
from equipoise.study.model import Code, CodeSet, LabOutcome, LabWindow, Study
from equipoise.table.building import build_table
from equipoise.table.labs.columns import first_least

Make = Callable[..., Any]
U_L, UKAT_L, G_L, MG_DL = 8645, 32995, 8636, 8840
DAY = date(2020, 1, 1)
ACUTE = LabWindow(name="acute", start=8, end=29, target=14)
LATE = LabWindow(name="late", start=30, end=90, target=45)


def alt(**changes: Any) -> LabOutcome:
    given: dict[str, Any] = {"windows": (ACUTE, LATE), "unit": "U/L", "low": 1.0, "high": 20_000.0, "upper_limit": 40.0, "ctcae": "ALT"}
    return LabOutcome(name="alt", sets=("alt",), **(given | changes))


@pytest.fixture
def columns(fake_engine: Make, fact: Make, study_of: Callable[..., Study]) -> Callable[..., dict[str, list[Any]]]:
    def build(lab: LabOutcome, *facts: tuple[Any, ...], people: int = 2, sexes: dict[int, str] | None = None) -> dict[str, list[Any]]:
        """facts: person, day, value, then unit, low and high limit if given."""
        made = [
            fact(
                "alt",
                person,
                day,
                record=place,
                value=value,
                unit=(rest[0] if rest else U_L),
                low=(rest + (None,) * 3)[1],
                high=(rest + (None,) * 3)[2],
            )
            for place, (person, day, value, *tail) in enumerate(facts)
            for rest in (tuple(tail),)
        ]
        engine = fake_engine([(person, DAY, 1) for person in range(1, people + 1)], facts=made, sexes=sexes or {})
        rows = build_table(engine, study_of(outcomes=(lab,)), "A").rows.to_pydict()
        return {name.removeprefix("alt_"): values for name, values in rows.items() if name.startswith("alt_")}

    return build


def test_one_value_a_window_and_how_many_there_were(columns):
    found = columns(
        alt(),
        (1, -50, 999), (1, -20, 30), (1, -3, 20), (1, 0, 25), (1, 5, 999),
        (1, 8, 100), (1, 13, 130), (1, 15, 150), (1, 29, 80), (1, 90, 35), (1, 91, 999),
        (2, 20, 60),
    )  # fmt: skip
    assert found == {
        "baseline": [25.0, None],
        "baseline_fold": [0.625, None],
        "baseline_grade": [0.0, None],
        "acute": [130.0, 60.0],
        "acute_fold": [3.25, 1.5],
        "acute_grade": [2.0, 1.0],
        "acute_draws": [4, 1],
        "late": [35.0, None],
        "late_fold": [0.875, None],
        "late_grade": [0.0, None],
        "late_draws": [1, 0],
    }


@pytest.mark.parametrize(("value", "expected"), [("nearest", 60.0), ("highest", 210.0), ("lowest", 20.0)])
def test_which_value_counts_and_the_worst_grade_of_all(columns, value, expected):
    found = columns(alt(value=value), (1, 9, 210), (1, 14, 60), (1, 20, 20), people=1)
    assert (found["acute"], found["acute_grade"], found["acute_draws"]) == ([expected], [3.0], [3])


def test_equally_near_values_give_way_to_the_earlier_day_then_the_smaller_record_id(columns):
    found = columns(alt(), (1, 15, 1.5), (1, 13, 1.3), (2, 14, 7.0), (2, 14, 8.0))
    assert found["acute"] == [1.3, 7.0]


def test_units_are_converted_and_with_them_the_limits_of_the_record(columns):
    found = columns(alt(), (1, 10, 1.0, UKAT_L, 0.1, 0.5), (2, 10, 90.0, U_L, None, 45.0))
    assert found["acute"] == [pytest.approx(60.0), 90.0]
    assert found["acute_fold"] == [pytest.approx(2.0), 2.0]
    assert columns(alt(), (1, 10, 90.0, MG_DL), (2, 10, 30_000.0))["acute"] == [None, None]


def test_a_limit_of_zero_is_no_limit(columns):
    assert columns(alt(), (1, 10, 80.0, U_L, 0.0, 0.0), people=1)["acute_fold"] == [2.0]


def test_women_may_have_a_limit_of_their_own(columns):
    lab = alt(upper_limit_of_women=35.0)
    found = columns(
        lab, (1, 10, 70.0), (2, 10, 70.0), (3, 10, 70.0, U_L, None, 70.0), people=3, sexes={1: "female", 2: "male", 3: "female"}
    )
    assert found["acute_fold"] == [2.0, 1.75, 1.0]


def test_an_abnormal_baseline_is_graded_by_its_multiples(columns):
    found = columns(alt(), (1, -1, 100.0), (1, 10, 140.0), (1, 40, 301.0), (2, 10, 140.0))
    assert (found["baseline_grade"], found["acute_grade"], found["late_grade"]) == ([1.0, None], [0.0, 2.0], [2.0, None])


def test_low_values_are_graded_in_the_unit_of_the_bounds(columns):
    albumin = alt(unit="g/L", low=8.0, high=70.0, upper_limit=None, lower_limit=35.0, ctcae="ALBUMIN", value="lowest")
    found = columns(albumin, (1, -1, 36.0, G_L), (1, 10, 29.0, G_L), (1, 40, 3.4, 8713), people=1)
    assert (found["baseline_grade"], found["acute_grade"], found["late_grade"]) == ([0.0], [2.0], [1.0])
    assert found["late"] == [34.0]
    assert found["acute_fold"] == [None]


def test_without_grades_there_are_no_columns_of_grades(columns):
    lab = alt(ctcae=None)
    found = columns(lab, (1, 10, 50.0))
    assert list(found) == [column.name.removeprefix("alt_") for column in stored_columns(lab)]
    assert not any(name.endswith("grade") for name in found)


def test_a_record_in_two_sets_is_one_value(fake_engine, fact, study_of):
    lab = alt().model_copy(update={"sets": ("alt", "alt_too")})
    facts = [fact(name, 1, 10, record=7, value=50.0, unit=U_L) for name in ("alt", "alt_too")]
    codes = tuple(CodeSet(name=name, codes=(Code(vocabulary="LOINC", code="1742-6", match="exact"),)) for name in lab.sets)
    table = build_table(fake_engine([(1, DAY, 1)], facts=facts), study_of(outcomes=(lab,), code_sets=codes), "A")
    assert table.rows["alt_acute_draws"].to_pylist() == [1]
    assert [(count.covariate, count.records, count.not_convertible) for count in table.value_report] == [("alt", 1, 0)]


def test_nobody_gives_the_same_columns(fake_engine, study_of):
    study = study_of(outcomes=(alt(),))
    empty, one = (build_table(fake_engine(people), study, "A").rows for people in ([], [(1, DAY, 1)]))
    assert (empty.num_rows, empty.schema) == (0, one.schema)


def test_the_first_of_the_least():
    row, key = np.array([0, 0, 0, 2, 2]), np.array([3, 1, 1, 5, 4])
    assert first_least(row, key).tolist() == [1, 4]
    assert first_least(row[:0], key[:0]).tolist() == []

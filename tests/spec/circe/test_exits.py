"""When a person leaves, how entries become one, and how a cohort is cut to a window of calendar days."""

from __future__ import annotations

from datetime import date

import pytest

from equipoise.cohort.circe.model import (
    CollapseSettings,
    ConditionOccurrence,
    CustomEra,
    DateOffset,
    Death,
    DrugExposure,
    Period,
    ProcedureOccurrence,
)

A, B, C = 1, 2, 3
ONE = """
    condition_occurrence
    id | person | concept | start | end
    1  | 1      | A       | 0     | 20
"""
INDEX = ConditionOccurrence(codeset_id=A)


def test_by_default_the_end_of_observation(cohort, say):
    assert cohort(ONE, say.define(INDEX)) == [(1, 0, 1000)]


@pytest.mark.parametrize(
    ("field", "offset", "last"),
    [("StartDate", 0, 0), ("StartDate", 7, 7), ("EndDate", 7, 27), ("StartDate", 5000, 1000), ("EndDate", -3, 17)],
)
def test_so_many_days_after_a_date_but_not_after_observation(cohort, say, field, offset, last):
    assert cohort(ONE, say.define(INDEX, end_strategy=DateOffset(date_field=field, offset=offset))) == [(1, 0, last)]


def test_an_exit_before_the_entry_is_none(cohort, say):
    assert cohort(ONE, say.define(INDEX, end_strategy=DateOffset(offset=-1))) == []


ERAS = """
    drug_exposure
    id | person | concept | start | end | days_supply
    1  | 1      | A       | 0     |     | 30
    2  | 1      | A       | 40    | 50  | 30
    3  | 1      | A       | 70    |     |
"""


@pytest.mark.parametrize(
    ("gap", "offset", "rows"),
    [
        (0, 0, [(1, 0, 30), (1, 40, 50), (1, 70, 71)]),
        (9, 0, [(1, 0, 30), (1, 40, 50), (1, 70, 71)]),
        (10, 0, [(1, 0, 50), (1, 70, 71)]),
        (20, 0, [(1, 0, 71)]),
        (0, 10, [(1, 0, 60), (1, 70, 81)]),
    ],
)
def test_continuous_exposure(cohort, say, gap, offset, rows):
    expression = say.define(DrugExposure(codeset_id=A), end_strategy=CustomEra(drug_codeset_id=A, gap_days=gap, offset=offset))
    assert cohort(ERAS, expression) == rows


def test_continuous_exposure_with_a_supply_of_its_own(cohort, say):
    era = CustomEra(drug_codeset_id=A, days_supply_override=5)
    assert cohort(ERAS, say.define(DrugExposure(codeset_id=A), end_strategy=era)) == [(1, 0, 5), (1, 40, 45), (1, 70, 75)]


def test_exposure_that_does_not_hold_the_entry_ends_nothing(cohort, say):
    expression = say.define(INDEX, end_strategy=CustomEra(drug_codeset_id=B))
    later = f"""{ONE}

        drug_exposure
        id | person | concept | start | end
        1  | 1      | B       | 5     | 9
    """
    assert cohort(later, expression) == [(1, 0, 1000)]


def test_exposure_by_source_concept_counts_for_an_era(cohort, say):
    tables = f"""{ONE}

        drug_exposure
        id | person | concept | source | start | end
        1  | 1      | C       | B      | 0     | 9
    """
    assert cohort(tables, say.define(INDEX, end_strategy=CustomEra(drug_codeset_id=B))) == [(1, 0, 9)]


CENSORED = f"""{ONE}

    procedure_occurrence
    id | person | concept | start
    1  | 1      | B       | -1
    2  | 1      | B       | 8
    3  | 1      | B       | 9

    death
    person | start
    1      | 100
"""


def test_the_first_censoring_event_ends(cohort, say):
    procedure = ProcedureOccurrence(codeset_id=B)
    assert cohort(CENSORED, say.define(INDEX, censoring_criteria=(procedure,))) == [(1, 0, 8)]
    assert cohort(CENSORED, say.define(INDEX, censoring_criteria=(Death(), procedure))) == [(1, 0, 8)]
    assert cohort(CENSORED, say.define(INDEX, censoring_criteria=(Death(),))) == [(1, 0, 100)]
    assert cohort(CENSORED, say.define(INDEX, censoring_criteria=(procedure,), end_strategy=DateOffset(offset=5))) == [(1, 0, 5)]


def test_a_censoring_event_on_the_day_of_entry_ends_there(cohort, say):
    assert cohort(ONE, say.define(INDEX, censoring_criteria=(INDEX,))) == [(1, 0, 0)]


SEVERAL = """
    condition_occurrence
    id | person | concept | start
    1  | 1      | A       | 0
    2  | 1      | A       | 5
    3  | 1      | A       | 16
    4  | 2      | A       | 0
"""


@pytest.mark.parametrize(
    ("pad", "rows"),
    [
        (0, [(1, 0, 10), (1, 16, 21), (2, 0, 5)]),
        (5, [(1, 0, 10), (1, 16, 21), (2, 0, 5)]),
        (6, [(1, 0, 21), (2, 0, 5)]),
    ],
)
def test_entries_so_many_days_apart_become_one(cohort, say, pad, rows):
    collapse = CollapseSettings(era_pad=pad)
    assert cohort(SEVERAL, say.define(INDEX, end_strategy=DateOffset(offset=5), collapse_settings=collapse)) == rows


@pytest.mark.parametrize(
    ("window", "rows"),
    [
        (Period(), [(1, 0, 10), (1, 16, 21), (2, 0, 5)]),
        (Period(start_date=date(2020, 1, 4)), [(1, 3, 10), (1, 16, 21), (2, 3, 5)]),
        (Period(start_date=date(2020, 1, 11)), [(1, 10, 10), (1, 16, 21)]),
        (Period(end_date=date(2020, 1, 4)), [(1, 0, 3), (2, 0, 3)]),
        (Period(start_date=date(2020, 1, 8), end_date=date(2020, 1, 18)), [(1, 7, 10), (1, 16, 17)]),
    ],
)
def test_a_window_of_calendar_days_cuts_the_cohort(cohort, say, window, rows):
    assert cohort(SEVERAL, say.define(INDEX, end_strategy=DateOffset(offset=5), censor_window=window)) == rows


def test_a_definition_of_one_entry_beside_one_of_several(run, say):
    """In one batch, what is never collapsed stands beside what is."""
    several = say.define(INDEX, end_strategy=DateOffset(offset=5))
    one = say.define(INDEX, end_strategy=DateOffset(offset=5), limits=("First", "All", "All"))
    found = run(SEVERAL, several, one)
    assert [row["cohort_definition_id"] for row in found.rows.to_pylist()] == [1, 1, 1, 2, 2]

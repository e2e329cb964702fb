"""Initial events, limits, additional criteria and inclusion rules. Rows are (person, first day, last day); observation ends on day 1000."""

from __future__ import annotations

import pytest

from equipoise.cohort.circe.model import ConditionOccurrence, CriteriaGroup, DateOffset, DrugExposure, ObservationPeriod, VisitOccurrence

A, B, C = 1, 2, 3
ONE_DAY = DateOffset(offset=0)


THREE = """
    condition_occurrence
    id | person | concept | start
    11 | 1      | A       | 0
    12 | 1      | A       | 10
    13 | 1      | A       | 20
    14 | 1      | B       | 11
"""


@pytest.mark.parametrize(("limit", "days"), [("All", [0, 10, 20]), ("First", [0]), ("Last", [20])])
def test_primary_limit(cohort, say, limit, days):
    expression = say.define(ConditionOccurrence(codeset_id=A), limits=(limit, "All", "All"), end_strategy=ONE_DAY)
    assert cohort(THREE, expression) == [(1, day, day) for day in days]


@pytest.mark.parametrize(("limit", "days"), [("All", [0, 10]), ("First", [0]), ("Last", [10])])
def test_expression_limit_comes_after_the_rules(cohort, say, limit, days):
    rule = say.every(say.some(ConditionOccurrence(codeset_id=B), say.window(0, None)))
    expression = say.define(ConditionOccurrence(codeset_id=A), limits=("All", "All", limit), rules=[rule], end_strategy=ONE_DAY)
    assert cohort(THREE, expression) == [(1, day, day) for day in days]


def test_a_primary_limit_comes_before_the_rules(cohort, say):
    rule = say.every(say.some(ConditionOccurrence(codeset_id=B), say.window(-1, 1)))
    expression = say.define(ConditionOccurrence(codeset_id=A), limits=("First", "All", "All"), rules=[rule], end_strategy=ONE_DAY)
    assert cohort(THREE, expression) == []


@pytest.mark.parametrize(("limit", "days"), [("All", [0, 10]), ("First", [0]), ("Last", [10])])
def test_qualified_limit_comes_after_additional_criteria(cohort, say, limit, days):
    additional = say.every(say.some(ConditionOccurrence(codeset_id=B), say.window(0, None)))
    expression = say.define(
        ConditionOccurrence(codeset_id=A), limits=("All", limit, "All"), additional_criteria=additional, end_strategy=ONE_DAY
    )
    assert cohort(THREE, expression) == [(1, day, day) for day in days]


def test_qualified_limit_needs_additional_criteria(cohort, say):
    expression = say.define(ConditionOccurrence(codeset_id=A), limits=("All", "First", "All"), end_strategy=ONE_DAY)
    assert [row[1] for row in cohort(THREE, expression)] == [0, 10, 20]


def test_empty_additional_criteria_let_the_qualified_limit_apply(cohort, say):
    expression = say.define(
        ConditionOccurrence(codeset_id=A), limits=("All", "First", "All"), additional_criteria=CriteriaGroup(), end_strategy=ONE_DAY
    )
    assert [row[1] for row in cohort(THREE, expression)] == [0]


def test_ties_on_a_day_go_to_the_lower_event_id(cohort, say):
    """The two events of day 0 end on different days: the exit tells which was kept."""
    tables = """
        condition_occurrence
        id | person | concept | start | end
        22 | 1      | A       | 0     | 5
        21 | 1      | A       | 0     | 9
    """
    expression = say.define(
        ConditionOccurrence(codeset_id=A), limits=("First", "All", "All"), end_strategy=DateOffset(date_field="EndDate", offset=0)
    )
    assert cohort(tables, expression) == [(1, 0, 9)]


def test_observation_asked_for_before_and_after(cohort, say):
    tables = """
        condition_occurrence
        id | person | concept | start
        1  | 1      | A       | 29
        2  | 1      | A       | 30
        3  | 1      | A       | 90
        4  | 1      | A       | 91

        observation_period
        id | person | start | end
        1  | 1      | 0     | 100
    """
    expression = say.define(ConditionOccurrence(codeset_id=A), observed=(30, 10), end_strategy=ONE_DAY)
    assert [row[1] for row in cohort(tables, expression)] == [30, 90]


def test_events_outside_observation_do_not_count(cohort, say):
    tables = """
        condition_occurrence
        id | person | concept | start
        1  | 1      | A       | -1
        2  | 1      | A       | 0
        3  | 1      | A       | 101

        observation_period
        id | person | start | end
        1  | 1      | 0     | 100
    """
    assert cohort(tables, say.define(ConditionOccurrence(codeset_id=A))) == [(1, 0, 100)]


def test_first_is_chosen_before_other_attributes_and_before_observation(cohort, say):
    tables = """
        condition_occurrence
        id | person | concept | start | condition_type_concept_id
        1  | 1      | A       | 0     | 501
        2  | 1      | A       | 5     | 502
        3  | 2      | A       | 0     | 502
    """
    one_type = tuple(say.item(502).concept for _ in range(1))
    expression = say.define(ConditionOccurrence(codeset_id=A, first=True, condition_type=one_type), end_strategy=ONE_DAY)
    assert cohort(tables, expression) == [(2, 0, 0)]


def test_criteria_of_the_list_are_united(cohort, say):
    tables = """
        condition_occurrence
        id | person | concept | start
        1  | 1      | A       | 0

        drug_exposure
        id | person | concept | start
        1  | 2      | B       | 3
    """
    expression = say.define(ConditionOccurrence(codeset_id=A), DrugExposure(codeset_id=B), end_strategy=ONE_DAY)
    assert cohort(tables, expression) == [(1, 0, 0), (2, 3, 3)]


def test_a_criterion_without_a_concept_set_takes_all_records(cohort, say):
    tables = """
        visit_occurrence
        id | person | concept | start | end
        1  | 1      | A       | 0     | 1
        2  | 2      | B       | 3     | 4
    """
    assert [row[0] for row in cohort(tables, say.define(VisitOccurrence()))] == [1, 2]


def test_a_definition_without_initial_events_finds_nobody(cohort, say):
    assert cohort(THREE, say.define()) == []


def test_a_criterion_on_a_table_that_is_missing_finds_nothing(run, say):
    found = run(THREE, say.define(DrugExposure(codeset_id=A)), say.define(ConditionOccurrence(codeset_id=A)))
    assert {row["cohort_definition_id"] for row in found.rows.to_pylist()} == {2}
    assert "no table drug_exposure: taken as empty" in found.notes


def test_a_column_that_is_missing_is_told(run, say):
    found = run(THREE, say.define(ConditionOccurrence(condition_type=(say.item(5).concept,))))
    assert found.rows.num_rows == 0
    assert "no column condition_occurrence.condition_type_concept_id: a criterion that asks for it finds nothing" in found.notes


def test_all_periods_of_observation(cohort, say):
    tables = """
        observation_period
        id | person | start | end
        1  | 1      | 0     | 100
        2  | 1      | 200   | 300
    """
    assert cohort(tables, say.define(ObservationPeriod())) == [(1, 0, 100), (1, 200, 300)]
    assert cohort(tables, say.define(ObservationPeriod(first=True))) == [(1, 0, 100)]

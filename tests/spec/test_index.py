"""Index events: which day, which arm, which period, and who is left at each line of the attrition."""

from __future__ import annotations

from equipoise.cohort.attrition import IN_AN_ARM, IN_PERIOD, INDEX_EVENT
from equipoise.engine.contract import StepCount
from equipoise.study.model import AgeCriterion, EventCriterion, Index, Not, SexCriterion, Window


def test_the_first_day_with_a_record_of_any_index_set(site):
    here = site("""
        drug_exposure
        person | concept | start
        1      | A       | 20
        1      | B       | 10
        2      | A       | 5
        3      | C       | 1
    """)
    assert here.indexed() == {1: (10, 0), 2: (5, 1)}


def test_the_second_day_counts_distinct_days_not_records(site):
    here = site("""
        drug_exposure
        person | concept | start
        1      | A       | 0
        1      | A       | 0
        1      | A       | 7
        2      | A       | 0
        2      | A       | 0
    """)
    assert here.indexed(index=Index(sets=("a", "b"), nth=2)) == {1: (7, 1)}


def test_the_index_day_is_chosen_before_the_period_is_looked_at(site):
    here = site("""
        drug_exposure
        person | concept | start
        1      | A       | -1
        1      | A       | 3
        2      | A       | 0
        3      | A       | 10
        4      | A       | 11
    """)
    assert here.indexed(period=(0, 10)) == {2: (0, 1), 3: (10, 1)}


def test_with_both_arms_on_one_day_the_arm_listed_first_takes_the_person(site):
    here = site("""
        procedure_occurrence
        person | concept | start
        1      | B       | 4
        1      | A       | 4
    """)
    assert here.indexed() == {1: (4, 1)}
    assert here.indexed(arms=("b", "a")) == {1: (4, 1)}


def test_records_of_different_tables_count_alike(site):
    here = site("""
        condition_occurrence
        person | concept | start
        1      | A       | 1

        drug_exposure
        person | concept | start
        2      | A       | 1

        procedure_occurrence
        person | concept | start
        3      | A       | 1

        measurement
        person | concept | start
        4      | A       | 1

        observation
        person | concept | start
        5      | A       | 1

        device_exposure
        person | concept | start
        6      | A       | 1

        visit_occurrence
        person | concept | start
        7      | A       | 1
    """)
    assert here.indexed() == dict.fromkeys(range(1, 8), (1, 1))


def test_a_record_without_person_or_start_does_not_count(site):
    here = site(
        """
        person
        person | gender_concept_id | year_of_birth
        1      | 8507              | 1950

        observation_period
        person | start | end
        1      | -10   | 10
        8      | -10   | 10

        drug_exposure
        person | concept | start
        1      | A       |
        9      | A       | 1
        1      | B       | 2
        """,
        all_mentioned=False,
    )
    assert here.indexed() == {1: (2, 0)}
    assert [(one.records, one.persons) for one in here.found[:2]] == [(0, 0), (1, 1)]


def test_an_index_day_without_an_arm_leaves_at_a_line_of_its_own(site):
    here = site("""
        drug_exposure
        person | concept | start
        1      | A       | 0
        2      | C       | 0
        3      | C       | 0
        3      | B       | 0
    """)
    answer = here.cohort(index=Index(sets=("a", "b", "c")))
    assert answer.rows["person_id"].to_pylist() == [1, 3]
    assert answer.attrition == (
        StepCount(INDEX_EVENT, 3, 1, 1),
        StepCount(IN_PERIOD, 3, 1, 1),
        StepCount(IN_AN_ARM, 2, 1, 1),
    )


def test_attrition_counts_who_is_left_after_each_step(site):
    here = site("""
        person
        person | gender_concept_id | year_of_birth
        1      | 8532              | 1980
        2      | 8507              | 1980
        3      | 8532              | 2010
        4      | 8532              | 1980

        drug_exposure
        person | concept | start
        1      | A       | 0
        2      | A       | 0
        3      | B       | 0
        4      | B       | 0
        4      | C       | -1
        5      | A       | 99
    """)
    steps = (SexCriterion(sex="female"), AgeCriterion(at_least=18), Not(criterion=EventCriterion(sets=("c",), window=Window(end=0))))
    answer = here.cohort(*steps, period=(0, 10))
    assert [(step.n, step.n_target, step.n_comparator) for step in answer.attrition] == [
        (5, 3, 2),
        (4, 2, 2),
        (3, 1, 2),
        (2, 1, 1),
        (1, 1, 0),
    ]
    assert [step.label for step in answer.attrition] == [INDEX_EVENT, IN_PERIOD, "step 1", "step 2", "step 3"]
    assert answer.rows["person_id"].to_pylist() == [1]


def test_nobody_with_an_index_event_is_an_empty_cohort(site):
    here = site("""
        drug_exposure
        person | concept | start
        1      | C       | 0
    """)
    answer = here.cohort()
    assert answer.rows.num_rows == 0
    assert [step.n for step in answer.attrition] == [0, 0]

"""Other records around an event: windows, counts, groups. The index event is a condition of set a on day 0."""

from __future__ import annotations

from datetime import date

import pytest

from equipoise.cohort.circe.model import (
    Concept,
    ConceptSet,
    ConceptSetSelection,
    ConditionOccurrence,
    CriteriaGroup,
    DateOffset,
    DateRange,
    DemographicCriteria,
    DrugExposure,
    Measurement,
    NumericRange,
    VisitOccurrence,
)

A, B, C = 1, 2, 3
INDEX = ConditionOccurrence(codeset_id=A)
DRUG = DrugExposure(codeset_id=B)
FOUR = """
    condition_occurrence
    id | person | concept | start | end
    1  | 1      | A       | 0     | 20
    2  | 2      | A       | 0     | 20
    3  | 3      | A       | 0     | 20
    4  | 4      | A       | 0     | 20
"""


def kept(cohort, say, tables: str, *rules: CriteriaGroup) -> set[int]:
    return {row[0] for row in cohort(tables, say.define(INDEX, rules=rules, end_strategy=DateOffset()))}


def drugs(*days: int | tuple[int, int]) -> str:
    """A drug of set b for persons 1, 2, ...: a day, or a start and an end."""
    spans = [day if isinstance(day, tuple) else (day, day) for day in days]
    lines = "\n".join(f"{place} | {place} | B | {start} | {end}" for place, (start, end) in enumerate(spans, start=1))
    return f"{FOUR}\n\ndrug_exposure\nid | person | concept | start | end\n{lines}"


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [(-30, 7, {2, 3}), (None, 0, {1, 2}), (0, None, {3, 4}), (None, None, {1, 2, 3, 4}), (7, 8, {3, 4}), (1, 0, set())],
)
def test_windows_are_closed(cohort, say, start, end, expected):
    rule = say.every(say.some(DRUG, say.window(start, end)))
    assert kept(cohort, say, drugs(-31, -30, 7, 8), rule) == expected


SHORT = """
    observation_period
    id | person | start | end
    1  | 1      | -10   | 30
    2  | 2      | -10   | 30
    3  | 3      | -10   | 30
    4  | 4      | -10   | 30
"""


def test_records_outside_the_observation_period_do_not_count(cohort, say):
    tables = f"{drugs(-11, -10, 30, 31)}\n\n{SHORT}"
    assert kept(cohort, say, tables, say.every(say.some(DRUG, say.window(-100, 100)))) == {2, 3}
    assert kept(cohort, say, tables, say.every(say.some(DRUG, say.window(-100, 100), ignore_observation_period=True))) == {1, 2, 3, 4}


def test_an_unbounded_window_ends_with_the_observation_period(cohort, say):
    tables = f"{drugs(-11, -10, 30, 31)}\n\n{SHORT}"
    assert kept(cohort, say, tables, say.every(say.some(DRUG, say.window(None, None)))) == {2, 3}
    assert kept(cohort, say, tables, say.every(say.some(DRUG, say.window(None, None), ignore_observation_period=True))) == {1, 2, 3, 4}


def test_an_unbounded_window_on_ends_asks_for_an_end_within_the_observation_period(cohort, say):
    """All begin within the period; the drug of person 4 ends after it."""
    tables = f"{drugs((0, 10), (0, 30), (30, 30), (0, 31))}\n\n{SHORT}"
    rule = say.every(say.some(DRUG, say.window(None, None, use_event_end=True)))
    assert kept(cohort, say, tables, rule) == {1, 2, 3}
    anywhere = say.every(say.some(DRUG, say.window(None, None, use_event_end=True), ignore_observation_period=True))
    assert kept(cohort, say, tables, anywhere) == {1, 2, 3, 4}


def test_a_record_of_another_observation_period_does_not_count(cohort, say):
    tables = f"""{drugs(-50)}

        observation_period
        id | person | start | end
        1  | 1      | -100  | -40
        2  | 1      | -10   | 30
    """
    assert kept(cohort, say, tables, say.every(say.some(DRUG, say.window(-60, 0)))) == set()
    assert kept(cohort, say, tables, say.every(say.some(DRUG, say.window(-60, 0), ignore_observation_period=True))) == {1}


def test_start_or_end_of_the_index_event_and_of_the_other(cohort, say):
    """The index event lasts from day 0 to day 20."""
    tables = drugs((-5, 5), (15, 25), (20, 40), (21, 22))
    assert kept(cohort, say, tables, say.every(say.some(DRUG, say.window(0, 0, use_index_end=True)))) == {3}
    assert kept(cohort, say, tables, say.every(say.some(DRUG, say.window(5, 5, use_event_end=True)))) == {1}
    assert kept(cohort, say, tables, say.every(say.some(DRUG, say.window(2, 5, use_index_end=True, use_event_end=True)))) == {2, 4}


def test_a_second_window_is_held_against_the_end(cohort, say):
    tables = drugs((-5, 5), (-5, 0), (-5, -1), (1, 5))
    starts_before = say.window(None, 0)
    assert kept(cohort, say, tables, say.every(say.some(DRUG, starts_before, end_window=say.end_window(0, None)))) == {1, 2}
    on_start = say.end_window(-5, -5, use_event_end=False)
    assert kept(cohort, say, tables, say.every(say.some(DRUG, starts_before, end_window=on_start))) == {1, 2, 3}
    within = say.end_window(None, 0)
    assert kept(cohort, say, tables, say.every(say.some(DRUG, starts_before, end_window=within))) == {2, 3}
    from_end = say.end_window(-15, None, use_index_end=True)
    assert kept(cohort, say, tables, say.every(say.some(DRUG, starts_before, end_window=from_end))) == {1}


def test_drugs_end_after_their_supply(cohort, say):
    """A recorded end, else the start and the days of supply, else the day after the start."""
    tables = f"""{FOUR}

        drug_exposure
        id | person | concept | start | end | days_supply
        1  | 1      | B       | 0     | 3   | 30
        2  | 2      | B       | 0     |     | 30
        3  | 3      | B       | 0     |     |
        4  | 4      | B       | 0     |     | 0
    """
    for day, person in ((3, 1), (30, 2), (1, 3), (0, 4)):
        assert kept(cohort, say, tables, say.every(say.some(DRUG, say.window(day, day, use_event_end=True)))) == {person}


COUNTS = f"""{FOUR}

    drug_exposure
    id | person | concept | start | quantity | visit
    1  | 1      | B       | 1     | 5        | 71
    2  | 2      | B       | 1     | 5        | 71
    3  | 2      | B       | 1     | 5        | 71
    4  | 3      | B       | 1     | 5        | 71
    5  | 3      | B       | 2     | 6        | 72
    6  | 3      | B       | 3     |          |
"""


@pytest.mark.parametrize(
    ("n", "expected"),
    [
        (("at least", 0), {1, 2, 3, 4}),
        (("at least", 1), {1, 2, 3}),
        (("at least", 2), {2, 3}),
        (("exactly", 0), {4}),
        (("exactly", 2), {2}),
        (("at most", 0), {4}),
        (("at most", 2), {1, 2, 4}),
    ],
)
def test_how_many(cohort, say, n, expected):
    assert kept(cohort, say, COUNTS, say.every(say.some(DRUG, n=n))) == expected


@pytest.mark.parametrize(
    ("column", "n", "expected"),
    [
        ("START_DATE", ("at least", 2), {3}),
        ("START_DATE", ("exactly", 1), {1, 2}),
        ("START_DATE", ("at most", 1), {1, 2, 4}),
        ("VISIT_ID", ("exactly", 2), {3}),
        ("QUANTITY", ("exactly", 2), {3}),
        ("QUANTITY", ("exactly", 1), {1, 2}),
        ("DOMAIN_CONCEPT", ("exactly", 1), {1, 2, 3}),
        ("DURATION", ("exactly", 1), {1, 2, 3}),
        ("END_DATE", ("at least", 3), {3}),
        (None, ("exactly", 1), {1, 2, 3}),
    ],
)
def test_how_many_distinct(cohort, say, column, n, expected):
    """What is null is not counted. Without a column, distinct concepts are counted."""
    assert kept(cohort, say, COUNTS, say.every(say.some(DRUG, n=n, distinct=True, column=column))) == expected


def test_distinct_concepts(cohort, say):
    tables = f"""{FOUR}

        measurement
        id | person | concept | start
        1  | 1      | B       | 1
        2  | 1      | B       | 2
        3  | 2      | B       | 1
        4  | 2      | C       | 1
    """
    assert kept(cohort, say, tables, say.every(say.some(Measurement(), n=("at least", 2), distinct=True))) == {2}


def test_what_a_domain_does_not_have_cannot_be_counted(run, say):
    rule = say.every(say.some(DRUG, distinct=True, column="GAP_DAYS"))
    found = run(COUNTS, say.define(INDEX, rules=[rule]), say.define(INDEX))
    assert [(one.id, one.problems[0].kind.code) for one in found.failed] == [(1, "EQ-ENGINE-102")]
    assert set(found.rows["cohort_definition_id"].to_pylist()) == {2}


def test_the_same_visit(cohort, say):
    tables = """
        condition_occurrence
        id | person | concept | start | visit
        1  | 1      | A       | 0     | 71
        2  | 2      | A       | 0     | 72
        3  | 3      | A       | 0     |

        drug_exposure
        id | person | concept | start | visit
        1  | 1      | B       | 0     | 71
        2  | 2      | B       | 0     | 73
        3  | 3      | B       | 0     |
    """
    assert kept(cohort, say, tables, say.every(say.some(DRUG, restrict_visit=True))) == {1}


GROUPS = """
    condition_occurrence
    id | person | concept | start
    1  | 1      | A       | 0
    2  | 2      | A       | 0
    3  | 3      | A       | 0
    4  | 4      | A       | 0
    5  | 2      | B       | 0
    6  | 3      | B       | 0
    7  | 3      | C       | 0
    8  | 4      | C       | 0
"""


@pytest.mark.parametrize(
    ("kind", "count", "expected"),
    [
        ("ALL", None, {3}),
        ("ANY", None, {2, 3, 4}),
        ("AT_LEAST", 0, {1, 2, 3, 4}),
        ("AT_LEAST", 1, {2, 3, 4}),
        ("AT_LEAST", 2, {3}),
        ("AT_MOST", 0, {1}),
        ("AT_MOST", 1, {1, 2, 4}),
    ],
)
def test_how_many_members_of_a_group_hold(cohort, say, kind, count, expected):
    members = (say.some(ConditionOccurrence(codeset_id=B)), say.some(ConditionOccurrence(codeset_id=C)))
    group = CriteriaGroup(type=kind, count=count, criteria_list=members)
    assert kept(cohort, say, GROUPS, group) == expected
    assert kept(cohort, say, GROUPS, CriteriaGroup(type="ALL", groups=(group,))) == expected
    assert kept(cohort, say, GROUPS, CriteriaGroup(type="AT_MOST", count=0, groups=(group,))) == {1, 2, 3, 4} - expected


WHO = """
    condition_occurrence
    id | person | concept | start | end
    1  | 1      | A       | 0     | 5
    2  | 2      | A       | 9     | 11
    3  | 3      | A       | 0     | 9

    person
    person_id | gender_concept_id | year_of_birth | race_concept_id | ethnicity_concept_id
    1         | 701               | 1980          | 701             | 702
    2         | 702               | 1990          | 702             | 701
    3         | 703               |               |                 |

    concept
    concept_id
    701
    702
"""


def test_who_the_person_is_on_the_index_day(run, say):
    """Sex, race and ethnicity by a list and by a set; the dates are those of the index event, from 1 to 10 January 2020."""
    listed, in_set = (Concept(concept_id=701),), ConceptSetSelection(codeset_id=9)
    asked = {
        DemographicCriteria(): {1, 2, 3},
        DemographicCriteria(age=NumericRange(op="lt", value=40)): {2},
        DemographicCriteria(gender=listed): {1},
        DemographicCriteria(gender_cs=in_set): {1},
        DemographicCriteria(race=listed): {1},
        DemographicCriteria(race_cs=in_set): {1},
        DemographicCriteria(race_cs=ConceptSetSelection(codeset_id=9, is_exclusion=True)): {2},
        DemographicCriteria(race_cs=ConceptSetSelection(is_exclusion=True)): {3},
        DemographicCriteria(ethnicity=listed): {2},
        DemographicCriteria(ethnicity_cs=in_set): {2},
        DemographicCriteria(occurrence_start_date=DateRange(op="gt", value=date(2020, 1, 9))): {2},
        DemographicCriteria(occurrence_end_date=DateRange(op="gt", value=date(2020, 1, 9))): {2, 3},
        DemographicCriteria(gender=listed, race_cs=ConceptSetSelection(codeset_id=9, is_exclusion=True)): set(),
    }
    wanted = ConceptSet(id=9, items=(say.item(701),))
    found = run(
        WHO, *(say.define(INDEX, rules=[CriteriaGroup(demographic_criteria_list=(one,))], sets=(wanted,)) for one in asked)
    ).rows.to_pylist()
    kept_by = [{row["subject_id"] for row in found if row["cohort_definition_id"] == place} for place in range(1, len(asked) + 1)]
    assert kept_by == list(asked.values())


def test_groups_of_groups_with_absent_records_and_persons(cohort, say):
    """No B, or (C and born before 1985): persons 1, 4 by the first, 3 by the second."""
    tables = f"""{GROUPS}

        person
        person_id | gender_concept_id | year_of_birth
        1 | 8532 | 1980
        2 | 8532 | 1980
        3 | 8532 | 1980
        4 | 8532 | 1990
    """
    no_b = say.some(ConditionOccurrence(codeset_id=B), n=("exactly", 0))
    old = DemographicCriteria(age=NumericRange(op="gt", value=35))
    inner = CriteriaGroup(type="ALL", criteria_list=(say.some(ConditionOccurrence(codeset_id=C)),), demographic_criteria_list=(old,))
    assert kept(cohort, say, tables, CriteriaGroup(type="ANY", criteria_list=(no_b,), groups=(inner,))) == {1, 3, 4}
    assert kept(cohort, say, tables, CriteriaGroup(type="ALL", groups=(inner,))) == {3}


def test_who_is_not_in_person_meets_no_demographic_criterion(cohort, say):
    """Not even one that asks for nothing: the person is looked up all the same."""
    known = "person\nperson_id | gender_concept_id | year_of_birth\n1 | 8532 | 1980\n2 | 8532 | 1980\n3 | | "
    of_anyone = CriteriaGroup(demographic_criteria_list=(DemographicCriteria(),))
    assert kept(cohort, say, f"{GROUPS}\n\n{known}", of_anyone) == {1, 2, 3}
    twice = CriteriaGroup(type="AT_LEAST", count=2, demographic_criteria_list=(DemographicCriteria(), DemographicCriteria()))
    assert kept(cohort, say, f"{GROUPS}\n\n{known}", twice) == {1, 2, 3}


def test_an_empty_group_holds(cohort, say):
    assert kept(cohort, say, GROUPS, CriteriaGroup()) == {1, 2, 3, 4}
    assert kept(cohort, say, GROUPS, CriteriaGroup(type="AT_MOST", count=0, groups=(CriteriaGroup(),))) == set()


def test_all_rules_must_hold(cohort, say):
    rules = [say.every(say.some(ConditionOccurrence(codeset_id=one))) for one in (B, C)]
    assert kept(cohort, say, GROUPS, *rules) == {3}


def test_criteria_inside_a_criterion(cohort, say):
    """A visit with a drug of its own on the day of the condition: the drug is sought around the visit."""
    tables = """
        condition_occurrence
        id | person | concept | start
        1  | 1      | A       | 0
        2  | 2      | A       | 0

        visit_occurrence
        id | person | concept | start | end
        71 | 1      | C       | 0     | 9
        72 | 2      | C       | 0     | 3

        drug_exposure
        id | person | concept | start
        1  | 1      | B       | 9
        2  | 2      | B       | 9
    """
    before_it_ends = say.window(None, 0, use_index_end=True)
    with_drug = VisitOccurrence(codeset_id=C, correlated_criteria=say.every(say.some(DRUG, before_it_ends)))
    assert kept(cohort, say, tables, say.every(say.some(with_drug, say.window(0, 0)))) == {1}
    twice = VisitOccurrence(codeset_id=C, correlated_criteria=say.every(say.some(with_drug, say.window(0, 0))))
    assert kept(cohort, say, tables, say.every(say.some(twice))) == {1}
    assert {row[0] for row in cohort(tables, say.define(with_drug))} == {1}


def test_an_inner_criterion_must_lie_in_an_observation_period(cohort, say):
    tables = f"""{drugs(-60, 0)}

        observation_period
        id | person | start | end
        1  | 1      | -10   | 30
        2  | 2      | -10   | 30
    """
    inner = DrugExposure(codeset_id=B, correlated_criteria=CriteriaGroup(demographic_criteria_list=(DemographicCriteria(),)))
    anywhere = say.some(inner, say.window(None, None), ignore_observation_period=True)
    assert kept(cohort, say, tables, say.every(anywhere)) == {2}

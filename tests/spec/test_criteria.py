"""What each criterion means, with its borders. Day 0 is the index."""

from __future__ import annotations

import pytest

from equipoise.cohort.kinds import CRITERION_KINDS
from equipoise.engine.errors import NOT_PREPARED
from equipoise.kernel.errors import EquipoiseError
from equipoise.study.lines.reading import bundled_pack
from equipoise.study.model import (
    AgeCriterion,
    AllOf,
    AnyOf,
    Code,
    CodeSet,
    EventCriterion,
    LineDrug,
    LinesCriterion,
    LinesOfTherapy,
    MeasurementCriterion,
    Not,
    PriorObservation,
    SexCriterion,
    Window,
)

COVERS = {
    "event": "test_event_window_is_closed_at_both_ends",
    "measurement": "test_measurement_value_lies_in_a_closed_range",
    "age": "test_age_is_whole_years_on_the_birthday",
    "sex": "test_sex_is_the_recorded_gender",
    "prior_observation": "test_prior_observation_borders",
    "lines": "test_lines_of_therapy_begin_before_the_index_day",
    "all_of": "test_all_of_needs_every_part",
    "any_of": "test_any_of_needs_one_part",
    "not": "test_not_turns_round_what_it_holds",
}
"""The first test of each kind of criterion."""

RECORDS = """
    condition_occurrence
    person | concept | start
    1      | A       | -31
    2      | A       | -30
    3      | A       | 0
    4      | A       | 7
    5      | A       | 8
    6      | B       | 0
"""


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [(-30, 7, {2, 3, 4}), (None, 0, {1, 2, 3}), (0, None, {3, 4, 5}), (None, None, {1, 2, 3, 4, 5}), (0, 0, {3}), (1, 0, set())],
)
def test_event_window_is_closed_at_both_ends(site, start, end, expected):
    judged = site(RECORDS).holds(EventCriterion(sets=("a",), window=Window(start=start, end=end)))
    assert {person for person, held in judged.items() if held} == expected


def test_event_counts_records_dates_or_sets(site):
    here = site("""
        drug_exposure
        person | concept | start
        1      | A       | 0
        1      | A       | 0
        2      | A       | 0
        2      | A       | 1
        3      | A       | 0
        3      | B       | 0
        4      | A       | 0
    """)
    of = {count: here.holds(EventCriterion(sets=("a", "b"), at_least=2, count=count)) for count in ("records", "dates", "sets")}
    assert of["records"] == {1: True, 2: True, 3: True, 4: False}
    assert of["dates"] == {1: False, 2: True, 3: False, 4: False}
    assert of["sets"] == {1: False, 2: False, 3: True, 4: False}


def test_event_one_record_in_two_sets_is_one_record(site):
    twice = tuple(CodeSet(name=name, codes=(Code(vocabulary="Test", code="A", match="exact"),)) for name in ("x", "y"))
    here = site("condition_occurrence\nperson | concept | start\n1 | A | 0", twice)
    assert here.holds(EventCriterion(sets=("x", "y"), at_least=2)) == {1: False}
    assert here.holds(EventCriterion(sets=("x", "y"), at_least=2, count="sets")) == {1: True}


def test_event_rows_with_one_id_are_so_many_records(site):
    here = site("""
        condition_occurrence
        person | id | concept | start
        1      | 5  | A       | 0
        1      | 5  | A       | 0
    """)
    assert here.holds(EventCriterion(sets=("a",), at_least=2)) == {1: True}
    assert here.holds(EventCriterion(sets=("a", "b"), at_least=2)) == {1: True}


def test_event_at_most_and_none_at_all(site):
    here = site("""
        drug_exposure
        person | concept | start
        1      | A       | 0
        2      | A       | 0
        2      | A       | 1
        3      | B       | 0
    """)
    assert here.holds(EventCriterion(sets=("a",), at_least=0, at_most=1)) == {1: True, 2: False, 3: True}
    assert here.holds(EventCriterion(sets=("a",), at_least=1, at_most=1)) == {1: True, 2: False, 3: False}
    assert here.holds(EventCriterion(sets=("a",), at_least=0, at_most=0)) == {1: False, 2: False, 3: True}


def test_event_days_apart_is_between_any_two_in_the_window(site):
    here = site("""
        condition_occurrence
        person | concept | start
        1      | A       | -30
        1      | A       | 0
        2      | A       | -29
        2      | A       | 0
        3      | A       | -40
        3      | A       | -20
        3      | B       | -10
        4      | A       | 0
    """)
    twice = EventCriterion(sets=("a", "b"), window=Window(end=0), at_least=2, days_apart=30)
    assert here.holds(twice) == {1: True, 2: False, 3: True, 4: False}
    assert here.holds(twice.model_copy(update={"window": Window(start=-29, end=0)}))[1] is False


def test_measurement_value_lies_in_a_closed_range(site):
    here = site("""
        measurement
        person | concept | start | value
        1      | A       | 0     | 2.0
        2      | A       | 0     | 3.0
        3      | A       | 0     | 1.9999999
        4      | A       | 0     | 3.0000001
        5      | A       | 0     |
        6      | A       | -1    | 2.5
        7      | B       | 0     | 2.5
        8      | A       | 0     | nan
    """)
    wanted = MeasurementCriterion(sets=("a",), window=Window(start=0, end=0), low=2, high=3)
    assert {person for person, held in here.holds(wanted).items() if held} == {1, 2}
    assert {person for person, held in here.holds(wanted.model_copy(update={"high": None})).items() if held} == {1, 2, 4}
    assert {person for person, held in here.holds(wanted.model_copy(update={"low": None})).items() if held} == {1, 2, 3}
    anything = MeasurementCriterion(sets=("a",))
    assert {person for person, held in here.holds(anything).items() if held} == {1, 2, 3, 4, 6}


def test_measurement_that_is_not_a_finite_number_is_no_value(site):
    """Without any null and with other dates missing: then DuckDB takes the column's statistics, which leave NaN out, at their word."""
    here = site("""
        measurement
        person | concept | start | value
        1      | A       | 0     | nan
        2      | A       | 0     | inf
        3      | A       | 0     | 0.5
        4      | A       |       | 2
    """)
    assert here.holds(MeasurementCriterion(sets=("a",), low=0.1)) == {1: False, 2: False, 3: True, 4: False}
    assert here.holds(MeasurementCriterion(sets=("a",))) == {1: False, 2: False, 3: True, 4: False}


def test_measurement_converts_units_and_takes_a_missing_unit_as_the_wanted_one(site):
    """1 g/dL is 10 g/L (8636 is g/L, 8713 g/dL); 8554 is per cent, which does not convert."""
    here = site("""
        measurement
        person | concept | start | value | unit
        1      | A       | 0     | 3.5   | 8713
        2      | A       | 0     | 35    | 8636
        3      | A       | 0     | 35    | 8713
        4      | A       | 0     | 3.5   |
        5      | A       | 0     | 3.5   | 0
        6      | A       | 0     | 3.5   | 8554
    """)
    judged = here.holds(MeasurementCriterion(sets=("a",), unit="g/dL", low=3.5, high=5))
    assert judged == {1: True, 2: True, 3: False, 4: True, 5: True, 6: False}


def test_measurement_of_two_substances_converts_each_by_its_own_factor(site):
    """Bilirubin 1 mg/dL is 17.104 umol/L, creatinine 88.42 (AMA Manual of Style); 8840 is mg/dL."""
    sets = (
        CodeSet(name="bilirubin", codes=(Code(vocabulary="LOINC", code="1975-2", match="exact"),)),
        CodeSet(name="creatinine", codes=(Code(vocabulary="LOINC", code="2160-0", match="exact"),)),
    )
    here = site(
        """
        concept
        concept_id | vocabulary_id | concept_code | standard_concept
        3024128    | LOINC         | 1975-2       | S
        3016723    | LOINC         | 2160-0       | S

        measurement
        person | concept | start | value | unit
        1      | 3024128 | 0     | 1     | 8840
        2      | 3016723 | 0     | 1     | 8840
        """,
        sets,
    )
    both = ("bilirubin", "creatinine")
    assert here.holds(MeasurementCriterion(sets=both, unit="umol/L", low=17, high=18)) == {1: True, 2: False}
    assert here.holds(MeasurementCriterion(sets=both, unit="umol/L", low=88, high=89)) == {1: False, 2: True}


PERSONS = """
    person
    person | gender_concept_id | year_of_birth | month_of_birth | day_of_birth
    1      | 8532              | 2000          | 6              | 15
    2      | 8507              | 2000          | 2              | 29
    3      | 8521              | 2000          |                |
    4      | 0                 |               | 6              | 15
    5      |                   | 2000          | 2              | 30
"""


@pytest.mark.parametrize(
    ("day", "adults"),
    [
        ("2018-06-14", {2, 3, 5}),
        ("2018-06-15", {1, 2, 3, 5}),
        ("2018-02-28", {3, 5}),
        ("2018-03-01", {2, 3, 5}),
        ("2017-12-31", set()),
        ("2018-01-01", {3}),
        ("2018-02-01", {3, 5}),
    ],
)
def test_age_is_whole_years_on_the_birthday(site, day, adults):
    judged = site(PERSONS).holds(AgeCriterion(at_least=18), day)
    assert {person for person, held in judged.items() if held} == adults


def test_age_at_most_includes_the_whole_last_year(site):
    judged = site(PERSONS).holds(AgeCriterion(at_least=18, at_most=18), "2019-06-14")
    assert {person for person, held in judged.items() if held} == {1}


def test_age_before_birth_is_negative(site):
    assert not any(site(PERSONS).holds(AgeCriterion(at_least=0), "1999-12-31").values())


def test_sex_is_the_recorded_gender(site):
    here = site(PERSONS)
    assert {person for person, held in here.holds(SexCriterion(sex="female")).items() if held} == {1}
    assert {person for person, held in here.holds(SexCriterion(sex="male")).items() if held} == {2}


def test_prior_observation_borders(site):
    here = site("""
        observation_period
        person | start | end
        1      | -365  | 0
        2      | -364  | 0
        3      | -400  | -1
        4      | 1     | 400
        5      | -365  | 30
        6      | -800  | -400
        6      | -10   | 10
        7      | -5    | 9
        7      | -365  | 0
    """)
    assert {person for person, held in here.holds(PriorObservation(days=365)).items() if held} == {1, 5, 7}
    assert {person for person, held in here.holds(PriorObservation(days=365, after=30)).items() if held} == {5}
    assert {person for person, held in here.holds(PriorObservation(days=0)).items() if held} == {1, 2, 5, 6, 7}


A, B = (EventCriterion(sets=(name,)) for name in "ab")
A_AND_B = """
    condition_occurrence
    person | concept | start
    1      | A       | 0
    1      | B       | 0
    2      | A       | 0
    3      | B       | 0
    4      | C       | 0
"""


def test_all_of_needs_every_part(site):
    here = site(A_AND_B)
    assert here.holds(AllOf(criteria=(A, B))) == {1: True, 2: False, 3: False, 4: False}
    assert all(here.holds(AllOf(criteria=())).values())


def test_any_of_needs_one_part(site):
    here = site(A_AND_B)
    assert here.holds(AnyOf(criteria=(A, B))) == {1: True, 2: True, 3: True, 4: False}
    assert not any(here.holds(AnyOf(criteria=())).values())


def test_not_turns_round_what_it_holds(site):
    here = site(A_AND_B)
    assert here.holds(Not(criterion=AnyOf(criteria=(A, B)))) == {1: False, 2: False, 3: False, 4: True}
    assert here.holds(Not(criterion=Not(criterion=A))) == here.holds(A)


def test_not_of_what_is_unknown_holds(site):
    assert {person for person, held in site(PERSONS).holds(Not(criterion=AgeCriterion(at_least=0))).items() if held} == {4}


def test_no_set_at_all_is_no_record(site):
    here = site(A_AND_B)
    assert not any(here.holds(EventCriterion(sets=())).values())
    assert all(here.holds(EventCriterion(sets=(), at_least=0)).values())
    assert not any(here.holds(MeasurementCriterion(sets=(), unit="g/L", low=1)).values())


def test_no_set_prepared_leaves_what_asks_for_none(site):
    here = site(A_AND_B, ())
    assert here.found == ()
    assert all(here.holds(SexCriterion(sex="female")).values())


def test_a_set_that_was_not_prepared_is_an_error_with_a_suggestion(site):
    with pytest.raises(EquipoiseError) as raised:
        site(A_AND_B).holds(EventCriterion(sets=("aa",)))
    assert raised.value.code == NOT_PREPARED.code
    assert raised.value.problems[0].did_you_mean == "a"


def test_lines_of_therapy_begin_before_the_index_day(site):
    drugs = (LineDrug(drug="letrozole", sets=("a",)), LineDrug(drug="paclitaxel", sets=("b",)))
    here = site(
        """
        drug_exposure
        person | concept | start
        1      | A       | -1
        2      | A       | 0
        3      | A       | -60
        3      | B       | -1
        4      | A       | 1
        """,
        lines=LinesOfTherapy(pack=bundled_pack("breast"), drugs=drugs),
    )
    assert here.holds(LinesCriterion(at_least=1, at_most=1)) == {1: True, 2: False, 3: False, 4: False}
    assert here.holds(LinesCriterion(at_least=2)) == {1: False, 2: False, 3: True, 4: False}


def test_every_kind_of_criterion_has_a_spec_test():
    assert set(COVERS) == {kind.model_fields["kind"].default for kind in CRITERION_KINDS}
    assert all(test in globals() for test in COVERS.values())

"""What an exported study says, and what it refuses to say. That it finds the same persons is tested in tests/agree."""

from __future__ import annotations

from pathlib import Path

import pytest

from equipoise.cohort.circe.checking.all_checks import check
from equipoise.cohort.circe.exporting.cohort import ABOUT_AGE, ABOUT_UNITS, export
from equipoise.cohort.circe.model import (
    CohortExpression,
    DateOffset,
    Death,
    DrugExposure,
    NumericRange,
    OccurrenceType,
)
from equipoise.cohort.circe.reading import parse_circe
from equipoise.cohort.circe.writing import write_circe
from equipoise.kernel.errors import EquipoiseError
from equipoise.study.model import (
    AgeCriterion,
    Code,
    CodeSet,
    Criterion,
    EventCriterion,
    LinesCriterion,
    MeasurementCriterion,
    Not,
    Step,
    Study,
    Window,
)
from equipoise.study.reading import read_study

STUDIES = Path(__file__).resolve().parents[5] / "studies"
DRUGS = ("celecoxib",)


@pytest.fixture(scope="module")
def study() -> Study:
    return read_study(STUDIES / "nsaid-gibleed.yaml").study


def with_step(study: Study, *criteria: Criterion) -> Study:
    return study.model_copy(update={"steps": tuple(Step(label=f"step {n}", criterion=c) for n, c in enumerate(criteria))})


def rule(study: Study, criterion: Criterion):
    return export(with_step(study, criterion))[0].expression.inclusion_rules[3].expression


def problems(study: Study) -> list[tuple[str, str]]:
    with pytest.raises(EquipoiseError) as caught:
        export(study)
    return [(problem.kind.code, problem.what) for problem in caught.value.problems]


def test_both_arms_of_a_study(study):
    first, second = export(study)
    assert (first.arm, second.arm) == ("Celecoxib", "Diclofenac")
    assert first.expression.title == "Celecoxib versus diclofenac and gastrointestinal bleeding: Celecoxib"
    assert first.expression.primary_criteria.criteria_list == (DrugExposure(codeset_id=0),)
    assert [[item.concept.concept_id for item in s.items] for s in first.expression.concept_sets] == [[1118084, 1124300], [1118084]]
    assert all(item.include_descendants for s in first.expression.concept_sets for item in s.items)
    names = ["First record ever", "Index date in the period", "In the arm Celecoxib"]
    assert [one.name for one in first.expression.inclusion_rules] == names
    assert (first.expression.end_strategy, first.expression.censoring_criteria) == (DateOffset(offset=1826), (Death(),))
    arm_of_second = second.expression.inclusion_rules[2].expression.criteria_list
    assert [(m.occurrence.type, m.occurrence.count) for m in arm_of_second] == [(OccurrenceType.AT_LEAST, 1), (OccurrenceType.EXACTLY, 0)]
    assert "observation periods alone" in first.notes[0]
    assert ABOUT_AGE not in first.notes


def test_what_is_exported_can_be_read_and_is_sound(study):
    for arm in export(study):
        assert isinstance(arm.expression, CohortExpression)
        assert parse_circe(write_circe(arm.expression)) == arm.expression
        assert [finding for finding in check(arm.expression) if finding.severity == "warning"] == []


def test_windows_ignore_observation_periods_as_the_study_does(study):
    (member,) = rule(study, EventCriterion(sets=DRUGS, window=Window(start=-365, end=7))).criteria_list
    assert (member.start_window.start.offset, member.start_window.end.offset, member.ignore_observation_period) == (-365, 7, True)


@pytest.mark.parametrize(
    ("low", "high", "bounds"),
    [
        (2, None, [("AT_LEAST", 2)]),
        (0, 3, [("AT_MOST", 3)]),
        (2, 5, [("AT_LEAST", 2), ("AT_MOST", 5)]),
        (2, 2, [("EXACTLY", 2)]),
        (0, 0, [("EXACTLY", 0)]),
    ],
)
def test_numbers_of_records_of_one_kind(study, low, high, bounds):
    members = rule(study, EventCriterion(sets=DRUGS, at_least=low, at_most=high)).criteria_list
    assert [(member.occurrence.type.name, member.occurrence.count) for member in members] == bounds


def test_distinct_days_are_counted(study):
    (member,) = rule(study, EventCriterion(sets=DRUGS, at_least=3, count="dates")).criteria_list
    assert (member.occurrence.is_distinct, member.occurrence.count_column, member.occurrence.count) == (True, "START_DATE", 3)


def test_a_later_index_day_counts_the_days_before(study):
    later = study.model_copy(update={"index": study.index.model_copy(update={"nth": 3})})
    first = export(later)[0].expression.inclusion_rules[0]
    (member,) = first.expression.criteria_list
    assert (first.name, member.occurrence.count, member.occurrence.count_column) == ("Day number 3 with a record", 2, "START_DATE")


def test_ages_and_values_are_said_with_what_differs(study):
    value = MeasurementCriterion(sets=("albumin",), unit="g/dL", low=3.5)
    albumin = CodeSet(name="albumin", codes=(Code(vocabulary="LOINC", code="1751-7", match="exact", concept_id=3024561),))
    both = with_step(study.model_copy(update={"code_sets": (*study.code_sets, albumin)}), AgeCriterion(at_least=18, at_most=64), value)
    arm = export(both)[0]
    assert {ABOUT_AGE, ABOUT_UNITS} <= set(arm.notes)
    age, measured = (one.expression for one in arm.expression.inclusion_rules[3:])
    assert age.demographic_criteria_list[0].age == NumericRange(op="bt", value=18, extent=64)
    ranges = {unit.concept_id: m.criteria.value_as_number for m in measured.criteria_list for unit in m.criteria.unit}
    assert ranges[8713] == NumericRange(op="gte", value=3.5)
    assert ranges[8636] == NumericRange(op="gte", value=35)


# --- what Circe cannot say ----------------------------------------------------------------------------------------------


def test_sessions_are_refused():
    ((code, what),) = problems(read_study(STUDIES / "bclm-classified.yaml").study)
    assert code == "EQ-CIRCE-050"
    assert "session" in what


def test_each_code_set_without_ids_is_named_once():
    found = problems(read_study(STUDIES / "bclm.yaml").study)
    assert {code for code, _ in found} == {"EQ-CIRCE-051"}
    assert len({what for _, what in found}) == len(found)
    assert any("tare" in what and "CPT4 79445" in what for _, what in found)
    assert any("breast_cancer" in what and "begin so" in what and "ICD10CM C50" in what for _, what in found)


@pytest.mark.parametrize(
    ("criterion", "words"),
    [
        (LinesCriterion(at_least=1), "lines"),
        (Not(criterion=LinesCriterion(at_least=1)), "lines"),
        (EventCriterion(sets=("gi_bleed",), at_least=3), "counted together"),
        (EventCriterion(sets=("gi_bleed",), window=Window(start=-365, end=0), at_least=2, days_apart=30), "closed at both ends"),
    ],
)
def test_criteria_that_circe_has_no_words_for(study, criterion, words):
    ((code, what),) = problems(with_step(study, criterion))
    assert code == "EQ-CIRCE-050"
    assert words in what


def test_a_later_index_day_over_several_kinds_of_records(study):
    mixed = study.index.model_copy(update={"nth": 2, "sets": ("gi_bleed",)})
    assert [code for code, _ in problems(study.model_copy(update={"index": mixed}))] == ["EQ-CIRCE-050"]


def test_descendants_of_a_code_that_is_not_standard(study):
    odd = CodeSet(name="odd", codes=(Code(vocabulary="ICD10CM", code="K92.2", match="omop_descendants", concept_id=35208414),))
    with_odd = study.model_copy(update={"code_sets": (*study.code_sets, odd)})
    ((code, what),) = problems(with_step(with_odd, EventCriterion(sets=("odd",))))
    assert code == "EQ-CIRCE-050"
    assert "standard concepts" in what

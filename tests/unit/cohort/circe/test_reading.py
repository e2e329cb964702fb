"""What can be read, and that every mistake has a code and a place."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.cohort.circe import errors
from equipoise.cohort.circe.checking.all_checks import check
from equipoise.cohort.circe.describing.document import describe
from equipoise.cohort.circe.fingerprint import fingerprint
from equipoise.cohort.circe.model import (
    ConditionOccurrence,
    DateOffset,
    Death,
    DrugExposure,
    EndWindow,
    NumericRange,
    Occurrence,
    OccurrenceType,
    ResultLimit,
)
from equipoise.cohort.circe.reading import from_tree, parse_circe, read_circe
from equipoise.cohort.circe.writing import to_tree
from equipoise.kernel.errors import EquipoiseError, ErrorKind

RULE = ("InclusionRules", 0, "expression")
MEMBER = (*RULE, "CriteriaList", 0)
AT_RULE = "$.InclusionRules[0].expression"
AT_MEMBER = AT_RULE + ".CriteriaList[0]"
DRUG = (*MEMBER, "Criteria", "DrugExposure")
ITEM = ("ConceptSets", 0, "expression", "items", 0)
DISTINCT = {"Type": 2, "Count": 2, "IsDistinct": True, "CountColumn": "GAP_DAYS"}


def put(tree: Any, place: tuple[str | int, ...], value: Any) -> Any:
    """The tree with a value at a place; `...` removes it."""
    tree = deepcopy(tree)
    holder = tree
    for step in place[:-1]:
        holder = holder[step]
    if value is ...:
        del holder[place[-1]]
    else:
        holder[place[-1]] = value
    return tree


def problems(text: str) -> list[tuple[str, str]]:
    with pytest.raises(EquipoiseError) as caught:
        parse_circe(text)
    return [(problem.kind.code, problem.where.path or "") for problem in caught.value.problems]


def test_the_example_is_read(gout_file):
    read = read_circe(gout_file)
    first, second = read.primary_criteria.criteria_list
    assert isinstance(first, ConditionOccurrence)
    assert (first.codeset_id, first.first, first.age) == (1, True, NumericRange(op="gte", value=18))
    assert second.value_as_number == NumericRange(op="gt", value=7.5)
    assert [concept.concept_id for concept in second.unit] == [8840]
    assert [concept_set.items[0].include_descendants for concept_set in read.concept_sets] == [True, False, True]
    (rule,) = read.inclusion_rules
    (member,) = rule.expression.criteria_list
    assert member.criteria == DrugExposure(codeset_id=3)
    assert (member.start_window.start.offset, member.start_window.end.offset) == (-365, -1)
    assert member.occurrence == Occurrence(type=OccurrenceType.EXACTLY, count=0)
    assert read.end_strategy == DateOffset(offset=365)
    assert read.censoring_criteria == (Death(),)
    assert (read.censor_window, read.additional_criteria, read.unknown) == (None, None, ())


# --- what the reference does where nothing is written -------------------------------------------------------------------


def test_limits_default_to_the_first_event_and_null_limits_nothing(gout):
    del gout["ExpressionLimit"]
    gout["QualifiedLimit"] = {"Type": None}
    read = from_tree(gout)
    assert (read.expression_limit, read.qualified_limit) == (ResultLimit(type="First"), ResultLimit(type="All"))


def test_the_event_of_a_second_window_is_held_by_its_end_unless_said_otherwise(gout):
    window = {"Start": {"Coeff": -1}, "End": {"Days": 3, "Coeff": 1}}
    assert isinstance(window_of(put(gout, (*MEMBER, "EndWindow"), window)), EndWindow)
    assert window_of(put(gout, (*MEMBER, "EndWindow"), window)).use_event_end is True
    assert window_of(put(gout, (*MEMBER, "EndWindow"), window | {"UseEventEnd": False})).use_event_end is False
    assert window_of(put(gout, (*MEMBER, "EndWindow"), window | {"UseEventEnd": None})).use_event_end is True


def window_of(tree: Any) -> Any:
    return from_tree(tree).inclusion_rules[0].expression.criteria_list[0].end_window


def test_numbers_in_quotes_whole_floats_and_other_capitals_are_understood(gout):
    tree = put(gout, ("PrimaryCriteria", "CriteriaList", 0, "ConditionOccurrence", "Age"), {"Value": "18", "Op": "GTE"})
    tree = put(put(tree, (*RULE, "Type"), "all"), ("CollapseSettings", "EraPad"), 0.0)
    tree = put(tree, ("PrimaryCriteria", "CriteriaList", 0, "ConditionOccurrence", "First"), "true")
    assert from_tree(tree) == from_tree(gout)


def test_the_answer_of_a_web_service_is_unwrapped(gout):
    as_text = {"id": 3, "name": "Gout", "expression": json.dumps(gout)}
    assert from_tree(as_text) == from_tree({"id": 3, "expression": gout}) == from_tree(gout)


def test_unknown_keys_are_kept_with_their_place(gout):
    gout["Colour"] = [1, {"a": None}]
    gout["PrimaryCriteria"]["CriteriaList"][1]["Measurement"]["Hue"] = "red"
    read = from_tree(gout)
    assert {(unknown.place, unknown.key, unknown.value) for unknown in read.unknown} == {
        ((), "Colour", '[1, {"a": null}]'),
        (("PrimaryCriteria", "CriteriaList", 1, "Measurement"), "Hue", '"red"'),
    }
    assert to_tree(read)["Colour"] == [1, {"a": None}]
    assert from_tree(to_tree(read)) == read


# --- mistakes -----------------------------------------------------------------------------------------------------------

MISTAKES: list[tuple[ErrorKind, tuple[str | int, ...], Any, str]] = [
    (errors.WRONG_TYPE, ("PrimaryCriteria", "CriteriaList"), 3, "$.PrimaryCriteria.CriteriaList"),
    (errors.WRONG_TYPE, ("ConceptSets", 0, "id"), True, "$.ConceptSets[0].id"),
    (errors.WRONG_TYPE, ("ConceptSets", 0, "expression"), [], "$.ConceptSets[0].expression"),
    (errors.WRONG_TYPE, (*ITEM, "isExcluded"), "no", "$.ConceptSets[0].expression.items[0].isExcluded"),
    (errors.WRONG_TYPE, ("CensorWindow",), {"StartDate": "1 May"}, "$.CensorWindow.StartDate"),
    (errors.WRONG_TYPE, ("CensorWindow",), {"EndDate": "2023-02-29"}, "$.CensorWindow.EndDate"),
    (errors.WRONG_TYPE, ("CollapseSettings", "EraPad"), 1.5, "$.CollapseSettings.EraPad"),
    (errors.MISSING_KEY, ("PrimaryCriteria",), ..., "$"),
    (errors.MISSING_KEY, (*RULE,), ..., "$.InclusionRules[0]"),
    (errors.MISSING_KEY, (*MEMBER, "StartWindow"), ..., AT_MEMBER),
    (errors.MISSING_KEY, (*MEMBER, "StartWindow", "End", "Coeff"), ..., AT_MEMBER + ".StartWindow.End"),
    (errors.MISSING_KEY, (*DRUG, "Age"), {"Op": "bt", "Value": 3}, AT_MEMBER + ".Criteria.DrugExposure.Age"),
    (errors.MISSING_KEY, (*RULE, "Type"), "AT_LEAST", AT_RULE),
    (errors.MISSING_KEY, ("EndStrategy",), {"CustomEra": {"GapDays": 30}}, "$.EndStrategy.CustomEra"),
    (errors.UNKNOWN_DOMAIN, ("CensoringCriteria", 0), {"Deth": {}}, "$.CensoringCriteria[0]"),
    (errors.UNKNOWN_DOMAIN, ("CensoringCriteria", 0), {}, "$.CensoringCriteria[0]"),
    (errors.UNKNOWN_DOMAIN, ("CensoringCriteria", 0), {"Death": {}, "Specimen": {}}, "$.CensoringCriteria[0]"),
    (errors.UNKNOWN_DOMAIN, ("EndStrategy",), {"Someday": {}}, "$.EndStrategy"),
    (errors.UNKNOWN_VALUE, (*RULE, "Type"), "SOME", AT_RULE + ".Type"),
    (errors.UNKNOWN_VALUE, (*MEMBER, "Occurrence", "Type"), 3, AT_MEMBER + ".Occurrence.Type"),
    (errors.UNKNOWN_VALUE, (*MEMBER, "StartWindow", "Start", "Coeff"), 0, AT_MEMBER + ".StartWindow.Start.Coeff"),
    (errors.MISSING_CONCEPT_SET, (*DRUG, "CodesetId"), 9, AT_MEMBER + ".Criteria.DrugExposure.CodesetId"),
    (errors.MISSING_CONCEPT_SET, ("ConceptSets",), [], "$.PrimaryCriteria.CriteriaList[0].ConditionOccurrence.CodesetId"),
    (errors.DUPLICATE_CONCEPT_SET, ("ConceptSets", 2, "id"), 2, "$.ConceptSets[2].id"),
    (errors.NEGATIVE, (*MEMBER, "StartWindow", "Start", "Days"), -365, AT_MEMBER + ".StartWindow.Start.Days"),
    (errors.NEGATIVE, (*MEMBER, "Occurrence", "Count"), -1, AT_MEMBER + ".Occurrence.Count"),
    (errors.NEGATIVE, ("PrimaryCriteria", "ObservationWindow", "PriorDays"), -1, "$.PrimaryCriteria.ObservationWindow.PriorDays"),
    (errors.NEGATIVE, ("CollapseSettings", "EraPad"), -1, "$.CollapseSettings.EraPad"),
    (errors.OUT_OF_RANGE, ("CollapseSettings", "EraPad"), 2**31, "$.CollapseSettings.EraPad"),
    (errors.COUNT_COLUMN, (*MEMBER, "Occurrence"), DISTINCT, AT_MEMBER + ".Occurrence.CountColumn"),
]


@pytest.mark.parametrize(("kind", "place", "value", "path"), MISTAKES, ids=lambda value: getattr(value, "code", None))
def test_each_mistake_has_its_code_and_its_place(gout, kind, place, value, path):
    assert (kind.code, path) in problems(json.dumps(put(gout, place, value)))


def test_every_kind_of_error_is_met_here():
    elsewhere = {errors.UNREADABLE, errors.NOT_JSON, errors.NOT_TEXT, errors.TOO_DEEP, errors.REPEATED_KEY, errors.NOT_EXPRESSIBLE}
    elsewhere |= {errors.NO_CONCEPT_ID}
    kinds = {kind for kind in vars(errors).values() if isinstance(kind, ErrorKind)}
    assert kinds == elsewhere | {kind for kind, _, _, _ in MISTAKES}


def test_all_mistakes_are_named_at_once(gout):
    gout["CollapseSettings"]["EraPad"] = "long"
    gout["CensoringCriteria"] = {}
    gout["EndStrategy"] = {"DateOffset": {"DateField": "Start"}}
    assert [code for code, _ in problems(json.dumps(gout))] == ["EQ-CIRCE-006", "EQ-CIRCE-003", "EQ-CIRCE-003"]


def test_a_domain_misspelt_is_guessed(gout):
    gout["CensoringCriteria"] = [{"DrugExposures": {}}]
    with pytest.raises(EquipoiseError) as caught:
        from_tree(gout)
    assert caught.value.problems[0].did_you_mean == "DrugExposure"


@pytest.mark.parametrize("length", [0, 1, 40, 700, 3000])
def test_truncated_json_is_called_so(gout, length):
    text = json.dumps(gout, indent=1)[:length]
    assert problems(text) == [("EQ-CIRCE-002", "")]
    with pytest.raises(EquipoiseError, match="ends in the middle" if length else "EQ-CIRCE-002"):
        parse_circe(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[" * 100_000, "EQ-CIRCE-010"),
        ('{"a": NaN}', "EQ-CIRCE-002"),
        ('{"a": ' + "9" * 5000 + "}", "EQ-CIRCE-002"),
        ('{"Title": "\\ud800", "PrimaryCriteria": {}}', "EQ-CIRCE-012"),
        ('{"expression": "{\\"Title\\": \\"\\\\ud800\\"}"}', "EQ-CIRCE-012"),
        ("3", "EQ-CIRCE-003"),
        ("{}", "EQ-CIRCE-004"),
        ('{"expression": "{"}', "EQ-CIRCE-002"),
    ],
)
def test_what_is_hardly_json_has_a_code_too(text, code):
    assert problems(text)[0][0] == code


def test_a_key_that_is_there_twice_is_told_with_its_place(gout):
    text = json.dumps(gout)
    assert text.count('"EraPad": ') == 1
    assert problems(text.replace('"EraPad": ', '"EraPad": 7, "EraPad": ')) == [("EQ-CIRCE-014", "$.CollapseSettings.EraPad")]
    assert problems('{"expression": ' + json.dumps('{"Title": "a", "Title": "b"}') + "}") == [("EQ-CIRCE-014", "$.Title")]
    assert "EQ-CIRCE-014" in dict(problems('{"a": [{"b": 1, "b": 2}]}'))


def test_a_mark_of_byte_order_is_no_mistake_and_another_encoding_is(gout, tmp_path):
    (tmp_path / "marked.json").write_text(json.dumps(gout), encoding="utf-8-sig")
    (tmp_path / "wide.json").write_text(json.dumps(gout), encoding="utf-16")
    assert read_circe(tmp_path / "marked.json") == from_tree(gout)
    with pytest.raises(EquipoiseError) as caught:
        read_circe(tmp_path / "wide.json")
    assert caught.value.code == "EQ-CIRCE-001"


def test_a_group_inside_itself_is_found(gout):
    group = gout["InclusionRules"][0]["expression"]
    group["Groups"] = [group]
    with pytest.raises(EquipoiseError) as caught:
        from_tree(gout)
    assert caught.value.code == "EQ-CIRCE-010"
    assert caught.value.problems[0].where.path.startswith("$.InclusionRules[0].expression.Groups[0].Groups[0]")


def test_groups_as_deep_as_anyone_needs_are_read(gout):
    for _ in range(12):
        gout["InclusionRules"][0]["expression"] = {"Type": "ANY", "Groups": [gout["InclusionRules"][0]["expression"]]}
    assert from_tree(gout)


@pytest.mark.parametrize("name", ["missing.json", ".", "latin.json"])
def test_a_file_that_cannot_be_read(tmp_path, name):
    (tmp_path / "latin.json").write_bytes(b'{"Title": "\xe9"}')
    with pytest.raises(EquipoiseError) as caught:
        read_circe(tmp_path / name)
    assert caught.value.code == "EQ-CIRCE-001"


# --- nothing gives a traceback ------------------------------------------------------------------------------------------


def outcome(text: str) -> tuple[set[str], str]:
    """The rooms of the codes that refuse it; what is read can be described, checked, hashed and written."""
    try:
        read = parse_circe(text, Path("a.json"))
    except EquipoiseError as error:
        codes = {problem.kind.code[:8] for problem in error.problems}
        return codes, str(error)
    again = from_tree(to_tree(read))
    assert again == read
    assert fingerprint(again) == fingerprint(read)
    assert describe(read)
    check(read)
    return {"EQ-CIRCE"}, "read"


@given(data=st.data())
def test_any_json_at_any_place(gout_file, json_values, data):
    tree = json.loads(gout_file.read_text(encoding="utf-8"))
    for _ in range(data.draw(st.integers(1, 3))):
        places = list(all_places(tree))
        place = data.draw(st.sampled_from(places))
        tree = put(tree, place, data.draw(st.just(...) | json_values)) if place else tree
    assert outcome(json.dumps(tree))[0] == {"EQ-CIRCE"}


def all_places(tree: Any, place: tuple[str | int, ...] = ()) -> Any:
    yield place
    steps = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for step, inner in steps:
        yield from all_places(inner, (*place, step))


@given(data=st.data())
def test_any_json_at_all(json_values, data):
    assert outcome(json.dumps(data.draw(json_values)))[0] == {"EQ-CIRCE"}


@given(text=st.text(max_size=60))
def test_any_text(text):
    assert outcome(text)[0] == {"EQ-CIRCE"}


@given(data=st.data())
def test_sound_definitions_cut_or_changed_by_a_letter(expressions, data):
    text = json.dumps(to_tree(data.draw(expressions)))
    at = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.sampled_from(["", "0", "-", '"', "}", "null"]))
    assert outcome(text[:at] + letter + text[at + 1 :])[0] == {"EQ-CIRCE"}

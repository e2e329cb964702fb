"""Each warning is met by a small definition of its own, and a sound definition meets none."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from equipoise.cohort.circe.checking import errors
from equipoise.cohort.circe.checking.all_checks import check
from equipoise.cohort.circe.place import path_of
from equipoise.cohort.circe.reading import from_tree, read_circe
from equipoise.kernel.errors import ErrorKind

RULE = ("InclusionRules", 0, "expression")
MEMBER = (*RULE, "CriteriaList", 0)
DRUG = (*MEMBER, "Criteria", "DrugExposure")
AT_MEMBER = "$.InclusionRules[0].expression.CriteriaList[0]"
AT_DRUG = AT_MEMBER + ".Criteria.DrugExposure"
AT_ENTRY = "$.PrimaryCriteria.CriteriaList"
PRIMARY = ("PrimaryCriteria", "CriteriaList")
CONCEPT = ("ConceptSets", 0, "expression", "items", 0, "concept")
AT_LEAST_1 = {"Type": 2, "Count": 1, "IsDistinct": False}


def window(first: int | None, last: int | None) -> dict[str, Any]:
    def end(day: int | None, side: int) -> dict[str, Any]:
        return {"Coeff": side} if day is None else {"Days": abs(day), "Coeff": -1 if day < 0 else 1}

    return {"Start": end(first, -1), "End": end(last, 1)}


def member(criteria: dict[str, Any], first: int | None, last: int | None, **more: Any) -> dict[str, Any]:
    return {"Criteria": criteria, "StartWindow": window(first, last), "Occurrence": AT_LEAST_1} | more


def put(tree: Any, *pairs: tuple[tuple[str | int, ...], Any]) -> Any:
    """The tree with values at places; a function of the old value makes the new one; lists grow by one at their end."""
    tree = deepcopy(tree)
    for place, value in pairs:
        holder = tree
        for step in place[:-1]:
            holder = holder[step]
        if isinstance(holder, list) and place[-1] == len(holder):
            holder.append(None)
        holder[place[-1]] = value(deepcopy(holder[place[-1]])) if callable(value) else value
    return tree


def in_group(*members: dict[str, Any], **more: Any) -> tuple[tuple[str | int, ...], Any]:
    """Another rule with these criteria."""
    return ("InclusionRules", 1), {"name": "two", "expression": {"Type": "ALL", "CriteriaList": list(members)} | more}


GOUT = {"ConditionOccurrence": {"CodesetId": 1}}
DRUGS = {"DrugExposure": {"CodesetId": 3}}
FEMALE, MALE = {"CONCEPT_ID": 8532}, {"CONCEPT_ID": 8507}

ROWS: list[tuple[ErrorKind, str, tuple[Any, ...], str]] = [
    (
        errors.UNUSED_SET,
        "warning",
        ((("ConceptSets", 3), {"id": 4, "name": "n", "expression": {"items": [{"concept": {"CONCEPT_ID": 1}}]}}),),
        "$.ConceptSets[3]",
    ),
    (errors.EMPTY_SET, "warning", ((("ConceptSets", 0, "expression", "items"), []),), "$.ConceptSets[0]"),
    (errors.EMPTY_SET, "warning", ((("ConceptSets", 0, "expression", "items", 0, "isExcluded"), True),), "$.ConceptSets[0]"),
    (
        errors.SAME_SETS,
        "warning",
        (
            (("ConceptSets", 1, "expression", "items", 0, "concept", "CONCEPT_ID"), 1167322),
            (("ConceptSets", 1, "expression", "items", 0, "includeDescendants"), True),
        ),
        "$.ConceptSets[2]",
    ),
    (errors.SAME_SETS, "note", ((("ConceptSets", 1, "expression", "items", 0, "concept", "CONCEPT_ID"), 1167322),), "$.ConceptSets[2]"),
    (
        errors.REPEATED_LINE,
        "note",
        ((("ConceptSets", 0, "expression", "items"), lambda items: items * 2),),
        "$.ConceptSets[0].expression.items[1]",
    ),
    (errors.NOT_STANDARD, "note", (((*CONCEPT, "STANDARD_CONCEPT"), "N"),), AT_ENTRY + "[0].ConditionOccurrence.CodesetId"),
    (errors.OTHER_DOMAIN, "note", (((*CONCEPT, "DOMAIN_ID"), "Procedure"),), AT_ENTRY + "[0].ConditionOccurrence.CodesetId"),
    (errors.RANGE_IMPOSSIBLE, "warning", (((*DRUG, "Age"), {"Op": "bt", "Value": 60, "Extent": 18}),), AT_DRUG + ".Age"),
    (errors.RANGE_IMPOSSIBLE, "warning", (((*DRUG, "DaysSupply"), {"Op": "lt", "Value": 0}),), AT_DRUG + ".DaysSupply"),
    (
        errors.RANGE_IMPOSSIBLE,
        "warning",
        (((*DRUG, "OccurrenceStartDate"), {"Op": "bt", "Value": "2021-01-01", "Extent": "2020-01-01"}),),
        AT_DRUG + ".OccurrenceStartDate",
    ),
    (errors.RANGE_IMPOSSIBLE, "warning", ((("CensorWindow",), {"StartDate": "2021-01-01", "EndDate": "2020-01-01"}),), "$.CensorWindow"),
    (errors.NO_EFFECT, "warning", (((*DRUG, "DrugTypeExclude"), True),), AT_DRUG),
    (errors.NO_EFFECT, "warning", (((*DRUG, "Age"), {"Op": "!bt", "Value": 60, "Extent": 18}),), AT_DRUG + ".Age"),
    (errors.ANY_CONCEPT, "warning", (((*MEMBER, "Criteria"), {"DrugExposure": {"DrugType": [{"CONCEPT_ID": 1}]}}),), AT_DRUG),
    (errors.ANY_CONCEPT, "note", (), "$.CensoringCriteria[0].Death"),
    (
        errors.NOTHING_ASKED,
        "warning",
        (((*RULE, "DemographicCriteriaList"), [{}]),),
        "$.InclusionRules[0].expression.DemographicCriteriaList[0]",
    ),
    (errors.ANY_TYPE, "note", (), "$"),
    (errors.NUMBER_CUT, "warning", (((*DRUG, "Age"), {"Op": "gt", "Value": 17.5}),), AT_DRUG + ".Age"),
    (
        errors.NUMBER_CUT,
        "warning",
        (((*PRIMARY, 1, "Measurement", "ValueAsNumber", "Value"), 0.00001),),
        AT_ENTRY + "[1].Measurement.ValueAsNumber",
    ),
    (errors.NO_TEXT, "warning", (((*DRUG, "LotNumber"), {"Op": "contains"}),), AT_DRUG + ".LotNumber"),
    (errors.NO_TEXT, "warning", (((*DRUG, "LotNumber"), {"Op": "contains", "Text": ""}),), AT_DRUG + ".LotNumber"),
    (errors.NEEDS_CDM_6, "note", (((*PRIMARY, 2), {"LocationRegion": {"CodesetId": 1}}),), AT_ENTRY + "[2].LocationRegion"),
    (
        errors.READ_AS_GENDER,
        "warning",
        (((*RULE, "DemographicCriteriaList"), [{"RaceCS": {"CodesetId": 1}}]),),
        "$.InclusionRules[0].expression.DemographicCriteriaList[0].RaceCS",
    ),
    (errors.WINDOW_IMPOSSIBLE, "warning", (((*MEMBER, "StartWindow"), window(-1, -365)),), AT_MEMBER + ".StartWindow"),
    (
        errors.WINDOW_IMPOSSIBLE,
        "warning",
        (((*MEMBER, "StartWindow"), window(-1, None) | {"End": {"Coeff": -1}}),),
        AT_MEMBER + ".StartWindow",
    ),
    (errors.WINDOW_IMPOSSIBLE, "warning", (((*MEMBER, "EndWindow"), window(-800, -400)),), AT_MEMBER + ".EndWindow"),
    (
        errors.WINDOW_IMPOSSIBLE,
        "warning",
        (in_group(member({"Death": {"CodesetId": 1}}, 0, 9, RestrictVisit=True)),),
        "$.InclusionRules[1].expression.CriteriaList[0]",
    ),
    (errors.BEYOND_OBSERVATION, "note", (((*MEMBER, "StartWindow"), window(-400, -1)),), AT_MEMBER + ".StartWindow"),
    (errors.BEYOND_OBSERVATION, "note", (((*MEMBER, "StartWindow"), window(0, 30)),), AT_MEMBER + ".StartWindow"),
    (
        errors.DEATH_BEFORE,
        "warning",
        (in_group(member({"Death": {}}, None, -1)),),
        "$.InclusionRules[1].expression.CriteriaList[0].StartWindow",
    ),
    (
        errors.OTHER_PATTERN,
        "note",
        (in_group(member(GOUT, -365, 0), member(GOUT, -183, 0)),),
        "$.InclusionRules[1].expression.CriteriaList[1]",
    ),
    (errors.ALWAYS_TRUE, "warning", (((*MEMBER, "Occurrence"), {"Type": 2, "Count": 0}),), AT_MEMBER + ".Occurrence"),
    (errors.ALWAYS_TRUE, "warning", (((*RULE, "Type"), "AT_MOST"), ((*RULE, "Count"), 1)), "$.InclusionRules[0].expression"),
    (errors.NEVER_TRUE, "warning", (((*RULE, "Type"), "AT_LEAST"), ((*RULE, "Count"), 2)), "$.InclusionRules[0].expression"),
    (errors.EMPTY_GROUP, "warning", (in_group(),), "$.InclusionRules[1].expression"),
    (errors.REPEATED, "warning", ((("InclusionRules",), lambda rules: rules * 2),), "$.InclusionRules[1]"),
    (
        errors.REPEATED,
        "warning",
        (((*PRIMARY, 2), {"ConditionOccurrence": {"CodesetId": 1, "First": True, "Age": {"Value": 18, "Op": "gte"}}}),),
        AT_ENTRY + "[2]",
    ),
    (errors.REPEATED, "note", (((*PRIMARY, 2), GOUT),), AT_ENTRY + "[2]"),
    (errors.CONTRADICTION, "warning", (in_group(member(DRUGS, -30, -1)),), "$.InclusionRules[1].expression.CriteriaList[0]"),
    (
        errors.CONTRADICTION,
        "warning",
        (in_group(DemographicCriteriaList=[{"Age": {"Op": "gte", "Value": 18}}, {"Age": {"Op": "lt", "Value": 18}}]),),
        "$.InclusionRules[1].expression.DemographicCriteriaList[1].Age",
    ),
    (
        errors.CONTRADICTION,
        "warning",
        (in_group(DemographicCriteriaList=[{"Gender": [MALE]}, {"Gender": [FEMALE]}]),),
        "$.InclusionRules[1].expression.DemographicCriteriaList[1].Gender",
    ),
    (errors.NO_ENTRY, "warning", ((PRIMARY, []),), AT_ENTRY),
    (
        errors.NO_EXIT,
        "warning",
        ((("EndStrategy",), None), (("PrimaryCriteria", "PrimaryCriteriaLimit", "Type"), "All"), (("ExpressionLimit", "Type"), "All")),
        "$.EndStrategy",
    ),
    (errors.EXIT_ON_ENTRY, "warning", ((("EndStrategy", "DateOffset", "Offset"), 0),), "$.EndStrategy.DateOffset.Offset"),
    (errors.EXIT_BEFORE_ENTRY, "warning", ((("EndStrategy", "DateOffset", "Offset"), -1),), "$.EndStrategy.DateOffset.Offset"),
    (errors.DRUG_NOT_IN_EXIT, "note", (((*PRIMARY, 2), DRUGS),), AT_ENTRY + "[2]"),
    (errors.LIMIT_NO_EFFECT, "note", ((("ExpressionLimit", "Type"), "Last"),), "$.ExpressionLimit"),
    (errors.LIMIT_NO_EFFECT, "note", ((("QualifiedLimit", "Type"), "Last"),), "$.QualifiedLimit"),
    (
        errors.CENSORED_AT_ENTRY,
        "warning",
        ((("CensoringCriteria", 1), {"ConditionOccurrence": {"CodesetId": 1, "First": True, "Age": {"Value": 18, "Op": "gte"}}}),),
        "$.CensoringCriteria[1]",
    ),
    (errors.DAYS_SUPPLY, "note", ((("EndStrategy",), {"CustomEra": {"DrugCodesetId": 3, "GapDays": 30}}),), "$.EndStrategy.CustomEra"),
    (errors.UNKNOWN_KEY, "warning", ((("Colour",), "red"),), "$.Colour"),
]


def found(tree: Any) -> set[tuple[str, str, str]]:
    return {(finding.kind.code, finding.severity, path_of(finding.place)) for finding in check(from_tree(tree))}


def test_a_sound_definition_has_no_warning_and_its_notes_are_these(gout):
    assert {(code, severity) for code, severity, _ in found(gout)} == {("EQ-CIRCE-113", "note"), ("EQ-CIRCE-115", "note")}


@pytest.mark.parametrize(("kind", "severity", "pairs", "path"), ROWS, ids=lambda value: getattr(value, "code", None))
def test_each_finding_has_its_code_and_place(gout, kind, severity, pairs, path):
    changed = put(gout | ({"Colour": None} if kind is errors.UNKNOWN_KEY else {}), *pairs)
    assert (kind.code, severity, path) in found(changed)


def test_every_kind_of_finding_is_met_here():
    assert {kind for kind in vars(errors).values() if isinstance(kind, ErrorKind)} == {kind for kind, _, _, _ in ROWS}


@pytest.mark.parametrize(
    ("pairs", "code"),
    [
        ((in_group(member(DRUGS, -400, -366)),), "EQ-CIRCE-135"),  # before the window of the rule that wants none
        ((in_group(member(DRUGS, -30, 0)),), "EQ-CIRCE-135"),  # the day of entry itself is not ruled out
        ((in_group(member({"DrugExposure": {"CodesetId": 3, "First": True}}, -30, -1)),), "EQ-CIRCE-135"),  # other events
        ((in_group(DemographicCriteriaList=[{"Age": {"Op": "gte", "Value": 18}}, {"Age": {"Op": "lt", "Value": 19}}]),), "EQ-CIRCE-135"),
        ((((*MEMBER, "EndWindow"), window(-800, -365)),), "EQ-CIRCE-121"),  # it may start and end on day -365
        ((((*PRIMARY, 1, "Measurement", "ValueAsNumber"), {"Op": "lt", "Value": -0.5}),), "EQ-CIRCE-111"),  # base excess may be
        ((((*PRIMARY, 1, "Measurement", "ValueAsNumber", "Value"), 0.0001),), "EQ-CIRCE-116"),
    ],
)
def test_what_is_sound_is_not_called_so(gout, pairs, code):
    assert code not in {known for known, _, _ in found(put(gout, *pairs))}


def test_what_is_said_names_the_rule(gout):
    gout["InclusionRules"][0]["expression"]["CriteriaList"][0]["Occurrence"] = {"Type": 2, "Count": 0}
    (first, *_) = check(from_tree(gout))
    assert first.what.startswith("inclusion rule 1 “No urate-lowering drug in the year before”: ")


def test_the_public_definitions_are_checked_and_few_are_warned_of(shared):
    files = sorted((shared / "circe" / "definitions").glob("*.json"))
    warned = {file.name for file in files if any(f.severity == "warning" for f in check(read_circe(file)))}
    assert len(files) == 534
    assert 0 < len(warned) < 54, "definitions that were reviewed and published are seldom wrong"

"""The `cohorts` block: definitions of ATLAS under names that stand wherever those of code sets may."""

from __future__ import annotations

import json

import pytest

from equipoise.study.fingerprint import study_hash
from equipoise.study.schema import study_schema

ANY = "any time up to index"
BLOCK = "cohorts: {gi_bleed: {circe: bleed.json}}"
DEFINITION = {
    "ConceptSets": [{"id": 0, "name": "bleed", "expression": {"items": [{"concept": {"CONCEPT_ID": 192671}}]}}],
    "PrimaryCriteria": {
        "CriteriaList": [{"ConditionOccurrence": {"CodesetId": 0}}],
        "ObservationWindow": {"PriorDays": 0, "PostDays": 0},
        "PrimaryCriteriaLimit": {"Type": "All"},
    },
    "QualifiedLimit": {"Type": "First"},
    "ExpressionLimit": {"Type": "All"},
    "InclusionRules": [],
    "CensoringCriteria": [],
    "CollapseSettings": {"CollapseType": "ERA", "EraPad": 0},
    "CensorWindow": {},
}


@pytest.fixture
def bleed(folder):
    def write(text):
        (folder / "bleed.json").write_bytes(text.encode() if isinstance(text, str) else text)

    write(json.dumps(DEFINITION))
    return write


def test_a_definition_travels_inside_the_study(read, bleed):
    study = read(cohorts=BLOCK, exclude=f"exclude: [{{gi_bleed: {ANY}}}]")
    (found,) = [one for one in study.code_sets if one.name == "gi_bleed"]
    assert found.codes == ()
    (criterion,) = json.loads(found.circe)["PrimaryCriteria"]["CriteriaList"]
    assert criterion["ConditionOccurrence"]["CodesetId"] == 0
    assert type(study).model_validate_json(study.model_dump_json()) == study


@pytest.mark.parametrize(
    "blocks",
    [
        {"index": "index: first of [gi_bleed, drug_b]", "arms": "arms: {A: index is gi_bleed, B: index is drug_b}"},
        {"include": "include: [{gi_bleed: 'twice, 30 days apart, any time up to index'}]"},
        {"outcomes": "outcomes: {os: death, bleeding: {first of: gi_bleed, washout: 180 days}}"},
        {"covariates": "covariates: {bled: {records of: gi_bleed, window: any time up to index}}"},
    ],
    ids=["index and arm", "include", "outcome", "covariate"],
)
def test_its_name_stands_wherever_that_of_a_code_set_may(read, bleed, blocks):
    assert "gi_bleed" in [one.name for one in read(cohorts=BLOCK, **blocks).code_sets]


def test_a_study_may_have_cohorts_alone(read, folder, bleed):
    (folder / "other.json").write_text(json.dumps(DEFINITION), encoding="utf-8")
    study = read(
        codes=None,
        cohorts="cohorts: {a: {circe: bleed.json}, b: {circe: other.json}}",
        index="index: first of [a, b]",
        arms="arms: {A: index is a, B: index is b}",
    )
    assert [one.name for one in study.code_sets] == ["a", "b"]


def test_a_study_with_neither_codes_nor_cohorts_is_refused(problems):
    assert [one.kind.code for one in problems(codes=None) if "cohorts" in one.what] == ["EQ-STUDY-007"]
    assert {"required": ["cohorts"]} in study_schema()["anyOf"]


def test_the_hash_is_of_what_the_definition_means_not_of_its_path_or_names(read, folder, bleed):
    excluded = f"exclude: [{{gi_bleed: {ANY}}}]"
    plain = study_hash(read(cohorts=BLOCK, exclude=excluded))
    renamed = DEFINITION | {"ConceptSets": [DEFINITION["ConceptSets"][0] | {"name": "another word"}]}
    (folder / "moved.json").write_text(json.dumps(renamed, indent=3), encoding="utf-8")
    assert study_hash(read(cohorts="cohorts: {gi_bleed: {circe: moved.json}}", exclude=excluded)) == plain
    bleed(json.dumps(DEFINITION | {"ExpressionLimit": {"Type": "First"}}))
    assert study_hash(read(cohorts=BLOCK, exclude=excluded)) != plain


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("", "EQ-CIRCE-002", 1),
        ('{"ConceptSets": [\n', "EQ-CIRCE-002", 2),
        (json.dumps(DEFINITION | {"QualifiedLimit": {"Type": "Frist"}}), "EQ-CIRCE-006", None),
        (json.dumps(DEFINITION | {"ConceptSets": []}), "EQ-CIRCE-007", None),
    ],
    ids=["empty", "cut off", "unknown value", "missing concept set"],
)
def test_a_mistake_in_a_definition_is_told_with_both_places(problems, bleed, folder, text, code, line):
    bleed(text)
    found = problems(cohorts=BLOCK, exclude=f"exclude: [{{gi_bleed: {ANY}}}]")
    assert [one.kind.code for one in found] == ["EQ-STUDY-042", code]
    assert (found[0].where.path, found[0].where.line is not None) == ("cohorts.gi_bleed.circe", True)
    assert (found[1].where.file, found[1].where.line) == (folder / "bleed.json", line)


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ("cohorts: {gi_bleed: {circe: blead.json}}", ["041"]),
        ("cohorts: {gi_bleed: {circe: .}}", ["041"]),
        ("cohorts: {gi_bleed: {circe: 'a\\tb.json'}}", ["041"]),
        ("cohorts: {gi_bleed: bleed.json}", ["008"]),
        ("cohorts: {gi_bleed: {}}", ["007"]),
        ("cohorts: {gi_bleed: {circe: bleed.json, codes: x}}", ["006"]),
        ("cohorts: {index: {circe: bleed.json}}", ["029"]),
        ("cohorts: {cancer: {circe: bleed.json}}", ["019"]),
        ("cohorts: []", ["008"]),
    ],
)
def test_a_cohorts_block_that_cannot_be_meant_is_refused(codes_of, bleed, block, expected):
    assert codes_of(cohorts=block) == [f"EQ-STUDY-{code}" for code in expected]


def test_a_wrong_path_says_which_file_was_meant(problems, bleed):
    (found,) = problems(cohorts="cohorts: {gi_bleed: {circe: blead.json}}", exclude=f"exclude: [{{gi_bleed: {ANY}}}]")
    assert found.did_you_mean == "bleed.json"


@pytest.mark.parametrize(
    "blocks",
    [
        {"include": "include: [{gi_bleed: 'at least 2.5 g/dL in [-45, 0]'}]"},
        {"exclude": "exclude: [{gi_bleed: 'value at most 1.5 in [-45, 0]'}]"},
        {"covariates": "covariates: {level: {nearest value of: gi_bleed, window: 'in [-45, 0]', unit: g/dL}}"},
    ],
)
def test_a_cohort_has_no_values(codes_of, bleed, blocks):
    assert codes_of(cohorts=BLOCK, **blocks) == ["EQ-STUDY-043"]

"""Sessions, treatments told apart by evidence, and which tiers count."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from equipoise.study.fingerprint import study_hash
from equipoise.study.model import AnyOf, Arm, EventCriterion, Index, Treatment, Window
from equipoise.study.reading import read_study

STUDIES = Path(__file__).resolve().parents[4] / "studies"
WHOLE = {
    "index": "index: second session of [drug_a, drug_b], merged over 3 days",
    "treatments": """treatments:
  one:
    evidence: {bleed: "in [-1, 3]"}
    weak evidence: [{ulcer: on index day}, {cancer: "in [-45, -1]"}]
    deciding evidence: {bleed: on index day}
  two:
    evidence: {lab: "in [0, 1]"}""",
    "classification": "classification: {definition: liberal, both go to: one, unspecified join: two}",
    "arms": "arms: {A: session is one, B: session is two}",
    "sites": "sites: {drop when: not observable in 20 sessions}",
}


def on(name: str, start: int, end: int) -> EventCriterion:
    return EventCriterion(sets=(name,), window=Window(start=start, end=end))


def test_a_study_by_sessions_reads_as_it_is_written(read):
    study = read(**WHOLE)
    assert study.index == Index(sets=("drug_a", "drug_b"), nth=2, merge_days=3)
    assert study.arms == (
        Arm(name="A", role="target", sets=(), treatment="one"),
        Arm(name="B", role="comparator", sets=(), treatment="two"),
    )
    assert study.classification.treatments == (
        Treatment(
            name="one",
            evidence=on("bleed", -1, 3),
            weak_evidence=AnyOf(criteria=(on("ulcer", 0, 0), on("cancer", -45, -1))),
            deciding_evidence=on("bleed", 0, 0),
        ),
        Treatment(name="two", evidence=on("lab", 0, 1)),
    )
    assert (study.classification.definition, study.classification.both, study.classification.unspecified) == ("liberal", "one", "two")
    assert study.sites.unobservable_from == 20


def test_main_is_the_usual_definition_and_days_are_merged_only_when_asked(read):
    study = read(**WHOLE | {"classification": None, "index": "index: first session of drug_a"})
    assert (study.classification.definition, study.classification.both) == ("main", None)
    assert study.index.merge_days == 0


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"index": "index: first of drug_a"}, "037"),
        ({"treatments": None}, "037"),
        ({"arms": "arms: {A: session is one, B: index is drug_b}"}, "037"),
        ({"classification": "classification: {definition: liberal}"}, "037"),
        ({"arms": "arms: {A: session is one, B: session is three}"}, "038"),
        ({"classification": "classification: {both go to: three}"}, "038"),
        ({"classification": "classification: {unspecified join: three}"}, "038"),
        ({"arms": "arms: {A: session is one, B: session is one}"}, "018"),
        ({"index": "index: first session of drug_a, merged over 367 days"}, "020"),
        ({"treatments": "treatments: {one: {evidence: {bleed: on index day}}}"}, "020"),
        ({"classification": "classification: {definition: broad}"}, "024"),
    ],
)
def test_what_does_not_fit_together_is_named(problems, changed, code):
    assert [problem.kind.code[-3:] for problem in problems(**WHOLE | changed)] == [code]


def test_classification_alone_needs_sessions(problems):
    assert [problem.kind.code for problem in problems(classification="classification: {definition: main}")] == ["EQ-STUDY-037"]


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("bclm", "62a5ba5349bfeb3f21d202bcd192a858c7c0ed163c7ae3b91c57782ad0b45a67"),
        ("nsaid-gibleed", "e762c91eb917d1bd197a211e406c1c6674948c242f01148ccb9ac9fb4636837b"),
    ],
)
def test_studies_without_sessions_keep_their_hash_and_their_document(name, known):
    loaded = read_study(STUDIES / f"{name}.yaml")
    assert loaded.hash == known
    document = json.loads(loaded.study.model_dump_json())
    assert "classification" not in document
    assert "merge_days" not in document["index"]
    assert all("treatment" not in arm for arm in document["arms"])


def test_definitions_have_hashes_of_their_own(read):
    plain = read(**WHOLE)
    strict = read(**WHOLE | {"classification": "classification: {definition: strict, both go to: one, unspecified join: two}"})
    assert study_hash(plain) != study_hash(strict)

"""The reference page: every key and phrase is on it, and every phrase on it can be read."""

from __future__ import annotations

import pytest

from equipoise.study.errors import ALL_KINDS
from equipoise.study.grammar.cohort import ARM_SETS, FOLLOW_PHRASE, INDEX, PERIOD
from equipoise.study.grammar.criteria import PERSON_PHRASES
from equipoise.study.grammar.outcomes import OUTCOME_PHRASE
from equipoise.study.grammar.set_phrases import SET_EXAMPLES
from equipoise.study.grammar.shapes.windows import window_examples
from equipoise.study.reference_page import study_reference
from equipoise.study.schema import study_schema

PAGE = study_reference()


def test_every_key_and_error_is_on_the_page():
    assert [key for key in study_schema()["properties"] if f"### `{key}`" not in PAGE] == []
    assert [kind.code for kind in ALL_KINDS if kind.code not in PAGE] == []
    for phrase in (*PERSON_PHRASES.examples, *INDEX.examples, *OUTCOME_PHRASE.examples, "in [-365, 7]", "first that holds"):
        assert phrase in PAGE


@pytest.mark.parametrize("text", PERSON_PHRASES.examples)
def test_examples_about_the_person_can_be_read(read, text):
    assert len(read(include=f"include:\n  - {text}").steps) == 1


@pytest.mark.parametrize("text", [*SET_EXAMPLES, *window_examples()])
def test_examples_about_code_sets_can_be_read(read, text):
    assert len(read(include=f"include:\n  - cancer: {text}").steps) == 1


def test_examples_of_other_phrases_can_be_read(read):
    study = read(
        period=f"period: {PERIOD.examples[0]}",
        index=f"index: {INDEX.examples[0]}",
        arms=f"arms:\n  A: {ARM_SETS.examples[0]}\n  B: index is drug_b",
        follow=f"follow: {FOLLOW_PHRASE.examples[0]}",
        codes="codes: {file: codes.csv, sets: {gi_bleed: bleed}}",
        lines="lines: {pack: breast}",
        outcomes="outcomes:\n" + "\n".join(f"  x{at}: {text}" for at, text in enumerate(OUTCOME_PHRASE.examples)),
    )
    assert len(study.outcomes) == len(OUTCOME_PHRASE.examples)

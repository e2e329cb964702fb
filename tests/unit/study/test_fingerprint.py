"""The hash names what a study means."""

from __future__ import annotations

import pytest

from equipoise.study.fingerprint import study_hash

COVARIATES = "covariates:\n  age: age at index\n  sex: sex"


def test_the_hash_is_64_hexadecimal_digits(read):
    assert len(study_hash(read())) == 64
    assert int(study_hash(read()), 16) >= 0


@pytest.mark.parametrize(
    "blocks",
    [
        {"arms": "arms:\n  # the first is the target\n  A:   index is drug_a\n  B: 'Index is [drug_b]'"},
        {"title": "zzz_moved: ''", "outcomes": "outcomes: {os: death}"},
        {"follow": "follow: day 1 to death, last record, 5 years"},
        {"covariates": "covariates:\n  sex: sex\n  age: age at index"},
        {"covariates": "covariates: {age: age at index, sex: sex}", "propensity": "propensity: {covariates: [sex, age]}"},
        {"analysis": "analysis: {confidence: 0.95, survival at: [1096, 731, 365]}"},
    ],
    ids=["comments", "key order", "other words", "covariate order", "model order", "defaults"],
)
def test_writing_does_not_count(read, blocks):
    plain = study_hash(read(covariates=COVARIATES))
    if "title" in blocks:
        reordered = {"title": None, "last": "title: A versus B and bleeding"}
        assert study_hash(read(covariates=COVARIATES, **reordered)) == plain
    else:
        assert study_hash(read(**{"covariates": COVARIATES, **blocks})) == plain


def test_descriptions_and_row_order_of_codes_do_not_count(read, folder):
    plain = study_hash(read())
    lines = (folder / "codes.csv").read_text(encoding="utf-8").replace("first drug", "another word").splitlines()
    (folder / "codes.csv").write_text("\n".join([lines[0], *reversed(lines[1:])]), encoding="utf-8")
    assert study_hash(read()) == plain


@pytest.mark.parametrize(
    "blocks",
    [
        {"title": "title: Another"},
        {"period": "period: 2016-01-01 to 2024-07-30"},
        {"arms": "arms: {B: index is drug_b, A: index is drug_a}"},
        {"include": "include: [female]"},
        {"follow": "follow: day 0 to death, last record, 60 months"},
        {"analysis": "analysis: {confidence: 90%}"},
        {"propensity": "propensity: {covariates: [age]}"},
        {"codes": "codes: {file: codes.csv, sets: {drug_a: [drug_a, ulcer]}}"},
    ],
)
def test_meaning_counts(read, blocks):
    assert study_hash(read(**{"covariates": COVARIATES, **blocks})) != study_hash(read(covariates=COVARIATES))


def test_codes_count(read, folder):
    plain = study_hash(read())
    text = (folder / "codes.csv").read_text(encoding="utf-8")
    (folder / "codes.csv").write_text(text.replace("140587", "140588"), encoding="utf-8")
    assert study_hash(read()) != plain


def test_the_order_of_steps_counts(read):
    assert study_hash(read(include="include: [female, age at index >= 18]")) != study_hash(
        read(include="include: [age at index >= 18, female]")
    )

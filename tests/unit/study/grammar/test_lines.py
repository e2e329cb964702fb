"""The `lines` block and everything that asks for lines of therapy, from text to model, and every mistake with its line."""

from __future__ import annotations

import pytest

from equipoise.study.fingerprint import study_hash
from equipoise.study.learned import levels_of
from equipoise.study.lines.grid import grid_cells
from equipoise.study.lines.reading import bundled_pack
from equipoise.study.model import (
    EventOutcome,
    LastRegimenCovariate,
    LineAnchor,
    LineDrug,
    LinesCovariate,
    LinesCriterion,
    Not,
    Varied,
    Window,
)

LINES = "lines: {pack: diabetes, drugs: {metformin: drug_a, sitagliptin/metformin: [drug_a, drug_b]}}"
OWN_PACK = """
lines: 1
name: two-drugs
title: Two drugs
window: {days: 5, status: assumption}
gap: {iv: {days: 10, status: assumption}}
rechallenge: {days: 15, status: assumption}
current: {days: 3, status: assumption}
classes: {one: {drugs: [first drug], route: iv, status: assumption}, two: {drugs: [second drug], route: iv, status: assumption}}
"""


def test_a_pack_with_the_study_s_own_numbers(read):
    lines = read(lines="lines: {pack: breast, regimen window: 30, gap: 60, gap oral: 150, lead in: 14, substitution: 28}").lines
    assert (lines.pack.window.days, lines.pack.gap["iv"].days, lines.pack.gap["oral"].days) == (30, 60, 150)
    assert {rule.within for rule in lines.pack.substitutions} == {28}
    assert (lines.anchor, lines.local, lines.vary, lines.pathways) == (None, (), (), 8)


def test_a_number_changed_is_no_longer_verified_and_one_repeated_is(read):
    before, changed = bundled_pack("breast"), read(lines="lines: {pack: breast, regimen window: 30, gap iv: 90}").lines.pack
    assert (before.window.status, changed.window.status, changed.window.source) == ("verified", "assumption", "set by the study")
    assert changed.gap == before.gap
    assert read(lines="lines: {pack: breast, regimen window: 28}").lines.pack == before


def test_a_bundled_pack_brings_its_codes(read):
    study = read(lines="lines: {pack: breast}")
    names = {one.name: one for one in study.code_sets}
    assert ("HCPCS", "J9267") in {(code.vocabulary, code.code) for code in names["lines of therapy: paclitaxel"].codes}
    assert LineDrug(drug="paclitaxel", sets=("lines of therapy: paclitaxel",)) in study.lines.drugs
    contained = study.lines.pack.contained()
    assert {drug for one in study.lines.drugs for drug in contained[one.drug]} == set(study.lines.pack.drugs())


def test_drugs_from_sets_of_the_study_s_code_file(read, folder):
    (folder / "own.yaml").write_text(OWN_PACK, encoding="utf-8")
    study = read(lines="lines: {pack: own.yaml, drugs: [drug_a, drug_b]}")
    assert study.lines.pack.name == "two-drugs"
    assert [one.drug for one in study.lines.drugs] == ["first drug", "second drug"]
    assert [one.name for one in study.code_sets] == ["drug_a", "drug_b", "lines of therapy: first drug", "lines of therapy: second drug"]


def test_a_set_named_for_its_drugs_alone_is_not_used_whole(read, folder):
    (folder / "own.yaml").write_text(OWN_PACK.replace("first drug", "bleeding"), encoding="utf-8")
    study = read(lines="lines: {pack: own.yaml, drugs: [bleed]}")
    assert [one.name for one in study.code_sets] == ["drug_a", "drug_b", "lines of therapy: bleeding"]


def test_drugs_by_their_own_sets(read):
    drugs = (LineDrug(drug="metformin", sets=("drug_a",)), LineDrug(drug="sitagliptin/metformin", sets=("drug_a", "drug_b")))
    assert read(lines=LINES).lines.drugs == drugs


def test_anchor_local_treatments_and_grid(read):
    text = """lines:
  pack: breast
  anchor: {first of: cancer, confirmed within: 90}
  local treatments: [ulcer]
  pathways: 3
  vary: {gap: [90, 60], anchor records: [1, 2]}"""
    lines = read(lines=text, include="include: [lines of therapy before index: 1 to 3]").lines
    assert (lines.anchor, lines.local, lines.pathways) == (LineAnchor(sets=("cancer",), confirmed_within=90), ("ulcer",), 3)
    assert lines.vary == (Varied(setting="gap", values=(60, 90)), Varied(setting="anchor records", values=(1, 2)))
    cells = grid_cells(lines)
    assert [one.words for one in cells] == [f"gap {gap}, anchor records {records}" for gap in (60, 90) for records in (1, 2)]
    assert [one.lines.anchor.confirmed_within for one in cells] == [None, 90, None, 90]
    assert [one.lines.pack.gap["oral"].days for one in cells] == [60, 60, 90, 90]


def test_criteria(read):
    text = "include: [lines of therapy before index: 1 to 3]\nexclude: [{lines of therapy before index: at least 5, label: Too many}]"
    steps = read(lines=LINES, include=text).steps
    assert steps[0].criterion == LinesCriterion(at_least=1, at_most=3)
    assert steps[0].label == "Lines of therapy before index: 1 to 3"
    assert (steps[1].criterion, steps[1].label) == (Not(criterion=LinesCriterion(at_least=5)), "Too many")


def test_covariates(read):
    text = """covariates:
  number: lines of therapy before index
  levels: {lines of therapy before index: counted, levels: 2, label: Lines}
  last: regimen class of the last line before index
  chosen: {regimen class of the last line before index: [insulin, dpp4_inhibitor], otherwise: neither}"""
    number, levels, last, chosen = read(lines=LINES, covariates=text).covariates
    assert number == LinesCovariate(name="number", label="Number")
    assert (levels, levels_of(levels)) == (LinesCovariate(name="levels", label="Lines", levels=2), ("0", "1", "2+"))
    assert (last.classes[:2], last.otherwise) == (("biguanide", "sulfonylurea"), "none")
    assert isinstance(chosen, LastRegimenCovariate)
    assert levels_of(chosen) == ("insulin", "dpp4 inhibitor", "neither")


def test_the_next_line_as_an_outcome(read):
    text = "outcomes: {os: death, next: time to next line of therapy, soon: {next line of therapy: after index, risk window: [1, 90]}}"
    _, following, soon = read(lines=LINES, outcomes=text).outcomes
    assert following == EventOutcome(name="next", label="Next", sets=(), next_line=True)
    assert soon == EventOutcome(name="soon", label="Soon", sets=(), next_line=True, risk_window=Window(start=1, end=90))


def test_the_hash_covers_every_rule(read, folder):
    (folder / "own.yaml").write_text(OWN_PACK, encoding="utf-8")
    block = "lines: {pack: own.yaml, drugs: [drug_a, drug_b]}"
    before = study_hash(read(lines=block))
    (folder / "own.yaml").write_text(OWN_PACK.replace("days: 15", "days: 16"), encoding="utf-8")
    assert study_hash(read(lines=block)) != before
    assert study_hash(read()) == study_hash(read())


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ("lines: {pack: brest}", [("EQ-STUDY-062", 8, "breast")]),
        ("lines: {pack: nowhere.yaml}", [("EQ-STUDY-062", 8, None)]),
        ("lines: {gap: 60}", [("EQ-STUDY-007", 8, None)]),
        ("lines: {pack: breast, regimn window: 28}", [("EQ-STUDY-006", 8, "regimen window")]),
        ("lines:\n  pack: breast\n  gap injected: 60", [("EQ-STUDY-067", 10, None)]),
        ("lines:\n  pack: diabetes\n  lead in: 60\n  drugs: {metformin: drug_a}", [("EQ-STUDY-067", 10, None)]),
        ("lines:\n  pack: breast\n  gap: -1", [("EQ-STUDY-020", 10, None)]),
        ("lines:\n  pack: breast\n  gap iv: soon", [("EQ-STUDY-008", 10, None)]),
        ("lines: {pack: diabetes}", [("EQ-STUDY-030", 8, None), ("EQ-STUDY-069", 8, None)]),
        ("lines:\n  pack: diabetes\n  drugs: [drug_c]", [("EQ-STUDY-016", 10, "drug_b")]),
        ("lines:\n  pack: diabetes\n  drugs: {metformine: drug_a}", [("EQ-STUDY-061", 10, "metformin")]),
        (
            "lines:\n  pack: diabetes\n  drugs: [drug_a]",
            [("EQ-STUDY-061", 10, None), ("EQ-STUDY-069", 10, None)],
        ),
        ("lines:\n  pack: breast\n  vary: {gap: [60]}", [("EQ-STUDY-070", 10, None)]),
        ("lines:\n  pack: breast\n  vary:\n    gaps: [60]", [("EQ-STUDY-067", 11, "gap")]),
        ("lines:\n  pack: breast\n  vary:\n    anchor records: [1]", [("EQ-STUDY-020", 11, None)]),
        ("lines:\n  pack: breast\n  anchor: {first of: cancer}\n  vary:\n    anchor records: [2]", [("EQ-STUDY-020", 12, None)]),
        ("lines:\n  pack: breast\n  anchor: {first of: cancr}", [("EQ-STUDY-016", 10, "cancer")]),
    ],
)
def test_every_mistake_has_a_code_and_a_line(problems, block, expected):
    found = [(one.kind.code, one.where.line, one.did_you_mean) for one in problems(lines=block)]
    assert found == expected


def test_a_grid_may_not_be_endless(problems):
    days = ", ".join(map(str, range(8)))
    block = f"lines:\n  pack: breast\n  vary: {{gap: [{days}], regimen window: [{days}]}}"
    (found,) = problems(lines=block, include="include: [lines of therapy before index: 1 to 3]")
    assert (found.kind.code, "64 combinations" in found.what) == ("EQ-STUDY-020", True)


@pytest.mark.parametrize(
    "block",
    [
        {"include": "include: [lines of therapy before index: 1 to 3]"},
        {"covariates": "covariates: {number: lines of therapy before index}"},
        {"covariates": "covariates: {last: regimen class of the last line before index}"},
        {"covariates": "covariates: {number: {lines of therapy before index: counted}}"},
        {"outcomes": "outcomes: {os: death, next: next line of therapy}"},
    ],
)
def test_what_asks_for_lines_needs_rules(problems, block):
    assert [one.kind.code for one in problems(**block)] == ["EQ-STUDY-068"]


def test_classes_that_the_pack_lacks(problems):
    text = "covariates:\n  last: {regimen class of the last line before index: [insuline, biguanide]}"
    found = [(one.kind.code, one.where.line, one.did_you_mean) for one in problems(lines=LINES, covariates=text)]
    assert found == [("EQ-STUDY-061", 10, "insulin")]


def test_a_session_s_evidence_cannot_ask_for_lines(problems):
    treatments = 'treatments: {A: {evidence: {lines of therapy before index: 1 to 3}}, B: {evidence: {drug_b: "in [0, 1]"}}}'
    found = problems(
        lines=LINES,
        index="index: first session of [drug_a, drug_b], merged over 3 days",
        treatments=treatments,
        arms="arms: {A: session is A, B: session is B}",
    )
    assert [one.kind.code for one in found] == ["EQ-STUDY-070"]


def test_mistakes_of_the_pack_s_own_file_have_its_lines(problems, folder):
    (folder / "own.yaml").write_text(OWN_PACK.replace("days: 15", "days: -15"), encoding="utf-8")
    (found,) = problems(lines="lines: {pack: own.yaml, drugs: [drug_a, drug_b]}")
    assert (found.kind.code, found.where.file.name, found.where.line) == ("EQ-STUDY-065", "own.yaml", 7)

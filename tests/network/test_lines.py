"""Lines of therapy over a network: federated equals pooled, and both equal a plain computation on all rows in one place."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from equipoise.guard.policy import Policy
from equipoise.kernel.masked import Masked
from equipoise.network.local import SitePlace, run_study
from equipoise.network.site.tables import CdmTables
from equipoise.results.analyses import LINES
from equipoise.results.study_result import StudyResult
from equipoise.study.lines.grid import grid_cells
from equipoise.study.lines.pathways import LONGEST, regimen_labels
from equipoise.study.model import LinesCriterion
from equipoise.study.reading import LoadedStudy, parse_study

STUDIES = Path(__file__).resolve().parents[2] / "studies"
RULES = """
lines:
  pack: breast
  anchor: {first of: [liver_metastasis, extrahepatic_metastasis], confirmed within: 90}
  pathways: 4
  vary: {regimen window: [28, 120], rechallenge: [0, 180], anchor records: [1, 2]}

outcomes:
  next_line: next line of therapy
"""


@pytest.fixture(scope="module")
def study() -> LoadedStudy:
    """The plain flagship study with lines in place of classes of drugs."""
    text = (STUDIES / "bclm.yaml").read_text(encoding="utf-8")
    start = text.index("  - distinct sets of:")
    stop = text.index("exclude:")
    text = f"{text[:start]}  - lines of therapy before index: 1 to 3\n\n{text[stop:]}"
    start = text.index("  prior_classes:")
    stop = text.index("  albumin:", start)
    lines = "  prior_lines: {lines of therapy before index: counted, levels: 3}\n  last: regimen class of the last line before index\n"
    text = (text[:start] + lines + text[stop:]).replace("prior_classes, albumin", "prior_lines, albumin")
    return parse_study(text.replace("\noutcomes:\n", RULES), STUDIES / "lines.yaml")


@pytest.fixture(scope="module")
def found(study: LoadedStudy, network: tuple[SitePlace, ...], cache: Path) -> StudyResult:
    return run_study(study, network, cache_dir=cache)


@pytest.fixture(scope="module")
def bare(study: LoadedStudy, network: tuple[SitePlace, ...], cache: Path) -> StudyResult:
    """Nothing masked: to compare with counts."""
    policy = Policy("deidentified-rows", minimum_count=1)
    return run_study(study, tuple(replace(place, policy=policy) for place in network), cache_dir=cache)


@pytest.fixture(scope="module")
def rows(study: LoadedStudy, network: tuple[SitePlace, ...], cache: Path) -> pd.DataFrame:
    tables = [CdmTables(place.name, place.cdm, cache / place.name).table(study.study, study.hash) for place in network]
    return pd.concat([table.rows.to_pandas() for table in tables], ignore_index=True)


def test_federated_is_pooled(study, network, cache, found):
    pooled = run_study(study, network, cache_dir=cache, pooled=True)
    assert found.pathways == pooled.pathways
    assert len(found.records) == len(pooled.records) > 0
    for one, other in zip(found.records, pooled.records, strict=True):
        assert {**one.as_plain(), "estimate": None, "lower": None, "upper": None, "p_value": None} == {
            **other.as_plain(),
            "estimate": None,
            "lower": None,
            "upper": None,
            "p_value": None,
        }
        pair = [np.array([r.estimate, r.lower, r.upper, r.p_value], dtype=float) for r in (one, other)]
        np.testing.assert_allclose(*pair, rtol=1e-9, atol=1e-12)


def test_every_cell_of_the_grid_has_its_records(study, found):
    words = [cell.words for cell in grid_cells(study.study.lines)]
    assert len(words) == 8
    for measure in ("share_changed", "share_eligible"):
        assert [r.population for r in found.records if r.analysis == LINES and r.measure == measure] == words


def test_the_grid_counts_the_persons_who_meet_all_else(bare, study, network, cache):
    """A study without the criterion finds those persons, and their numbers of lines under the study's own rules and under another."""
    steps = tuple(step for step in study.study.steps if not isinstance(step.criterion, LinesCriterion))
    numbers = {}
    for words in ("", "regimen window 120, rechallenge 0, anchor records 1"):
        lines = next((cell.lines for cell in grid_cells(study.study.lines) if cell.words == words), study.study.lines)
        other = study.study.model_copy(update={"steps": steps, "lines": lines.model_copy(update={"vary": ()})})
        tables = [CdmTables(place.name, place.cdm).table(other, "x") for place in network]
        levels = [table.rows["prior_lines"].to_pandas() for table in tables]
        exact = [table.rows["last"].to_pandas() for table in tables]
        numbers[words] = pd.concat(levels), pd.concat(exact)
    assert len(numbers[""][0]) >= bare.flow[-1].n
    (changed,) = [r for r in bare.records if r.measure == "share_changed" and r.population == words]
    assert changed.n_target == len(numbers[""][0])
    none_before, none_now = (numbers[key][0] == "0" for key in ("", words))
    assert changed.events_target >= int((none_before.to_numpy() != none_now.to_numpy()).sum())
    assert changed.estimate == changed.events_target / changed.n_target


def test_the_study_s_own_rules_change_nobody(bare):
    (same,) = [
        r for r in bare.records if r.measure == "share_changed" and r.population == "regimen window 28, rechallenge 180, anchor records 2"
    ]
    (eligible,) = [r for r in bare.records if r.measure == "share_eligible" and r.population == same.population]
    assert (same.events_target, same.estimate) == (0, 0.0)
    assert eligible.events_target == bare.flow[-1].n


def test_courses_are_those_of_the_rows(study, bare, rows):
    labels = regimen_labels(study.study.lines.pack)
    columns = rows[[f"regimen of line {number}" for number in range(1, LONGEST + 1)]].to_numpy(dtype=float)
    courses = [tuple(labels[int(place)] for place in row[~np.isnan(row)]) for row in columns]
    largest = [
        name for name, _ in sorted(Counter(n for c in courses for n in c).items(), key=lambda one: (-one[1], labels.index(one[0])))[:4]
    ]
    plain = [tuple(name if name in largest else "other" for name in course) for course in courses]
    expected: Counter[tuple[tuple[str, ...], str]] = Counter()
    for course in plain:
        for level in range(min(len(course) + 1, LONGEST)):
            expected[course[:level], course[level] if level < len(course) else ""] += 1
    assert {(step.before, step.regimen): step.n for step in bare.pathways} == dict(expected)
    assert sum(step.n for step in bare.pathways if not step.before) == len(rows) == bare.flow[-1].n


def test_small_counts_are_masked_and_cannot_be_worked_out(found, bare):
    true = {(step.before, step.regimen): step.n for step in bare.pathways}
    shown = {(step.before, step.regimen): step.n for step in found.pathways}
    assert any(isinstance(n, Masked) for n in shown.values())
    assert all(isinstance(n, Masked) or n == true[key] for key, n in shown.items() if key in true)
    assert all(isinstance(shown[key], Masked) for key, n in true.items() if 0 < n < 11 and key in shown)
    for parent in {key[0] for key in shown}:
        children = [n for key, n in shown.items() if key[0] == parent]
        whole = shown.get((parent[:-1], parent[-1])) if parent else found.flow[-1].n
        hidden = [n for n in children if isinstance(n, Masked)]
        assert isinstance(whole, Masked) or len(hidden) != 1


def test_a_note_says_when_the_rules_decide(bare):
    changed = {r.population: r.estimate for r in bare.records if r.measure == "share_changed"}
    notes = [note.text for note in bare.notes if note.code == "DC26"]
    assert len(notes) == int(max(changed.values()) > 0.2)
    assert all(max(changed, key=lambda words: (changed[words], words)) in text for text in notes)


def test_drugs_without_records_are_told_in_one_note(found):
    about = [note.text for note in found.notes if "lines of therapy" in note.text]
    assert [text for text in about if text.startswith("The code set")] == []
    assert any("thiotepa" in text for text in about)

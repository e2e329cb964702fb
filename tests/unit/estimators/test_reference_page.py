"""Every estimator has a card that says everything, and its page says what leaves a site field by field."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from pathlib import Path

import pytest

from equipoise.estimators.reference_page import (
    CASES,
    CLASSES,
    HEADINGS,
    ROOM,
    card,
    estimator_pages,
    folder_of,
    letters,
    reference_methods,
    summaries,
    without_halves,
)
from equipoise.estimators.site_side import SITE_SIDE

GOLD = Path(__file__).resolve().parents[2] / "gold"
FOLDERS = sorted({folder_of(estimator) for estimator in SITE_SIDE.values()} | set(without_halves()))
OF_ONE_DATA_SET = {"elastic_net_path", "paired_tests", "two_sample_tests"}
"""Methods of `equipoise.stats` alone: no estimator of the registry stands behind them."""


def test_every_folder_has_a_card():
    assert sorted(path.parent.name for path in ROOM.glob("*/__init__.py")) == FOLDERS


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_card_has_all_headings_in_order_and_something_under_each(folder):
    title, sections = card(folder)
    assert title
    assert [heading for heading in sections if heading in HEADINGS] == list(HEADINGS)
    assert [heading for heading, text in sections.items() if len(text) < 10] == []
    assert re.search(r"[Tt]olerance", sections["Equivalent in R"]), "how closely it agrees"


@pytest.mark.parametrize("name", sorted(SITE_SIDE))
def test_every_field_that_leaves_a_site_is_described(name):
    for summary in summaries(SITE_SIDE[name]):
        said = set(re.findall(r"(?:^|, )(\w) ", letters(summary)))
        for f in fields(summary):
            meta = f.metadata
            assert meta["disclosure"] in CLASSES, f.name
            assert meta["meaning"], f"{summary.__name__}.{f.name} does not say what it holds"
            assert re.fullmatch(r"1|\((\w( \+ \w)?)(, \w( \+ \w)?)*,?\)", meta["shape"]), f"{summary.__name__}.{f.name}: {meta['shape']!r}"
            assert set(re.findall(r"[a-z]", meta["shape"])) <= said, (
                f"{summary.__name__}.{f.name}: letters that the docstring does not explain"
            )


def test_pages_name_every_field_and_every_estimator():
    pages = estimator_pages()
    for name, estimator in SITE_SIDE.items():
        assert f"]({name}.md)" in pages["README.md"]
        for summary in summaries(estimator):
            assert f"### `{summary.__name__}`" in pages[f"{name}.md"]
            assert [f.name for f in fields(summary) if f"| `{f.name}` | {f.metadata['shape']} |" not in pages[f"{name}.md"]] == []


def stated(folder: str) -> set[tuple[str, float, float]]:
    rows = re.findall(r"^\| `(\w+)` \| (\S+) \| (\S+) \|", card(folder)[1][CASES], flags=re.MULTILINE)
    return {(method, float(relative), float(absolute)) for method, relative, absolute in rows}


def of_cases(folder: Path) -> set[tuple[str, float, float]]:
    cases = json.loads((folder / "reference.json").read_text(encoding="utf-8"))["cases"]
    return {(case["method"], case["rtol"], case["atol"]) for case in cases if case["method"] not in OF_ONE_DATA_SET}


def test_cards_name_the_reference_cases_that_hold_them():
    adapters = {path.stem for path in (GOLD / "methods").glob("*.py")}
    assert {method for folder in FOLDERS for method in reference_methods(folder)} == adapters - OF_ONE_DATA_SET
    assert [folder for folder in FOLDERS if not reference_methods(folder) and not card(folder)[1][CASES].startswith("None")] == []


def test_committed_cases_have_the_tolerances_that_cards_state():
    assert of_cases(GOLD / "data") <= set().union(*map(stated, FOLDERS))


def test_all_cases_have_the_tolerances_that_cards_state(shared):
    assert of_cases(shared / "gold") == set().union(*map(stated, FOLDERS))

"""Checklists of a made result: every item stands somewhere or is left to the authors, and no place is named that is not there."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from equipoise.report import ReportPaths
from equipoise.report.checklists import places
from equipoise.report.checklists.all_checklists import ALL_CHECKLISTS, filled_checklists
from equipoise.report.checklists.item import Item, standing
from equipoise.report.checklists.places import Place
from equipoise.results.study_result import StudyResult

PLACES = [value for value in vars(places).values() if isinstance(value, Place)]


def items(name: str) -> list[Item]:
    return [item for checklist in ALL_CHECKLISTS if checklist.id == name for _, several in checklist.items for item in several]


def test_strobe_has_its_twenty_two_items_in_order() -> None:
    numbers = [int(re.match(r"\d+", item.number)[0]) for item in items("strobe")]
    assert numbers == sorted(numbers)
    assert set(numbers) == set(range(1, 23))


def test_numbers_do_not_repeat_and_target_claims_none() -> None:
    for name in ("strobe", "record-pe"):
        numbers = [item.number for item in items(name)]
        assert len(numbers) == len(set(numbers))
    assert {item.number for item in items("target")} == {""}


@pytest.mark.parametrize("name", ["made", "nothing at all"])
def test_every_item_stands_somewhere_or_is_left_to_the_authors(made: StudyResult, hard: dict[str, StudyResult], name: str) -> None:
    result = made if name == "made" else hard[name]
    for filled in filled_checklists(result):
        several = [one for _, found in filled.sections for one in found]
        assert all(one.places or "authors" in one.left for one in several)
        assert filled.open_items == sum("authors" in one.left for one in several) > 0


def test_sections_named_are_sections_of_the_page(report: ReportPaths) -> None:
    page = report.html.read_text(encoding="utf-8")
    section_ids = set(re.findall(r'<section id="([^"]+)"', page))
    linked = set(re.findall(r'<td>.*?<a href="#([^"]+)"', page))
    assert linked <= section_ids
    assert {place.anchor for place in PLACES if place.anchor} - section_ids <= {
        "labs",
        "claims",
        "events",
        "parts",
        "combination",
        "sensitivity",
    }
    for place in PLACES:
        if not place.anchor:
            assert (report.folder / place.label.split(",")[0]).is_file(), place


def test_what_this_report_lacks_is_not_named(made: StudyResult) -> None:
    item = Item("x", "Flow", (places.FLOW,))
    assert standing(item, made).places == (places.FLOW,)
    assert standing(item, made).left == ""
    empty = standing(item, replace(made, flow=()))
    assert (empty.places, empty.left) == ((), "Not in this report. To be filled by the authors.")
    assert standing(Item("x", "Ethics"), made).left == "To be filled by the authors."
    assert standing(Item("x", "Title", (places.SUMMARY,), "the title"), made).left == "To be filled by the authors: the title."


def test_the_file_lies_beside_the_page(report: ReportPaths) -> None:
    text = report.checklists.read_text(encoding="utf-8")
    assert "| 13c | A flow diagram | Flow of patients |  |" in text
    assert "| 22 | Funding and the funders' part |  | To be filled by the authors. |" in text
    assert text.count("items need the authors") == 3


def test_missing_values_are_left_to_the_authors_while_no_table_counts_them(made: StudyResult) -> None:
    left = [
        one
        for filled in filled_checklists(made)
        for _, several in filled.sections
        for one in several
        if "missing" in one.item.topic.lower()
    ]
    assert {"14b"} <= {one.item.number for one in left}
    assert all("authors" in one.left for one in left)

"""The checklists of a report, as tables for `checklists.md` and as lines with links for the page."""

from __future__ import annotations

from dataclasses import dataclass

from equipoise.report.blocks import Block, Grid, Heading, Paragraph
from equipoise.report.checklists.item import Checklist, Standing, standing
from equipoise.report.checklists.record import RECORD_PE
from equipoise.report.checklists.strobe import STROBE
from equipoise.report.checklists.target import TARGET
from equipoise.report.tables.table import ShownRow, ShownTable
from equipoise.results.study_result import StudyResult

ALL_CHECKLISTS = (STROBE, RECORD_PE, TARGET)
INTRODUCTION = (
    "Where each item of three reporting standards stands in this report. An item that only people can answer is left to them. "
    "A place named here says where to look, not that what stands there is enough."
)


@dataclass(frozen=True, slots=True)
class Filled:
    """A checklist for one report: sections with the standing of their items, and how many need the authors."""

    checklist: Checklist
    sections: tuple[tuple[str, tuple[Standing, ...]], ...]
    open_items: int
    all_items: int


def filled_checklists(result: StudyResult) -> tuple[Filled, ...]:
    """All of them, for this report."""
    return tuple(_filled(checklist, result) for checklist in ALL_CHECKLISTS)


def _filled(checklist: Checklist, result: StudyResult) -> Filled:
    sections = tuple((title, tuple(standing(item, result) for item in items)) for title, items in checklist.items)
    found = [one for _, several in sections for one in several]
    return Filled(checklist, sections, sum(bool(one.left) for one in found), len(found))


def checklists_document(result: StudyResult) -> tuple[Block, ...]:
    """`checklists.md`."""
    blocks: list[Block] = [Heading(1, f"Reporting checklists: {result.study.title}"), Paragraph(INTRODUCTION)]
    for filled in filled_checklists(result):
        blocks += [
            Heading(2, filled.checklist.name),
            Paragraph(f"{filled.checklist.source}. {filled.checklist.note}"),
            Grid(_table(filled)),
        ]
    return tuple(blocks)


def _table(filled: Filled) -> ShownTable:
    rows: list[ShownRow] = []
    for title, several in filled.sections:
        rows.append(ShownRow((title,), "group"))
        rows += [ShownRow((one.item.number, one.item.topic, "; ".join(place.label for place in one.places), one.left)) for one in several]
    caption = f"{filled.checklist.name}: {filled.open_items} of {filled.all_items} items need the authors"
    heads = ("Item", "Topic", "Where it stands", "Left to the authors")
    return ShownTable(f"checklist-{filled.checklist.id}", caption, heads, (False,) * 4, tuple(rows))

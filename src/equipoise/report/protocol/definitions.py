"""The study's cohort definitions in plain English, for the protocol: what ATLAS's JSON says, so that a clinician can check it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from equipoise.cohort.circe.describing.document import describe
from equipoise.cohort.circe.fingerprint import fingerprint
from equipoise.cohort.circe.reading import parse_circe
from equipoise.report.blocks import Block, Bullets, Grid, Heading, Paragraph
from equipoise.report.tables.table import ShownRow, ShownTable
from equipoise.study.model import CodeSet, Study

_BETWEEN = re.compile(r"(?<!\\)\|")


def cohort_definitions(study: Study) -> Iterator[Block]:
    """A heading for all and a part for each; nothing where the study has none."""
    defined = [one for one in study.code_sets if one.circe is not None]
    if defined:
        yield Heading(2, "Cohort definitions")
    for one in defined:
        yield from _definition(one, one.circe or "")


def _definition(one: CodeSet, text: str) -> Iterator[Block]:
    expression = parse_circe(text)
    yield Heading(3, one.name)
    yield Paragraph(f"A definition of ATLAS (Circe). Hash of what it means: {fingerprint(expression)}.", quiet=True)
    yield from _blocks(describe(expression, one.name).splitlines()[1:])


def _blocks(lines: Iterable[str]) -> Iterator[Block]:
    """Markdown of the describing room as blocks; bullets within bullets stand after them with a dash."""
    for kind, group in groupby((line.replace("**", "") for line in lines if line.strip()), key=_kind):
        match kind:
            case "bullet":
                yield Bullets(tuple(_bullet(line) for line in group))
            case "table":
                yield _grid([[_said(cell.strip()) for cell in _BETWEEN.split(line.strip()[1:-1])] for line in group])
            case "heading":
                yield from (Paragraph("", lead=_said(line.lstrip("# "))) for line in group)
            case _:
                yield from (Paragraph(_said(line)) for line in group)


def _kind(line: str) -> str:
    start = line.lstrip()
    return "bullet" if start.startswith("- ") else "heading" if start.startswith("#") else "table" if start.startswith("|") else "text"


def _bullet(line: str) -> str:
    depth = (len(line) - len(line.lstrip())) // 2
    return "\u2013 " * depth + _said(line.lstrip()[2:])


def _said(text: str) -> str:
    """Text without the signs that keep Markdown from reading it as its own."""
    return re.sub(r"\\(.)", r"\1", text)


def _grid(rows: list[list[str]]) -> Grid:
    """A table; the line of dashes under its head is left out."""
    head, body = rows[0], [row for row in rows[2:] if len(row) == len(rows[0])]
    return Grid(ShownTable("concept-set", "Concepts", tuple(head), (False,) * len(head), tuple(ShownRow(tuple(row)) for row in body)))

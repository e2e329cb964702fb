"""The study's cohort definitions in plain English, for the protocol: what ATLAS's JSON says, so that a clinician can check it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from equipoise.cohort.circe.describing.document import describe
from equipoise.cohort.circe.fingerprint import fingerprint
from equipoise.cohort.circe.reading import parse_circe
from equipoise.report.blocks import Block, Bullets, Heading, Paragraph
from equipoise.study.model import CodeSet, Study


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
    for kind, group in groupby((line for line in lines if line.strip()), key=_kind):
        if kind == "bullet":
            yield Bullets(tuple(_bullet(line) for line in group))
        else:
            yield from (Paragraph(line) if kind == "text" else Paragraph("", lead=line.lstrip("# ")) for line in group)


def _kind(line: str) -> str:
    return "bullet" if line.lstrip().startswith("- ") else "heading" if line.startswith("#") else "text"


def _bullet(line: str) -> str:
    depth = (len(line) - len(line.lstrip())) // 2
    return "\u2013 " * depth + line.lstrip()[2:]

"""What a document is made of, whatever its format: headings, paragraphs, lists, tables, figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from equipoise.report.figures.figure import Drawn
from equipoise.report.tables.table import ShownTable


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 is the document's title."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Plain text. `quiet` for notes under tables and figures; `lead` stands before it in bold."""

    text: str
    quiet: bool = False
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list; `numbered` where the order counts."""

    items: tuple[str, ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table with its caption."""

    table: ShownTable
    caption: str = ""
    """In place of the table's own."""


@dataclass(frozen=True, slots=True)
class Plate:
    """A figure with its caption."""

    figure: Drawn
    caption: str


Block: TypeAlias = Heading | Paragraph | Bullets | Grid | Plate

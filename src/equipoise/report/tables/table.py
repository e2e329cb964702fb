"""A table as data and as shown: named columns, typed cells, a way to print each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from equipoise.kernel.masked import Masked
from equipoise.report import wording

Cell: TypeAlias = str | int | float | Masked | None


def plain(value: Cell) -> str:
    """Text as it is, whole numbers with commas, masked counts as `<11`, other numbers with two decimals, a dash for nothing."""
    if isinstance(value, float):
        return wording.decimal(value)
    if value is None or isinstance(value, int | Masked):
        return wording.count(value)
    return value


def fixed(digits: int) -> Callable[[Cell], str]:
    """Numbers with so many decimals."""
    return lambda value: wording.decimal(value, digits) if isinstance(value, int | float) else plain(value)


def as_percent(value: Cell) -> str:
    """A share as per cent."""
    return wording.percent(value) if isinstance(value, int | float) else plain(value)


def as_p(value: Cell) -> str:
    """A p-value under a head that says p."""
    return wording.bare_p(value) if isinstance(value, int | float) else plain(value)


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `name` heads it in the data file, `title` on the page; `show` prints a cell there."""

    name: str
    title: str
    numeric: bool = False
    show: Callable[[Cell], str] = plain


@dataclass(frozen=True, slots=True)
class Table:
    """A table for a data file; cells in the order of the columns."""

    name: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class ShownRow:
    """One row on the page. kind: `` (plain), `group` (a heading), `level` (indented), `main` (set off)."""

    cells: tuple[str, ...]
    kind: str = ""


@dataclass(frozen=True, slots=True)
class ShownTable:
    """A table on the page: every cell is text, the first of a row is its heading."""

    id: str
    caption: str
    heads: tuple[str, ...]
    numeric: tuple[bool, ...]
    rows: tuple[ShownRow, ...]
    note: str = ""
    spans: tuple[tuple[str, int], ...] = ()
    """Headings over several columns: text and width, in order; empty text for none."""


def shown(table: Table, *, note: str = "", caption: str = "") -> ShownTable:
    """The table with its cells printed."""
    rows = tuple(ShownRow(tuple(column.show(cell) for column, cell in zip(table.columns, row, strict=True))) for row in table.rows)
    heads = tuple(column.title for column in table.columns)
    return ShownTable(
        f"table-{table.name.replace('_', '-')}", caption or table.caption, heads, tuple(c.numeric for c in table.columns), rows, note
    )

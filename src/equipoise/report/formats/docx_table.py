"""A table as journals print it: rules above and below the heads and at the end, nothing between columns, small type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Pt
from docx.table import Table as DocxTable
from docx.table import _Cell, _Row

from equipoise.report.tables.table import ShownRow, ShownTable

if TYPE_CHECKING:
    from docx.document import Document

WIDEST, PADDING, MARGIN = 36, 3, 57
"""Characters that a column of words counts as at most, and that its margins count as; the margin in twentieths of a point."""
FEW = 7
"""Columns up to which letters are of 8 points, beyond which of 7."""
LETTERS, SMALL_LETTERS = 96, 110
"""Letters of those sizes that the width of the text holds, in a wide type family."""


def add_table(document: Document, shown: ShownTable, width: Length) -> DocxTable:
    """Add the table over the whole width; heads come again on each page, no row is split between pages."""
    table: DocxTable = document.add_table(rows=0, cols=len(shown.heads))
    table.autofit = False
    size = Pt(8 if len(shown.heads) <= FEW else 7)
    heads = _heads(table, shown, size)
    rows = shown.rows or (ShownRow(("Nothing to show.",)),)
    for row in rows:
        _body_row(_new_row(table), row, shown, size)
    _widths(table, shown, width)
    _margins(table)
    _rules(table, heads)
    return table


def _heads(table: DocxTable, shown: ShownTable, size: Length) -> int:
    if shown.spans:
        row, place = _new_row(table), 0
        for text, wide in shown.spans:
            cell = row.cells[place] if wide == 1 else row.cells[place].merge(row.cells[place + wide - 1])
            _write(cell, text, size, bold=True, align=WD_ALIGN_PARAGRAPH.CENTER)
            place += wide
        _repeated(row)
    row = _new_row(table)
    for cell, head, number in zip(row.cells, shown.heads, shown.numeric, strict=True):
        _write(cell, head, size, bold=True, align=WD_ALIGN_PARAGRAPH.RIGHT if number else WD_ALIGN_PARAGRAPH.LEFT)
    _repeated(row)
    return 2 if shown.spans else 1


def _body_row(row: _Row, shown: ShownRow, table: ShownTable, size: Length) -> None:
    _unsplit(row)
    if shown.kind == "group" or len(shown.cells) < len(table.heads):
        _write(row.cells[0].merge(row.cells[-1]), shown.cells[0], size, bold=shown.kind == "group")
        row.cells[0].paragraphs[0].paragraph_format.keep_with_next = shown.kind == "group"
        return
    for place, (cell, text, number) in enumerate(zip(row.cells, shown.cells, table.numeric, strict=True)):
        align = WD_ALIGN_PARAGRAPH.RIGHT if number else WD_ALIGN_PARAGRAPH.LEFT
        _write(cell, text, size, bold=shown.kind == "main", align=align)
        if shown.kind == "level" and place == 0:
            cell.paragraphs[0].paragraph_format.left_indent = Pt(9)


def _write(cell: _Cell, text: str, size: Length, *, bold: bool = False, align: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.LEFT) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.alignment = align
    paragraph.paragraph_format.space_after = paragraph.paragraph_format.space_before = Pt(1.5)
    run = paragraph.add_run("".join(c for c in text if c in "\t\n" or ord(c) >= 32))
    run.bold, run.font.size = bold, size


def _widths(table: DocxTable, shown: ShownTable, width: Length) -> None:
    shares = column_shares(shown)
    for place, share in enumerate(shares):
        own = Length(int(width * share))
        table.columns[place].width = own
        for cell in table.columns[place].cells:
            if cell.grid_span == 1:
                cell.width = own


def column_shares(shown: ShownTable) -> tuple[float, ...]:
    """Shares of the width by the longest text of each column: they add up to 1. Where lines must be broken, no word is."""
    rows = [row.cells for row in shown.rows if row.kind != "group" and len(row.cells) == len(shown.heads)]
    columns = [[head, *(row[place] for row in rows)] for place, head in enumerate(shown.heads)]
    wanted = [_size(texts, number) for texts, number in zip(columns, shown.numeric, strict=True)]
    needed = [max(len(word) for text in texts for word in [*text.split(), ""]) + PADDING for texts in columns]
    spare = (LETTERS if len(shown.heads) <= FEW else SMALL_LETTERS) - sum(needed)
    if sum(wanted) <= spare + sum(needed) or spare <= 0:
        return tuple(size / sum(wanted) for size in wanted)
    more = sum(wanted) - sum(needed)
    sizes = [least + spare * (size - least) / more for least, size in zip(needed, wanted, strict=True)]
    return tuple(size / sum(sizes) for size in sizes)


def _size(texts: list[str], number: bool) -> int:
    word = max(len(word) for text in texts for word in [*text.split(), ""])
    line = max(len(line) for text in texts[1:] or texts for line in [*text.split("\n"), ""])
    return max(word, line if number else min(line, WIDEST)) + PADDING


def _margins(table: DocxTable) -> None:
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(MARGIN))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    table._tbl.tblPr.append(margins)


def _new_row(table: DocxTable) -> _Row:
    row: _Row = table.add_row()  # type: ignore[no-untyped-call]
    return row


def _repeated(row: _Row) -> None:
    _unsplit(row)
    mark = OxmlElement("w:tblHeader")
    row._tr.get_or_add_trPr().append(mark)
    for cell in row.cells:
        cell.paragraphs[0].paragraph_format.keep_with_next = True


def _unsplit(row: _Row) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _rules(table: DocxTable, heads: int) -> None:
    for cell in table.rows[0].cells:
        _rule(cell, "top", 8)
    if heads == 2:
        for cell in table.rows[0].cells:
            _rule(cell, "bottom", 3)
    for cell in table.rows[heads - 1].cells:
        _rule(cell, "bottom", 8)
    for cell in table.rows[-1].cells:
        _rule(cell, "bottom", 8)


def _rule(cell: _Cell, side: str, eighths: int) -> None:
    properties = cell._tc.get_or_add_tcPr()
    borders = properties.find(qn("w:tcBorders"))
    if borders is None:
        borders = OxmlElement("w:tcBorders")
        properties.append(borders)
    if borders.find(qn(f"w:{side}")) is not None:
        return
    line = OxmlElement(f"w:{side}")
    for name, value in (("val", "single"), ("sz", str(eighths)), ("space", "0"), ("color", "17202E")):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)

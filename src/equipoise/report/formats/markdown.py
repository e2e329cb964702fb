"""Blocks as Markdown, tables as pipe tables that GitHub and Pandoc read alike."""

from __future__ import annotations

import re

from equipoise.report.blocks import Block, Bullets, Grid, Heading, Paragraph, Plate
from equipoise.report.tables.table import ShownRow, ShownTable

_SPECIAL = re.compile(r"([\\`*_<>|\[\]#])")


def markdown_text(blocks: tuple[Block, ...]) -> str:
    """The document's text. Text of the study is escaped: it can neither end a table cell nor become markup."""
    return "\n".join(_block(block) for block in blocks)


def escaped(text: str) -> str:
    """Text as Markdown shows it; line breaks become `<br>`."""
    return "<br>".join(_SPECIAL.sub(r"\\\1", line.strip()) for line in text.splitlines())


def _block(block: Block) -> str:
    match block:
        case Heading(level, text):
            return f"{'#' * level} {escaped(text)}\n"
        case Paragraph(text, lead=lead):
            return f"**{escaped(lead)}** {escaped(text)}\n" if lead else f"{escaped(text)}\n"
        case Bullets(items, numbered):
            marks = (f"{place}." if numbered else "-" for place in range(1, len(items) + 1))
            return "".join(f"{mark} {escaped(item)}\n" for mark, item in zip(marks, items, strict=True))
        case Plate(figure, caption):
            return f"![{escaped(figure.title)}](figures/{figure.name}.svg)\n\n{escaped(caption)}\n"
        case Grid(table, caption):
            return _table(table, caption or table.caption)


def _table(table: ShownTable, caption: str) -> str:
    lines = [f"**{escaped(caption)}**\n"] if caption else []
    heads = [" ".join(head.split()) for head in _spanned(table)]
    lines.append(_line(heads))
    lines.append("|" + "|".join("---:" if number else "---" for number in table.numeric) + "|")
    lines += [_line(_cells(row, len(heads))) for row in table.rows]
    return "\n".join([*lines, "", *([f"{escaped(table.note)}\n"] if table.note else [])])


def _spanned(table: ShownTable) -> list[str]:
    above = [text for text, wide in table.spans for _ in range(wide)] or [""] * len(table.heads)
    return [f"{span}: {head}" if span else head for span, head in zip(above, table.heads, strict=True)]


def _cells(row: ShownRow, width: int) -> list[str]:
    cells = [*row.cells, *[""] * (width - len(row.cells))]
    return cells if row.kind != "level" else [f"\N{EN DASH} {cells[0]}", *cells[1:]]


def _line(cells: list[str]) -> str:
    return "| " + " | ".join(escaped(cell) for cell in cells) + " |"

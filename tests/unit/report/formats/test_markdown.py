"""Blocks as Markdown, against text typed in."""

from __future__ import annotations

from equipoise.report.blocks import Bullets, Grid, Heading, Paragraph
from equipoise.report.formats.markdown import markdown_text
from equipoise.report.tables.table import ShownRow, ShownTable

TABLE = ShownTable(
    "t",
    "Two arms",
    ("Name", "A", "B"),
    (False, True, True),
    (ShownRow(("Age",), "group"), ShownRow(("old", "1", "2"), "level"), ShownRow(("x_y", "3", "<11"))),
    "A note.",
    (("", 1), ("Arms", 2)),
)
TEXT = """## A heading

Words with \\*stars\\*.

1. one
2. two

**Two arms**

| Name | Arms: A | Arms: B |
|---|---:|---:|
| Age |  |  |
| – old | 1 | 2 |
| x\\_y | 3 | \\<11 |

A note.
"""


def test_blocks() -> None:
    blocks = (Heading(2, "A heading"), Paragraph("Words with *stars*."), Bullets(("one", "two"), numbered=True), Grid(TABLE))
    assert markdown_text(blocks) == TEXT

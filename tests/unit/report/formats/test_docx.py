"""The Word document, read back with python-docx."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest
from docx.oxml.ns import qn

from equipoise.report import ReportPaths
from equipoise.report.blocks import Grid, Heading, Plate
from equipoise.report.figures.all_figures import all_figures
from equipoise.report.formats.docx import LONG_AGO, TEXT_WIDTH, docx_bytes
from equipoise.report.formats.docx_table import PADDING, SMALL_LETTERS, column_shares
from equipoise.report.paper.manuscript import manuscript
from equipoise.report.tables.table import ShownRow, ShownTable
from equipoise.results.study_result import StudyResult

HARD = ("long names", "sixty covariates", "twenty outcomes", "an empty arm", "all masked", "no curves", "nothing at all", "hostile text")
TABLE = ShownTable(
    "t",
    "Two arms",
    ("Name", "A", "B"),
    (False, True, True),
    (
        ShownRow(("Age of the people in the study, a long heading",), "group"),
        ShownRow(("old", "1", "2"), "level"),
        ShownRow(("all", "< 0.001", "4"), "main"),
    ),
    "A note.",
    (("", 1), ("Arms", 2)),
)


def opened(blocks) -> docx.document.Document:
    return docx.Document(io.BytesIO(docx_bytes(tuple(blocks), "A title")))


def test_the_document_holds_every_block_in_its_order(made: StudyResult, report: ReportPaths) -> None:
    blocks = manuscript(made, all_figures(made))
    document = docx.Document(str(report.docx))
    headings = [p.text for p in document.paragraphs if p.style.name.startswith(("Heading", "Title"))]
    assert headings == [block.text for block in blocks if isinstance(block, Heading)]
    assert headings[:3] == [made.study.title, "Summary in numbers", "What the checks say"]
    assert len(document.tables) == sum(isinstance(block, Grid) for block in blocks)
    plates = [block.figure for block in blocks if isinstance(block, Plate)]
    assert [shape._inline.docPr.get("descr") for shape in document.inline_shapes] == [figure.description for figure in plates]
    assert {"design_diagram", "flow", "love_plot", "forest", "kaplan_meier_os_overlap"} <= {figure.name for figure in plates}


def test_numbers_of_the_abstract_are_those_of_the_result(report: ReportPaths) -> None:
    text = "\n".join(p.text for p in docx.Document(str(report.docx)).paragraphs)
    for words in (
        "Overall survival, TARE v. TACE, overlap weighting: HR 0.80 (95% CI 0.65–0.98), p = 0.03 (unadjusted 0.69",
        "61 of 68 sites contributed",
        "n = 418 eligible: TARE n = 334, TACE n = 84.",
        "To be written by the authors.",
    ):
        assert words in text.replace("\N{NO-BREAK SPACE}", " "), words


def test_pictures_fit_the_page(report: ReportPaths) -> None:
    for shape in docx.Document(str(report.docx)).inline_shapes:
        assert shape.width.cm <= TEXT_WIDTH + 0.01
        assert shape.height.cm <= 20.51


def test_equal_blocks_give_equal_bytes_without_time_or_name(made: StudyResult) -> None:
    blocks = manuscript(made, all_figures(made))
    first = docx_bytes(blocks, "A title")
    assert first == docx_bytes(blocks, "A title")
    core = docx.Document(io.BytesIO(first)).core_properties
    assert (core.author, core.last_modified_by, core.title) == ("", "", "A title")
    assert core.created == LONG_AGO
    with zipfile.ZipFile(io.BytesIO(first)) as packed:
        assert {item.date_time for item in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_table_repeats_its_heads_and_has_no_vertical_line() -> None:
    table = opened([Grid(TABLE)]).tables[0]
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["", "Arms", "Arms"],
        ["Name", "A", "B"],
        ["Age of the people in the study, a long heading"] * 3,
        ["old", "1", "2"],
        ["all", "< 0.001", "4"],
    ]
    marks = [row._tr.trPr.find(qn("w:tblHeader")) is not None for row in table.rows]
    assert marks == [True, True, False, False, False]
    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)
    sides = {line.tag for line in table._tbl.iter() if line.getparent().tag == qn("w:tcBorders")}
    assert sides == {qn("w:top"), qn("w:bottom")}
    assert [cell.paragraphs[0].runs[0].bold for cell in table.rows[4].cells] == [True, True, True]


def test_columns_share_the_width_and_numbers_are_not_broken() -> None:
    shares = column_shares(TABLE)
    assert sum(shares) == pytest.approx(1)
    assert shares[1] == max(shares)
    assert shares[1] / shares[2] == pytest.approx((7 + PADDING) / (1 + PADDING))


def test_a_table_too_wide_breaks_lines_but_no_word() -> None:
    heads = ("Characteristic", *(f"Arm {n}, with a long head" for n in range(4)), "SMD", "p", "n")
    row = ShownRow(("A label of many words that may well be broken", *["115.6 (102.3–128.9) to 200.1"] * 4, "−0.083", "< 0.001", "hidden"))
    shares = column_shares(ShownTable("t", "", heads, (False, *[True] * 7), (row,)))
    assert sum(shares) == pytest.approx(1)
    for share, word in zip(shares[5:], ("−0.083", "< 0.001", "hidden"), strict=True):
        assert share * SMALL_LETTERS >= max(map(len, word.split())) + 2
    assert all(share * SMALL_LETTERS >= len("(102.3–128.9)") + 2 for share in shares[1:5])


@pytest.mark.parametrize("name", HARD)
def test_hard_results_make_a_document(hard: dict[str, StudyResult], name: str) -> None:
    result = hard[name]
    assert opened(manuscript(result, all_figures(result))).paragraphs[0].text == result.study.title

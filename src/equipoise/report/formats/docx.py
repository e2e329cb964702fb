"""Blocks as a Word document: A4, one type family, tables with three rules and no vertical lines, heads repeated on every page."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Length, Pt, RGBColor
from docx.text.paragraph import Paragraph as DocxParagraph

from equipoise.report.blocks import Block, Bullets, Grid, Heading, Paragraph, Plate
from equipoise.report.formats.docx_table import add_table
from equipoise.report.look import INK, QUIET

if TYPE_CHECKING:
    from docx.document import Document

FAMILY = "Arial"
TEXT_WIDTH = 17.0
"""Centimetres between the margins."""
TALLEST = 20.5
NARROW, HALF_A_PAGE, HALF_WIDTH = 16.6, 14.0, 13.6
"""Centimetres: of figures no wider and no taller than the first two, two stand on a page at the third."""
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
"""The date of creation that every document gets: equal results give equal bytes."""


def docx_bytes(blocks: tuple[Block, ...], title: str) -> bytes:
    """The file. Equal blocks give equal bytes; nothing in it says when or where it was made."""
    document = docx.Document()
    _page(document)
    _styles(document)
    _properties(document, title)
    for block in blocks:
        _add(document, block)
    raw = io.BytesIO()
    document.save(raw)
    return _without_times(raw.getvalue())


def _page(document: Document) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2)
    section.top_margin = section.bottom_margin = Cm(2)
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    footer._p.append(field)


def _styles(document: Document) -> None:
    for name, size in (("Normal", 10), ("Title", 18), ("Heading 1", 14), ("Heading 2", 12), ("Heading 3", 10.5), ("List Bullet", 10)):
        style = document.styles[name]
        style.font.name, style.font.size, style.font.color.rgb = FAMILY, Pt(size), rgb(INK)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for part in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(part), None)
        for part in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
            fonts.set(qn(part), FAMILY)
    document.styles["Normal"].paragraph_format.space_after = Pt(6)
    rule = document.styles["Title"].element.find(f"{qn('w:pPr')}/{qn('w:pBdr')}")
    if rule is not None:
        rule.getparent().remove(rule)


def rgb(colour: str) -> RGBColor:
    """`#17202e` as Word has it."""
    return RGBColor.from_string(colour.removeprefix("#").upper())


def _properties(document: Document, title: str) -> None:
    core = document.core_properties
    core.title, core.author, core.comments, core.last_modified_by = title[:255], "", "", ""
    core.created = core.modified = LONG_AGO
    core.revision = 1


def _add(document: Document, block: Block) -> None:
    match block:
        case Heading(level, text):
            document.add_heading(clean(text), level=level - 1)
        case Paragraph(text, quiet, lead):
            _text(document, text, quiet=quiet, lead=lead)
        case Bullets(items, numbered):
            for item in items:
                document.add_paragraph(clean(item), style="List Number" if numbered else "List Bullet")
        case Grid(table, caption):
            _text(document, caption or table.caption, bold=True).paragraph_format.keep_with_next = True
            add_table(document, table, Cm(TEXT_WIDTH))
            below = _text(document, table.note, quiet=True).paragraph_format
            below.space_before, below.space_after = Pt(3), Pt(12)
        case Plate():
            _figure(document, block)


def _text(document: Document, text: str, *, quiet: bool = False, bold: bool = False, lead: str = "") -> DocxParagraph:
    paragraph = document.add_paragraph()
    if lead:
        paragraph.add_run(clean(f"{lead} ")).bold = True
    run = paragraph.add_run(clean(text))
    run.bold = bold
    if quiet:
        run.font.size, run.font.color.rgb = Pt(8.5), rgb(QUIET)
    return paragraph


def clean(text: str) -> str:
    """Text without characters that XML cannot hold."""
    return "".join(c for c in text if c in "\t\n" or (ord(c) >= 32 and not 0xD800 <= ord(c) <= 0xDFFF and ord(c) not in (0xFFFE, 0xFFFF)))


def _figure(document: Document, plate: Plate) -> None:
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.keep_with_next = True
    natural = plate.figure.width_px / 96 * 2.54
    picture = paragraph.add_run().add_picture(io.BytesIO(plate.figure.png), width=Cm(min(natural, TEXT_WIDTH)))
    if natural <= NARROW and picture.height < Cm(HALF_A_PAGE):
        picture.width, picture.height = Cm(HALF_WIDTH), Length(int(picture.height * Cm(HALF_WIDTH) / picture.width))
    if picture.height > Cm(TALLEST):
        picture.width, picture.height = Length(int(picture.width * Cm(TALLEST) / picture.height)), Cm(TALLEST)
    about = picture._inline.docPr
    about.set("title", clean(plate.figure.title))
    about.set("descr", clean(plate.figure.description))
    caption = document.add_paragraph()
    caption.add_run(clean(f"{plate.figure.title}. ")).bold = True
    caption.add_run(clean(plate.caption))
    for run in caption.runs:
        run.font.size = Pt(8.5)


def _without_times(raw: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as made, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as out:
        for item in made.infolist():
            same = zipfile.ZipInfo(item.filename, date_time=(1980, 1, 1, 0, 0, 0))
            same.compress_type = zipfile.ZIP_DEFLATED
            out.writestr(same, made.read(item.filename))
    return packed.getvalue()

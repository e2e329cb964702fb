"""The page `as published, as replicated, as it should be asked`: the claims of one report beside the records of two."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from markupsafe import Markup

from equipoise.kernel.errors import Where
from equipoise.report.errors import CANNOT_WRITE, NO_CLAIMS
from equipoise.report.page.html import environment
from equipoise.report.published.answer import NOTE, answer, said_of
from equipoise.report.published.folder import ReadReport, read_report
from equipoise.report.published.found import Sentence, sentences
from equipoise.report.tables.table import ShownRow, ShownTable


@dataclass(frozen=True, slots=True)
class Beside:
    """What the page shows."""

    replica: ReadReport
    asked: ReadReport
    table: ShownTable


def beside_page(replica: Path, asked: Path) -> str:
    """The page's HTML. Raises EQ-REPORT-004 for a folder that holds no report, EQ-REPORT-005 when neither study has claims."""
    first, second = read_report(replica), read_report(asked)
    if not (first.claims or second.claims):
        raise NO_CLAIMS.error("neither study has claims", Where(file=replica))
    rows = tuple(_row(one, first, second) for one in sentences((*first.claims, *second.claims)))
    heads = ("Sentence", "As published", "As replicated", "As it should be asked")
    table = ShownTable("beside", "Each sentence of the abstract", heads, (False,) * 4, rows, NOTE)
    style = files("equipoise.report").joinpath("templates/style.css").read_text(encoding="utf-8")
    return environment().get_template("beside.html.j2").render(page=Beside(first, second, table), style=Markup(style))  # noqa: S704


def _row(sentence: Sentence, first: ReadReport, second: ReadReport) -> ShownRow:
    """Each report answers by its own claims of the sentence; where it has none, by the other's."""
    cells = []
    for report in (first, second):
        own = tuple(claim for claim in report.claims if claim.words == sentence.words)
        cells.append(answer(Sentence(sentence.words, own) if own else sentence, report.records, report.main, report.names).lines)
    return ShownRow((sentence.words, said_of(sentence), *cells))


def write_beside(replica: Path, asked: Path, out: Path) -> None:
    """Write the page to `out`, through a temporary name. Raises EQ-REPORT-003 when the disk refuses."""
    text = beside_page(replica, asked)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        partial = out.with_name(f".{out.name}.partial")
        partial.write_text(text, encoding="utf-8", newline="\n")
        partial.replace(out)
    except OSError as error:
        raise CANNOT_WRITE.error(error.strerror or "the disk refused", Where(file=out)) from error

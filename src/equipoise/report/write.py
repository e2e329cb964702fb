"""Writes a report: everything beside its place first, then one rename."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from equipoise.kernel.errors import Where
from equipoise.report.checklists.all_checklists import checklists_document
from equipoise.report.errors import CANNOT_WRITE, NOT_A_REPORT, NOTHING_TO_WRITE_FROM, OUT_IS_A_FILE
from equipoise.report.figures.all_figures import Figures, all_figures, every
from equipoise.report.formats.docx import docx_bytes
from equipoise.report.formats.markdown import markdown_text
from equipoise.report.page.html import html_text
from equipoise.report.page.page import page_of
from equipoise.report.paper.manuscript import manuscript
from equipoise.report.protocol.document import protocol
from equipoise.report.published.folder import FILE as CLAIMS_FILE
from equipoise.report.published.folder import claims_text
from equipoise.report.tables.all_tables import all_tables
from equipoise.report.tables.csv_file import csv_text
from equipoise.results.records import write_results
from equipoise.results.study_result import StudyResult
from equipoise.results.whole import read_whole, whole_text

MARK = ".equipoise-report.json"
"""The file that says a folder is ours to replace; it lists what we wrote."""
WHOLE = "report.json"
"""Everything the report is written from."""


@dataclass(frozen=True, slots=True)
class ReportPaths:
    """Where the parts of a written report lie."""

    folder: Path
    html: Path
    docx: Path
    protocol: Path
    checklists: Path
    results: Path
    study: Path
    run: Path
    figures: tuple[Path, ...]
    tables: tuple[Path, ...]


def write_report(result: StudyResult, out: Path) -> ReportPaths:
    """Write the report to the folder `out`, replacing an earlier report there; files of others in that folder are kept.

    Raises EquipoiseError: EQ-REPORT-001 when `out` holds files and no report made them, EQ-REPORT-002 when it is a file,
    EQ-REPORT-003 when the disk refuses. Until the last rename the earlier report stands untouched.
    """
    out = out.resolve()
    must_be_ours(out)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=f".{out.name}.", suffix=".partial", dir=out.parent))
        try:
            fresh.chmod(0o777 & ~_umask())
            _fill(result, fresh)
            _swap(fresh, out)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    except OSError as error:
        raise CANNOT_WRITE.error(error.strerror or "the disk refused", Where(file=out)) from error
    return _paths(out)


def written_result(folder: Path) -> StudyResult:
    """What a report was written from. Raises EQ-REPORT-006 when the folder does not hold it."""
    try:
        return read_whole((folder / WHOLE).read_bytes())
    except (OSError, ValueError) as error:
        raise NOTHING_TO_WRITE_FROM.error(f"{folder.name} has no readable {WHOLE}", Where(file=folder / WHOLE)) from error


def must_be_ours(out: Path) -> None:
    """Raise EQ-REPORT-001 or -002 when a report may not be written there: for asking before the work, not after it."""
    if out.exists() and not out.is_dir():
        raise OUT_IS_A_FILE.error(f"{out.name} is a file", Where(file=out))
    if out.is_dir() and not (out / MARK).is_file() and any(out.iterdir()):
        raise NOT_A_REPORT.error(f"the folder {out.name} is not empty and holds no earlier report", Where(file=out))


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def _fill(result: StudyResult, folder: Path) -> None:
    figures = all_figures(result)
    _text(folder / "report.html", html_text(page_of(result, figures)))
    _text(folder / "protocol.md", markdown_text(protocol(result, figures.design)))
    _text(folder / CLAIMS_FILE, claims_text(result))
    _text(folder / "checklists.md", markdown_text(checklists_document(result)))
    (folder / "report.docx").write_bytes(docx_bytes(manuscript(result, figures), result.study.title))
    _figures(figures, folder / "figures")
    (folder / "tables").mkdir()
    for table in all_tables(result):
        _text(folder / "tables" / f"{table.name}.csv", csv_text(table))
    write_results(result.records, folder / "results.json")
    _text(folder / WHOLE, whole_text(result))
    _text(folder / "study.yaml", result.study_text)
    _text(folder / "run.json", run_text(result))
    written = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    _text(
        folder / MARK, json.dumps({"made_by": "equipoise", "format": 1, "study_hash": result.study_hash, "files": written}, indent=1) + "\n"
    )


def _figures(figures: Figures, folder: Path) -> None:
    folder.mkdir()
    for figure in every(figures):
        _text(folder / f"{figure.name}.svg", figure.svg)
        (folder / f"{figure.name}.png").write_bytes(figure.png)


def _text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def run_text(result: StudyResult) -> str:
    """`run.json`: what ran, on what, with which versions, how long."""
    sites = [{"site": s.site, "status": s.status, "why": s.why, "version": s.version} for s in result.sites]
    run = {
        "study": result.study.name,
        "study_hash": result.study_hash,
        "mode": result.mode,
        "versions": dict(result.versions),
        "sites": sites,
        "rounds": result.rounds,
        "messages": result.messages,
        "bytes_received": result.bytes_received,
        "seconds": result.seconds,
    }
    return json.dumps(run, indent=1, ensure_ascii=False) + "\n"


def _swap(fresh: Path, out: Path) -> None:
    if not out.exists():
        fresh.rename(out)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{out.name}.", suffix=".old", dir=out.parent))
    out.rename(old / "report")
    try:
        fresh.rename(out)
    except OSError:
        (old / "report").rename(out)
        old.rmdir()
        raise
    _keep_foreign(old / "report", out)
    shutil.rmtree(old, ignore_errors=True)


def _keep_foreign(old: Path, out: Path) -> None:
    mark = old / MARK
    written = {MARK, *json.loads(mark.read_text(encoding="utf-8")).get("files", ())} if mark.is_file() else set()
    for path in sorted(old.rglob("*")):
        name, place = path.relative_to(old).as_posix(), out / path.relative_to(old)
        if path.is_file() and name not in written and not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            path.rename(place)


def _paths(out: Path) -> ReportPaths:
    figures, tables = tuple(sorted((out / "figures").iterdir())), tuple(sorted((out / "tables").iterdir()))
    return ReportPaths(
        folder=out,
        html=out / "report.html",
        docx=out / "report.docx",
        protocol=out / "protocol.md",
        checklists=out / "checklists.md",
        results=out / "results.json",
        study=out / "study.yaml",
        run=out / "run.json",
        figures=figures,
        tables=tables,
    )

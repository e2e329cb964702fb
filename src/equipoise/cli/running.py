"""`equipoise run`: a study, a network, a report."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from equipoise.checks.all_checks import refuse_unanswered, review_design, review_result
from equipoise.cli.progress import progress_bar
from equipoise.network.errors import NOT_POOLED
from equipoise.network.hub.transport import Progress
from equipoise.network.live import is_hub, run_live
from equipoise.network.local import open_network, run_study
from equipoise.report.write import must_be_ours, write_report
from equipoise.results.analyses import standing_apart
from equipoise.results.records import Record
from equipoise.results.study_result import Note, StudyResult
from equipoise.study.reading import LoadedStudy, read_study


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What the command was asked."""

    study: Path
    network: Path
    out: Path
    pooled: bool = False
    cache: bool = True
    as_json: bool = False
    quiet: bool = False
    processes: int | None = None


def cache_dir() -> Path:
    """Where sites keep their analysis tables: EQUIPOISE_CACHE, or the user's own cache folder (readable by the user alone)."""
    named = os.environ.get("EQUIPOISE_CACHE")
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(named) if named else base / "equipoise"


def run(options: RunOptions) -> None:
    """Run and write the report, then say in a few lines what was found.

    Raises EQ-CHECK-001 before any work when a design check finds an error that the study does not override, and after the report is
    written when a result has one.
    """
    loaded = read_study(options.study)
    refuse_unanswered(review_design(loaded.study))
    answer = asked_of(options)
    must_be_ours(options.out)
    console = Console(stderr=True, quiet=options.quiet or options.as_json)
    with progress_bar(console) as report:
        result = review_result(answer(loaded, report))
        report("report", 0, 1)
        write_report(result, options.out)
        report("report", 1, 1)
    sys.stdout.write(as_json(result, options.out) if options.as_json else in_words(result, options.out))
    refuse_unanswered(result.notes)


def asked_of(options: RunOptions) -> Callable[[LoadedStudy, Progress], StudyResult]:
    """What answers the study: the hub of a live network, or the CDMs of this machine. Raises EQ-NETWORK-001 to -004, -006."""
    if is_hub(options.network):
        if options.pooled:
            raise NOT_POOLED.error("a live network was named, and --pooled")
        return lambda loaded, report: run_live(loaded, options.network, report)
    places, cache = open_network(options.network), cache_dir() if options.cache else None
    return lambda loaded, report: run_study(loaded, places, options.pooled, cache, report, processes=options.processes)


def as_json(result: StudyResult, out: Path) -> str:
    """One JSON document for machines."""
    failed = [{"site": site.site, "why": site.why} for site in result.sites if site.status == "failed"]
    notes = [{"severity": note.severity, "code": note.code, "text": note.text} for note in result.notes]
    summary = {"study": result.study.name, "hash": result.study_hash, "mode": result.mode, "out": str(out), "sites": len(result.sites)}
    return json.dumps({**summary, "failed": failed, "notes": notes, "records": len(result.records)}) + "\n"


def in_words(result: StudyResult, out: Path) -> str:
    """The headline, the failures, and where the report lies."""
    apart = standing_apart((record.analysis for record in result.records), result.study)
    whole = [record for record in result.records if record.analysis not in apart]
    ratios = [record for record in whole if record.measure == "hazard_ratio" and record.estimate is not None]
    failed = [site for site in result.sites if site.status == "failed"]
    lines = [result.study.title, *(headline(record) for record in ratios)]
    lines += said(result.notes)
    lines += [f"{len(result.sites) - len(failed)} of {len(result.sites)} sites, {result.seconds:.1f} s; read {out / 'report.html'}"]
    return "\n".join(lines) + "\n"


def said(notes: tuple[Note, ...], alone: int = 3) -> list[str]:
    """Errors and warnings; more than `alone` of one code are counted after the first."""
    loud = [note for note in notes if note.severity != "info"]
    codes = Counter(note.code for note in loud)
    many = {code: next(note for note in loud if note.code == code) for code, number in codes.items() if number > alone}
    lines = [f"  {note.severity}: {note.text}" for note in loud if note.code not in many]
    return lines + [f"  {note.severity}: {note.text} And {codes[code] - 1} more like it: see the report." for code, note in many.items()]


def headline(record: Record) -> str:
    """One hazard ratio in a line."""
    interval = f" ({record.lower:.2f} to {record.upper:.2f})" if record.lower is not None and record.upper is not None else ""
    return f"  {record.outcome:<12} {record.adjustment or '':<8} hazard ratio {record.estimate:.2f}{interval}"

"""`equipoise report`: a report written anew from what its run found."""

from __future__ import annotations

import sys
from pathlib import Path

from equipoise.report.write import must_be_ours, write_report, written_result


def write_anew(folder: Path, out: Path) -> None:
    """Write it, and say where it lies. Checks are not made again: their notes are part of what was found."""
    result = written_result(folder)
    must_be_ours(out)
    write_report(result, out)
    sys.stdout.write(f"read {out / 'report.html'}\n")

"""`equipoise cohort describe`."""

from __future__ import annotations

import sys
from pathlib import Path

from equipoise.cohort.circe.describing.document import describe
from equipoise.cohort.circe.exporting.cohort import Exported, export
from equipoise.cohort.circe.reading import read_circe
from equipoise.study.reading import read_study


def describe_file(path: Path) -> None:
    """Print the definition, or both arms of a study, as Markdown."""
    if path.suffix.lower() in (".yaml", ".yml"):
        sys.stdout.write("\n".join(_arm(arm) for arm in export(read_study(path).study)))
    else:
        sys.stdout.write(describe(read_circe(path), path.stem))


def _arm(arm: Exported) -> str:
    notes = "\n".join(f"- {note}" for note in arm.notes)
    return f"{describe(arm.expression, arm.arm)}\n## Where this reading differs from the study\n\n{notes}\n"

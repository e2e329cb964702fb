"""`equipoise check` and `equipoise schema`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from equipoise.checks.all_checks import review_design
from equipoise.study.reading import LoadedStudy, read_study
from equipoise.study.schema import study_schema


def check(path: Path, *, as_json: bool) -> None:
    """Read the study; raise all its problems, or say in a few lines what it is."""
    loaded = read_study(path)
    sys.stdout.write(json.dumps(as_record(loaded)) + "\n" if as_json else in_words(loaded))


def as_record(loaded: LoadedStudy) -> dict[str, object]:
    """What machines want to know of a sound study."""
    study = loaded.study
    notes = [{"severity": note.severity, "code": note.code, "text": note.text} for note in review_design(study)]
    return {"name": study.name, "title": study.title, "hash": loaded.hash, "problems": [], "notes": notes}


def in_words(loaded: LoadedStudy) -> str:
    """A sound study in a few lines."""
    study = loaded.study
    lines = [
        f"{study.title}",
        f"  {study.target.name} against {study.comparator.name}, {study.period_start} to {study.period_end}",
        f"  {len(study.steps)} eligibility steps, {len(study.outcomes)} outcomes, {len(study.covariates)} covariates, "
        f"{len(study.code_sets)} code sets with {sum(len(s.codes) for s in study.code_sets)} codes"
        + (f", {defined} cohort definitions" if (defined := sum(s.circe is not None for s in study.code_sets)) else ""),
        f"  hash {loaded.hash}",
        *(f"  {note.severity} {note.code}: {note.text}" for note in review_design(study)),
        "the file is sound",
    ]
    return "\n".join(lines) + "\n"


def print_schema() -> None:
    """Write the JSON Schema of study files."""
    sys.stdout.write(json.dumps(study_schema(), indent=2) + "\n")

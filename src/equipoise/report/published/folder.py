"""What a written report says of its study, its claims and its records: for the page that sets two reports beside each other."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from equipoise.kernel.errors import Where
from equipoise.report.errors import NOT_READABLE
from equipoise.report.published.words import Names, names_of
from equipoise.results.records import RECORD_FIELDS, Record
from equipoise.results.study_result import StudyResult
from equipoise.study.model import Claim

FILE = "claims.json"


@dataclass(frozen=True, slots=True)
class ReadReport:
    """One report, as far as the comparison needs it."""

    title: str
    study_hash: str
    main: str
    claims: tuple[Claim, ...]
    records: tuple[Record, ...]
    names: Names


def claims_text(result: StudyResult) -> str:
    """`claims.json`: title, hash, main adjustment, and the claims with their numbers."""
    study = result.study
    claims = [claim.model_dump(mode="json", exclude_defaults=True) for claim in study.claims or ()]
    names = names_of(result)
    said: dict[str, object] = {"title": study.title, "study_hash": result.study_hash, "main": study.analysis.main, "claims": claims}
    said |= {"outcomes": dict(names.outcomes), "analyses": dict(names.analyses)}
    return json.dumps(said, indent=1, ensure_ascii=False) + "\n"


def read_report(folder: Path) -> ReadReport:
    """Read a report's folder. Raises EQ-REPORT-004 when it holds none, or one that was changed or made by an older version."""
    said, records = (_json(folder / name) for name in (FILE, "results.json"))
    try:
        claims = tuple(Claim.model_validate(claim) for claim in said["claims"])
        found = tuple(Record(**{name: record[name] for name in RECORD_FIELDS}) for record in records)
        names = Names(said["outcomes"], said["analyses"])
        return ReadReport(str(said["title"]), str(said["study_hash"]), str(said["main"]), claims, found, names)
    except (ValidationError, KeyError, TypeError) as error:
        raise NOT_READABLE.error(f"{FILE} or results.json of {folder.name} is not as a report leaves it", Where(file=folder)) from error


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise NOT_READABLE.error(f"{path.parent.name} has no readable {path.name}", Where(file=path)) from error

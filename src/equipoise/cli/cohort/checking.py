"""`equipoise cohort check`."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from equipoise.cli.cohort.files import definitions_at
from equipoise.cohort.circe.checking.all_checks import check
from equipoise.cohort.circe.checking.finding import Finding
from equipoise.cohort.circe.fingerprint import fingerprint
from equipoise.cohort.circe.place import path_of
from equipoise.cohort.circe.reading import read_circe
from equipoise.kernel.errors import EquipoiseError, Problem


@dataclass(frozen=True, slots=True)
class Checked:
    """A definition's file with what was found; without a hash when it cannot be read."""

    file: Path
    hash: str | None
    findings: tuple[Finding, ...] = ()
    problems: tuple[Problem, ...] = ()


def check_all(path: Path, *, notes: bool, as_json: bool) -> None:
    """Check each definition; then raise the problems of all that cannot be read."""
    checked = [check_one(file, notes=notes) for file in definitions_at(path)]
    if as_json:
        sys.stdout.write(json.dumps({"definitions": [as_record(one) for one in checked]}) + "\n")
    else:
        sys.stdout.write("".join(in_words(one) for one in checked) + summary(checked))
    problems = [problem for one in checked for problem in one.problems]
    if problems:
        raise EquipoiseError(*problems)


def check_one(file: Path, *, notes: bool) -> Checked:
    """Read and check one."""
    try:
        expression = read_circe(file)
    except EquipoiseError as error:
        return Checked(file, None, problems=error.problems)
    found = tuple(finding for finding in check(expression) if notes or finding.severity == "warning")
    return Checked(file, fingerprint(expression), found)


def in_words(one: Checked) -> str:
    """The findings of a definition, one a line; nothing for one without any."""
    lines = [f"  {f.severity} {f.kind.code} {f.what}  [{path_of(f.place)}]" for f in one.findings]
    lines += [f"  error {problem.kind.code} {problem.what}  [{problem.where.path or problem.where.line or ''}]" for problem in one.problems]
    return "\n".join([str(one.file), *lines]) + "\n" if lines else ""


def summary(checked: list[Checked]) -> str:
    """The last line."""
    findings = sum(len(one.findings) for one in checked)
    unread = sum(one.hash is None for one in checked)
    return f"{len(checked)} definitions: {findings} findings, {unread} cannot be read\n"


def as_record(one: Checked) -> dict[str, object]:
    """A definition for machines."""
    return {
        "file": str(one.file),
        "hash": one.hash,
        "findings": [
            {
                "code": f.kind.code,
                "severity": f.severity,
                "what": f.what,
                "path": path_of(f.place),
                "why": f.kind.why,
                "remedy": f.kind.remedy,
            }
            for f in one.findings
        ],
        "problems": [problem.as_record() for problem in one.problems],
    }

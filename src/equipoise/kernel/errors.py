"""Errors that a user can act on: a code, what, where, why, what to do, and perhaps what was meant.

Each room lists its kinds of error once, in its own `errors.py`, as `ErrorKind` constants. Nothing taken from a patient's row may
be put into any of the fields: names of files, tables, columns, sets and sites only.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Where:
    """The place an error speaks of. Every field is optional; `line` counts from 1."""

    file: str | Path | None = None
    line: int | None = None
    path: str | None = None
    """A place inside a document, such as `outcomes.ascites.risk_window`."""
    site: str | None = None
    table: str | None = None
    column: str | None = None

    def __str__(self) -> str:
        file = str(self.file) if self.file is not None else ""
        first = f"{file}:{self.line}" if file and self.line else file or (f"line {self.line}" if self.line else "")
        rest = [f"{name} {value}" for name in ("site", "table", "column") if (value := getattr(self, name))]
        return ", ".join(part for part in [first, self.path or "", *rest] if part)


@dataclass(frozen=True, slots=True)
class ErrorKind:
    """One cause of failure. `code` is `EQ-<ROOM>-<three digits>`; `exit_status` is what the command line returns."""

    code: str
    title: str
    why: str
    remedy: str
    exit_status: int = 2

    def error(self, what: str, where: Where | None = None, *, did_you_mean: str | None = None) -> EquipoiseError:
        """Make the exception: `raise UNKNOWN_KEY.error("no such key: foo", Where(...))`."""
        return EquipoiseError(Problem(self, what, where or Where(), did_you_mean))


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, ready to be shown to a person or written as JSON."""

    kind: ErrorKind
    what: str
    where: Where
    did_you_mean: str | None = None

    def __str__(self) -> str:
        place = str(self.where)
        lines = [f"{self.kind.code} {self.what}" + (f"  [{place}]" if place else "")]
        if self.did_you_mean:
            lines.append(f"  did you mean: {self.did_you_mean}?")
        return "\n".join([*lines, f"  why: {self.kind.why}", f"  what to do: {self.kind.remedy}"])

    def as_record(self) -> dict[str, object]:
        """The problem as plain values for `--json`."""
        place = {name: getattr(self.where, name) for name in Where.__slots__}
        return {
            "code": self.kind.code,
            "what": self.what,
            **{name: None if value is None else value if isinstance(value, int) else str(value) for name, value in place.items()},
            "why": self.kind.why,
            "remedy": self.kind.remedy,
            "did_you_mean": self.did_you_mean,
        }


class EquipoiseError(Exception):
    """One or several problems. Holds no value from a patient's record."""

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))

    @property
    def code(self) -> str:
        """The code of the first problem."""
        return self.problems[0].kind.code

    @property
    def exit_status(self) -> int:
        """The exit status of the first problem."""
        return self.problems[0].kind.exit_status


def closest(name: str, known: Iterable[str]) -> str | None:
    """The known name nearest to `name`, for a did-you-mean; None when nothing is near."""
    found = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return found[0] if found else None

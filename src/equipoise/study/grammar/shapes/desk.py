"""Where problems of one file are collected, and where the names of its code sets are known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Never, Protocol, TypeAlias

from equipoise.kernel.errors import ErrorKind, Problem, Where, closest
from equipoise.study.errors import UNKNOWN_SET

Refused: TypeAlias = "Never | None"  # noqa: RUF020
"""What a report returns: None, so that a reader may `return desk.report(...)`."""


class Placed(Protocol):
    """Anything that knows its line and its place in the document."""

    @property
    def line(self) -> int:
        """The line, from 1."""
        ...

    @property
    def path(self) -> str:
        """Such as `outcomes.os`."""
        ...


@dataclass(frozen=True, slots=True)
class Spot:
    """A line and a place in the document, where there is no node."""

    line: int
    path: str = ""


@dataclass(slots=True)
class Desk:
    """The reading of one file. `sets` is None until the names of the code sets are known, or when they cannot be."""

    file: Path
    problems: list[Problem] = field(default_factory=list)
    sets: frozenset[str] | None = None
    used_sets: dict[str, int] = field(default_factory=dict)
    """Set names that the study uses, with the line of the first use."""
    lines_needed: list[Placed] = field(default_factory=list)
    """Where the study asks for lines of therapy."""

    def report(self, kind: ErrorKind, what: str, place: Placed | None, did_you_mean: str | None = None) -> Refused:
        """Note a problem and go on."""
        where = Where(file=self.file) if place is None else Where(file=self.file, line=place.line, path=place.path or None)
        self.problems.append(Problem(kind, what, where, did_you_mean))
        return None

    def use_sets(self, names: Iterable[str], place: Placed) -> tuple[str, ...] | None:
        """The names of code sets, each checked and remembered; None when one is unknown."""
        names = tuple(names)
        missing = [name for name in names if self.sets is not None and name not in self.sets]
        for name in missing:
            self.report(UNKNOWN_SET, f"there is no code set `{name[:60]}`", place, closest(name, self.sets or ()))
        for name in names:
            self.used_sets.setdefault(name, place.line)
        return None if missing else names

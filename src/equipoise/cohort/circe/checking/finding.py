"""What a check finds in a definition that can be read, and yet may not mean what its author meant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from equipoise.cohort.circe.place import Place
from equipoise.kernel.errors import ErrorKind

Severity = Literal["warning", "note"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A warning (it cannot be meant) or a note (it may be meant; look again), with its code and place."""

    kind: ErrorKind
    severity: Severity
    what: str
    place: Place


Findings = Iterator[Finding]


def warning(kind: ErrorKind, what: str, place: Place) -> Finding:
    """It cannot be meant so."""
    return Finding(kind, "warning", what, place)


def note(kind: ErrorKind, what: str, place: Place) -> Finding:
    """It may be meant so."""
    return Finding(kind, "note", what, place)

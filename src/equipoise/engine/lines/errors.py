"""What can go wrong when lines of therapy are asked for."""

from __future__ import annotations

from equipoise.kernel.errors import ErrorKind

NO_INDEX = ErrorKind(
    "EQ-ENGINE-021",
    "Prior lines without index days",
    "Lines are prior to an index day; without one nobody has prior lines.",
    "Give the index day of every person.",
)

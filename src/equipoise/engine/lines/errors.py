"""What can go wrong when lines of therapy are asked for."""

from __future__ import annotations

from equipoise.kernel.errors import ErrorKind

NO_RULES = ErrorKind(
    "EQ-ENGINE-022",
    "Lines of therapy without rules",
    "Records become lines by rules: windows, gaps, substitutions. None were given.",
    "Add a block `lines` to the study file.",
)
NO_INDEX = ErrorKind(
    "EQ-ENGINE-021",
    "Prior lines without index days",
    "Lines are prior to an index day; without one nobody has prior lines.",
    "Give the index day of every person.",
)

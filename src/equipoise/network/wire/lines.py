"""What a site is to count of lines of therapy, for the estimator that adds counts (`attrition`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class LineCounts:
    """`grid`: as `table.lines.grid.LineGrid`. `regimens`: lines of each of `study.lines.pathways.regimen_labels`, over the lines followed.
    `courses`: for each of `prefixes` (regimens of the first lines, in order, of `told_apart` or `other`), the persons whose course begins
    so and goes on with each of `told_apart`, with another regimen, or with no further line."""

    what: Literal["grid", "regimens", "courses"]
    told_apart: tuple[str, ...] = ()
    prefixes: tuple[tuple[str, ...], ...] = ()

"""How many persons' eligibility hangs on the rules: the main pack against each pack of a grid."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from equipoise.engine.lines.columns import whole
from equipoise.engine.lines.compiled import Flags
from equipoise.engine.lines.errors import NO_INDEX
from equipoise.engine.lines.finding import find_lines
from equipoise.engine.lines.treatments import Treatments
from equipoise.study.lines.vary import Variant
from equipoise.study.model.lines.pack import Pack


@dataclass(frozen=True, slots=True)
class EligibilityChange:
    """What a variant does to who is eligible. Counts of persons; `gained` and `lost` against the main pack."""

    settings: tuple[tuple[str, int], ...]
    anchors: str
    """Name of the table of anchors; empty when there is only the main one."""
    persons: int
    eligible: int
    gained: int
    lost: int

    @property
    def share_changed(self) -> float:
        """Share of all persons whose eligibility differs, 0 to 1; 0 when there is nobody."""
        return (self.gained + self.lost) / self.persons if self.persons else 0.0


def eligibility_changes(
    treatments: Treatments,
    main: Pack,
    grid: tuple[Variant, ...],
    *,
    prior_lines: tuple[int, int] = (1, 3),
    anchors: Mapping[str, pa.Table] | None = None,
) -> tuple[EligibilityChange, ...]:
    """Eligibility under every pack of the grid and with every table of anchors, by name (a metastatic date of one code, or of two).

    A person of the index table is eligible with a number of prior lines in the closed range `prior_lines`. The main answer is that of the
    main pack with `treatments.anchors`. One pass over all records for each row of the answer.

    Raises EQ-ENGINE-021 when there is no index table. Misleads when read as the error of the main pack: a grid shows what the answer hangs
    on, not which rules are right.
    """
    if treatments.index is None:
        raise NO_INDEX.error("prior lines were asked for without index days")
    before = _eligible(treatments, main, prior_lines)
    return tuple(_changes(treatments, grid, before, prior_lines, anchors or {}))


def _changes(
    treatments: Treatments, grid: tuple[Variant, ...], before: Flags, prior_lines: tuple[int, int], anchors: Mapping[str, pa.Table]
) -> Iterator[EligibilityChange]:
    tables: Mapping[str, pa.Table | None] = anchors or {"": treatments.anchors}
    for name, table in tables.items():
        for variant in grid:
            now = _eligible(replace(treatments, anchors=table), variant.pack, prior_lines)
            counts = (len(now), int(now.sum()), int((now & ~before).sum()), int((before & ~now).sum()))
            yield EligibilityChange(variant.settings, name, *counts)


def _eligible(treatments: Treatments, pack: Pack, prior_lines: tuple[int, int]) -> Flags:
    number = whole(find_lines(treatments, pack).persons, "prior_lines")
    return np.asarray((prior_lines[0] <= number) & (number <= prior_lines[1]), np.bool_)

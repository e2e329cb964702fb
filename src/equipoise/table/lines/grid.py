"""Whose eligibility hangs on the rules of lines of therapy: counts at a site for each cell of the study's grid."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from equipoise.cohort.plan import CohortPlan
from equipoise.engine.contract import Engine
from equipoise.engine.lines.finding import find_lines
from equipoise.engine.lines.from_records import treatments_of
from equipoise.engine.lines.treatments import Treatments
from equipoise.study.lines.grid import LinesAsked, grid_cells, lines_asked
from equipoise.study.model import LineAnchor, LinesOfTherapy
from equipoise.table.arrow import Bools, Ints, whole


@dataclass(frozen=True, slots=True)
class LineGrid:
    """Persons who meet every criterion but those about lines: all of them, those eligible, then for each cell of the grid those eligible,
    gained and lost. Each count thrice: in all, in the target arm, in the comparator arm."""

    counts: tuple[tuple[int, int, int], ...]


def line_grid(engine: Engine, lines: LinesOfTherapy | None, plan: CohortPlan) -> LineGrid | None:
    """Count; None for a study that varies nothing. One pass over all treatments for each cell."""
    if lines is None or not lines.vary:
        return None
    asked = [found for step in plan.steps if (found := lines_asked(step.criterion)) is not None]
    others = tuple(step for step in plan.steps if lines_asked(step.criterion) is None)
    everybody = engine.cohort(replace(plan, steps=others)).rows
    index, arm = everybody.select(["person_id", "index_date"]), whole(everybody["arm"])
    treatments: dict[LineAnchor | None, Treatments] = {}
    main = _eligible(engine, index, lines, asked, treatments)
    counted = [np.ones(len(arm), np.bool_), main]
    for cell in grid_cells(lines):
        now = _eligible(engine, index, cell.lines, asked, treatments)
        counted += [now, now & ~main, main & ~now]
    return LineGrid(tuple(_by_arm(arm, counted)))


def _by_arm(arm: Ints, counted: list[Bools]) -> Iterator[tuple[int, int, int]]:
    for flags in counted:
        yield int(flags.sum()), int((flags & (arm == 1)).sum()), int((flags & (arm == 0)).sum())


def _eligible(
    engine: Engine, index: pa.Table, lines: LinesOfTherapy, asked: list[LinesAsked], treatments: dict[LineAnchor | None, Treatments]
) -> Bools:
    """(n,) who meets the criteria about lines under these rules. `treatments`: what was read already, by anchor."""
    if lines.anchor not in treatments:
        treatments[lines.anchor] = treatments_of(engine, index, lines, up_to_index=True)
    number = whole(find_lines(treatments[lines.anchor], lines.pack).persons["prior_lines"])
    met = [_meets(one, number) for one in asked]
    return np.logical_and.reduce(met) if met else np.ones(len(number), np.bool_)


def _meets(asked: LinesAsked, number: Ints) -> Bools:
    low, high = asked.criterion.at_least, asked.criterion.at_most
    inside = (number >= low) & (number <= (np.inf if high is None else high))
    return inside ^ asked.denied

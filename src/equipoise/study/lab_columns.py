"""Laboratory outcomes as columns: what a site stores of them, and what hub and site mean by the columns that are averaged.

The site stores for the baseline and each window the value that counts, its fold of the upper limit and, where grades are asked for,
a CTCAE grade; for each window also how many values there were. The measures are made of these.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from equipoise.study.model import LabOutcome, Study

BASELINE = "baseline"
Part: TypeAlias = Literal["value", "draws", "fold", "grade"]
MeasureName: TypeAlias = Literal["value", "change", "fold", "draws", "measured", "grade_3_or_more"]
GRADES = (0, 1, 2, 3, 4)
SEVERE = 3


@dataclass(frozen=True, slots=True)
class StoredColumn:
    """A column of the analysis table. `grade` of a window is the worst of all its values; of the baseline, that of its value."""

    outcome: str
    window: str
    part: Part

    @property
    def name(self) -> str:
        """`alt_acute`, `alt_acute_draws`, ..."""
        stem = f"{self.outcome}_{self.window}"
        return stem if self.part == "value" else f"{stem}_{self.part}"


@dataclass(frozen=True, slots=True)
class LabMeasure:
    """A column that is averaged by arm; NaN where it says nothing of a person.

    value, fold: of persons measured in the window. change: value less baseline, of persons with both. grade_3_or_more: 1 or 0, of
    persons with a grade. measured: 1 or 0, and draws: a number, of everybody.
    """

    outcome: str
    window: str
    measure: MeasureName


@dataclass(frozen=True, slots=True)
class ShiftCell:
    """1 where a person's baseline grade and worst grade in the window are these, else 0; NaN without both grades."""

    outcome: str
    window: str
    baseline_grade: int
    worst_grade: int


def stored_columns(lab: LabOutcome) -> tuple[StoredColumn, ...]:
    """What the analysis table holds of an outcome, in order."""
    parts: tuple[Part, ...] = ("value", "fold", "grade") if lab.ctcae else ("value", "fold")
    after: tuple[Part, ...] = (*parts, "draws")
    windows = [(BASELINE, parts), *((window.name, after) for window in lab.windows)]
    return tuple(StoredColumn(lab.name, window, part) for window, held in windows for part in held)


def lab_measures(study: Study) -> tuple[LabMeasure, ...]:
    """Every averaged column of the study, in order."""
    return tuple(measure for lab in study.labs for measure in _measures_of(lab))


def _measures_of(lab: LabOutcome) -> tuple[LabMeasure, ...]:
    graded: tuple[MeasureName, ...] = ("grade_3_or_more",) if lab.ctcae else ()
    before: tuple[MeasureName, ...] = ("measured", "value", "fold", *graded)
    after: tuple[MeasureName, ...] = ("measured", "draws", "value", "change", "fold", *graded)
    windows = [(BASELINE, before), *((window.name, after) for window in lab.windows)]
    return tuple(LabMeasure(lab.name, window, measure) for window, measures in windows for measure in measures)


def shift_cells(study: Study) -> tuple[ShiftCell, ...]:
    """Every cell of every shift table, in order."""
    graded = [(lab.name, window.name) for lab in study.labs if lab.ctcae for window in lab.windows]
    return tuple(ShiftCell(name, window, before, worst) for name, window in graded for before in GRADES for worst in GRADES)

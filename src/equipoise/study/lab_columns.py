"""Laboratory outcomes as columns: what a site stores of them, and what hub and site mean by the columns that are averaged.

The site stores for the baseline and each window the value that counts, its fold of the upper limit and, where grades are asked for,
a CTCAE grade; for each window also how many values there were. Of a score: its value, and its grade where it has grades. The measures
are made of these.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from equipoise.study.model import LabOutcome, Study

BASELINE = "baseline"
Part: TypeAlias = Literal["value", "draws", "fold", "grade"]
MeasureName: TypeAlias = Literal["value", "change", "fold", "draws", "measured", "grade_3_or_more", "flagged"]
GRADES = (0, 1, 2, 3, 4)
SEVERE = 3
GRADED_SCORES = {"ALBI": (1, 2, 3), "Child-Pugh": (1, 2, 3)}
"""Grades of scores; classes A, B and C of Child-Pugh are 1, 2 and 3."""
FLAGS = frozenset({"Hy's law"})
"""Scores that are 1 or 0."""


def grades_of(lab: LabOutcome) -> tuple[int, ...]:
    """The grades that an outcome may have; none for one without grades."""
    if lab.score is not None:
        return GRADED_SCORES.get(lab.score.score, ())
    return GRADES if lab.ctcae else ()


def is_flag(lab: LabOutcome) -> bool:
    """Whether the value is 1 or 0."""
    return lab.score is not None and lab.score.score in FLAGS


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
    persons with a grade. measured: 1 or 0, and draws: a number, of everybody. flagged: the value of a flag, 1 or 0.
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
    graded: tuple[Part, ...] = ("grade",) if grades_of(lab) else ()
    parts: tuple[Part, ...] = ("value", *(() if lab.score else ("fold",)), *graded)
    after: tuple[Part, ...] = parts if lab.score else (*parts, "draws")
    windows = [(BASELINE, parts), *((window.name, after) for window in lab.windows)]
    return tuple(StoredColumn(lab.name, window, part) for window, held in windows for part in held)


def lab_measures(study: Study) -> tuple[LabMeasure, ...]:
    """Every averaged column of the study, in order."""
    return tuple(measure for lab in study.labs for measure in _measures_of(lab))


def _measures_of(lab: LabOutcome) -> tuple[LabMeasure, ...]:
    before, after = _measure_names(lab)
    windows = [(BASELINE, before), *((window.name, after) for window in lab.windows)]
    return tuple(LabMeasure(lab.name, window, measure) for window, measures in windows for measure in measures)


def _measure_names(lab: LabOutcome) -> tuple[tuple[MeasureName, ...], tuple[MeasureName, ...]]:
    """The measures before and after the index."""
    graded: tuple[MeasureName, ...] = ("grade_3_or_more",) if grades_of(lab) else ()
    if is_flag(lab):
        return ("measured", "flagged"), ("measured", "flagged")
    if lab.score is not None:
        return ("measured", "value", *graded), ("measured", "value", "change", *graded)
    return ("measured", "value", "fold", *graded), ("measured", "draws", "value", "change", "fold", *graded)


def shift_cells(study: Study) -> tuple[ShiftCell, ...]:
    """Every cell of every shift table, in order."""
    graded = [(lab.name, window.name, grades_of(lab)) for lab in study.labs for window in lab.windows]
    return tuple(ShiftCell(name, window, before, worst) for name, window, grades in graded for before in grades for worst in grades)


def modelled_labs(study: Study) -> tuple[LabOutcome, ...]:
    """The outcomes that the study wants models of; a flag has none."""
    names = study.lab_models.outcomes if study.lab_models else ()
    return tuple(lab for lab in study.labs if lab.name in names and not is_flag(lab))

"""The sensitivity grid of a study's lines of therapy, in the words of the study file: the same cells at every site and at the hub."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

from equipoise.study.lines.vary import vary
from equipoise.study.model import Criterion, LineAnchor, LinesCriterion, LinesOfTherapy, Not

ANCHOR_RECORDS = "anchor records"
"""The setting that says how many records make an anchor: 1, or 2."""
LARGEST_GRID = 60
"""Cells: each is one pass over all treatments of a site."""


@dataclass(frozen=True, slots=True)
class GridCell:
    """One combination. `words`: such as `regimen window 21, gap 60, anchor records 1`."""

    words: str
    lines: LinesOfTherapy


def internal(setting: str) -> str:
    """A setting's name in `vary`: `regimen window` is `window`, `gap iv` is `gap_iv`."""
    return "window" if setting == "regimen window" else setting.replace(" ", "_")


def grid_cells(lines: LinesOfTherapy) -> tuple[GridCell, ...]:
    """Every combination, in the order in which the study file gives settings; empty without a grid."""
    if not lines.vary:
        return ()
    combinations = product(*(one.values for one in lines.vary))
    return tuple(_cell(lines, tuple(zip((one.setting for one in lines.vary), values, strict=True))) for values in combinations)


def _cell(lines: LinesOfTherapy, settings: tuple[tuple[str, int], ...]) -> GridCell:
    words = ", ".join(f"{setting} {value}" for setting, value in settings)
    days = {internal(setting): (value,) for setting, value in settings if setting != ANCHOR_RECORDS}
    (variant,) = vary(lines.pack, **days)
    records = dict(settings).get(ANCHOR_RECORDS, 0)
    anchor = LineAnchor(sets=lines.anchor.sets) if records == 1 and lines.anchor else lines.anchor
    return GridCell(words, lines.model_copy(update={"pack": variant.pack, "anchor": anchor}))


@dataclass(frozen=True, slots=True)
class LinesAsked:
    """A criterion that asks for lines of therapy and for nothing else; `denied`: those whom it holds for must go."""

    criterion: LinesCriterion
    denied: bool


def lines_asked(criterion: Criterion) -> LinesAsked | None:
    """What a criterion asks of lines of therapy; None for a criterion that asks anything else."""
    denied = False
    while isinstance(criterion, Not):
        criterion, denied = criterion.criterion, not denied
    return LinesAsked(criterion, denied) if isinstance(criterion, LinesCriterion) else None

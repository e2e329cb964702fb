"""Naive beside honest: the hazard ratio of each class against none in every analysis of combined arms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes

from equipoise.report.combination.tables import class_contrasts, described, needs_survival
from equipoise.report.figures.figure import Drawn, canvas, drawn, sheet, wrapped
from equipoise.report.figures.forest import TICKS, Scale, scale_of
from equipoise.report.look import COMPARATOR, INK, QUIET, STRIPE, TARGET
from equipoise.report.tables.estimates import estimate_text
from equipoise.results.records import Record
from equipoise.results.study_result import StudyResult

WIDTH, ROW, HEAD, FOOT = 7.2, 0.26, 0.5, 0.72
LEFT, RIGHT = 3.4, 5.65


@dataclass(frozen=True, slots=True)
class _Row:
    """A heading when `record` is None. naive: the label needs survival, and nothing allows for it."""

    label: str
    record: Record | None = None
    naive: bool = False


def draw_combination(result: StudyResult) -> tuple[Drawn, ...]:
    """One figure; none without hazard ratios of classes."""
    rows = _rows(result)
    if not any(row.record for row in rows):
        return ()
    scale = scale_of([row.record for row in rows if row.record])
    bottom = HEAD + ROW * len(rows)
    figure = canvas(WIDTH, bottom + FOOT)
    axes = sheet(figure)
    _heads(axes, result)
    for place, row in enumerate(rows):
        _row(axes, row, HEAD + ROW * place, place, scale)
    _axis(axes, result, scale, bottom)
    return (drawn(figure, "combination", "Classes beside the arms: naive beside honest", _in_words(rows)),)


def _rows(result: StudyResult) -> tuple[_Row, ...]:
    """The adjusted hazard ratio where there is one."""
    block, rows = result.study.combination, list[_Row]()
    for one in block.classes if block else ():
        found = [(name, adjusted or plain) for name, plain, adjusted in class_contrasts(result, block, one.name)] if block else []
        lines = [_Row(described(block, name), r, needs_survival(block, name)) for name, r in found if block and r and r.estimate]
        rows += [_Row(f"{one.name} against {block.otherwise}"), *lines] if lines and block else []
    return tuple(rows)


def _in_words(rows: tuple[_Row, ...]) -> str:
    naive = " (label needs survival)"
    return " ".join(
        f"{row.label}{naive if row.naive else ''}: HR {estimate_text(row.record)}." if row.record else f"{row.label}:" for row in rows
    )


def _heads(axes: Axes, result: StudyResult) -> None:
    bold: dict[str, Any] = {"weight": "bold", "va": "center"}
    level = f"{result.study.analysis.confidence * 100:g}% CI"
    axes.text(0.08, 0.24, "Who counts as exposed", **bold)
    axes.text((LEFT + RIGHT) / 2, 0.24, f"Adjusted hazard ratio ({level})", ha="center", **bold)
    axes.text(WIDTH - 0.08, 0.24, f"HR ({level})", ha="right", **bold)
    axes.plot([0.04, WIDTH - 0.04], [HEAD - 0.03] * 2, color=INK, linewidth=0.9)


def _row(axes: Axes, row: _Row, top: float, place: int, scale: Scale) -> None:
    y = top + ROW / 2
    if place % 2 == 0:
        axes.fill([0.04, WIDTH - 0.04, WIDTH - 0.04, 0.04], [top, top, top + ROW, top + ROW], color=STRIPE, linewidth=0, zorder=0)
    if row.record is None or row.record.estimate is None:
        axes.text(0.08, y, wrapped(row.label, 70, 1), va="center", weight="bold", fontsize=9.5)
        return
    colour = COMPARATOR if row.naive else TARGET
    axes.text(0.2, y, wrapped(row.label, 44, 1), va="center", fontsize=9.5)
    axes.text(WIDTH - 0.08, y, estimate_text(row.record), ha="right", va="center", fontsize=9.5)
    if row.record.lower and row.record.upper:
        axes.plot([scale.at(row.record.lower), scale.at(row.record.upper)], [y, y], color=colour, linewidth=1.4, zorder=2)
    face = "white" if row.naive else colour
    axes.plot([scale.at(row.record.estimate)], [y], marker="s", markersize=5, color=colour, markerfacecolor=face, zorder=3)


def _axis(axes: Axes, result: StudyResult, scale: Scale, bottom: float) -> None:
    axes.plot([LEFT, RIGHT], [bottom + 0.04] * 2, color=INK, linewidth=0.9)
    kept = [1.0]
    for tick in sorted((tick for tick in TICKS if scale.low <= tick <= scale.high), key=lambda value: abs(value - 1)):
        if all(abs(scale.at(tick) - scale.at(other)) >= 0.3 for other in kept):
            kept.append(tick)
    for tick in kept:
        axes.plot([scale.at(tick)] * 2, [bottom + 0.04, bottom + 0.09], color=INK, linewidth=0.9)
        axes.text(scale.at(tick), bottom + 0.2, f"{tick:g}", ha="center", va="center", fontsize=9)
    one, otherwise = scale.at(1.0), result.study.combination.otherwise if result.study.combination else ""
    axes.plot([one, one], [HEAD, bottom + 0.04], color=QUIET, linewidth=0.9, linestyle=(0, (4, 3)), zorder=1)
    small: dict[str, Any] = {"va": "center", "fontsize": 8.5, "color": QUIET}
    axes.text(one - 0.1, bottom + 0.42, "← lower hazard", ha="right", **small)
    axes.text(one + 0.1, bottom + 0.42, f"higher hazard than {wrapped(otherwise, 14, 1)} →", ha="left", **small)
    axes.plot([0.08], [bottom + 0.6], marker="s", markersize=5, color=COMPARATOR, markerfacecolor="white")
    axes.text(0.18, bottom + 0.6, "label needs survival to the first exposure (naive)", **small)
    axes.plot([3.4], [bottom + 0.6], marker="s", markersize=5, color=TARGET)
    axes.text(3.5, bottom + 0.6, "no immortal time", **small)

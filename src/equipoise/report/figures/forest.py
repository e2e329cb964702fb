"""The forest plot: hazard ratios of every outcome under every adjustment, with numbers beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from equipoise.report.figures.figure import Drawn, canvas, drawn, pages, sheet, wrapped
from equipoise.report.look import INK, QUIET, RULE, STRIPE, TARGET
from equipoise.report.selection import adjustments, comparison, outcome_label, outcome_names
from equipoise.report.tables.estimates import estimate_text
from equipoise.report.wording import adjustment_label, count, interval, ratio
from equipoise.results.records import Record
from equipoise.results.study_result import StudyResult

WIDTH, ROW, HEAD = 7.2, 0.26, 0.5
PLOT_LEFT, PLOT_RIGHT = 3.4, 5.65
NUMBERS = (2.62, 3.16)
MOST_ROWS = 30
TICKS = (0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Line:
    """One row: a heading when `record` is None."""

    label: str
    record: Record | None
    main: bool = False
    note: str = ""
    """Of a heading: what stands at the right."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Hazard ratios to inches on a logarithmic axis."""

    low: float
    high: float

    def at(self, value: float) -> float:
        """Inches from the left edge; values outside end at the border."""
        share = (np.log(value) - np.log(self.low)) / (np.log(self.high) - np.log(self.low))
        return float(PLOT_LEFT + (PLOT_RIGHT - PLOT_LEFT) * np.clip(share, 0, 1))


def draw_forest(result: StudyResult) -> tuple[Drawn, ...]:
    """One figure for each 30 rows, outcomes kept whole; none when no hazard ratio was estimated."""
    groups = [group for name in outcome_names(result) if (group := _group(result, name))]
    runs = pages(tuple(len(group) for group in groups), MOST_ROWS)
    parts = [tuple(line for group in groups[start:end] for line in group) for start, end in runs]
    scale = scale_of([line.record for part in parts for line in part if line.record])
    return tuple(_page(result, lines, scale, number) for number, lines in enumerate(parts, 1))


def describe(result: StudyResult, lines: tuple[Line, ...]) -> str:
    """The figure in words."""
    confidence = result.study.analysis.confidence
    return " ".join(
        f"{line.label.strip()}: HR {ratio(r.estimate)} ({interval(ratio(r.lower), ratio(r.upper), confidence)})."
        if (r := line.record) and r.estimate is not None
        else f"{line.label.strip()}: {estimate_text(line.record)}."
        if line.record
        else f"{line.label}{f' ({line.note})' if line.note else ''}:"
        for line in lines
    )


def _group(result: StudyResult, outcome: str) -> tuple[Line, ...]:
    main, names = result.study.analysis.main, adjustments(result)
    records = [r for name in names for r in comparison(result, outcome, "hazard_ratio", name) if r.estimate is not None]
    several = len({r.population for r in records}) > 1 or len({(r.adjustment, r.population) for r in records}) < len(records)
    rows = [Line("  " + _row_label(r, several), r, r.adjustment == main and not several) for r in records]
    return (Line(outcome_label(result, outcome), None), *rows) if rows else ()


def _row_label(record: Record, several: bool) -> str:
    return adjustment_label(record.adjustment) + (f", {record.population}, {record.analysis}" if several else "")


def scale_of(records: list[Record]) -> Scale:
    """An axis that holds the estimates and their intervals, within reason."""
    values = [v for r in records for v in (r.lower, r.upper, r.estimate) if v is not None and 0 < v < np.inf]
    low, high = min([*values, 0.67]), max([*values, 1.5])
    return Scale(max(low * 0.9, 0.08), min(high * 1.1, 12.5))


def _page(result: StudyResult, lines: tuple[Line, ...], scale: Scale, number: int) -> Drawn:
    title = "Hazard ratios by outcome and adjustment" + (f", part {number}" if number > 1 else "")
    return draw_lines(result, lines, scale, ("forest" if number == 1 else f"forest_{number}", title))


def draw_lines(
    result: StudyResult, lines: tuple[Line, ...], scale: Scale, names: tuple[str, str], head: str = "Outcome and adjustment"
) -> Drawn:
    """One figure of lines. names: of the file, and its title. head: over the lines' labels."""
    bottom = HEAD + ROW * len(lines)
    figure = canvas(WIDTH, bottom + 0.72)
    axes = sheet(figure)
    _heads(axes, result, head)
    for place, line in enumerate(lines):
        _line(axes, line, HEAD + ROW * place, place, scale)
    _axis(axes, result, scale, bottom)
    return drawn(figure, *names, describe(result, lines))


def _heads(axes: Axes, result: StudyResult, head: str) -> None:
    y = 0.24
    bold: dict[str, Any] = {"weight": "bold", "va": "center"}
    study, level = result.study, f"{result.study.analysis.confidence * 100:g}% CI"
    axes.text(0.08, y, head, **bold)
    for x, arm in zip(NUMBERS, (study.target, study.comparator), strict=True):
        axes.text(x, y, _short(arm.name) + "\nn", ha="right", fontsize=9, linespacing=1.05, **bold)
    axes.text((PLOT_LEFT + PLOT_RIGHT) / 2, y, f"Hazard ratio ({level})", ha="center", **bold)
    axes.text(WIDTH - 0.08, y, f"HR ({level})", ha="right", **bold)
    axes.plot([0.04, WIDTH - 0.04], [HEAD - 0.03] * 2, color=INK, linewidth=0.9)


def _short(name: str) -> str:
    return name if len(name) <= 7 else name[:6].strip() + "…"


def _line(axes: Axes, line: Line, top: float, place: int, scale: Scale) -> None:
    y, weight = top + ROW / 2, "bold" if line.main or line.record is None else "normal"
    if place % 2 == 0:
        axes.fill([0.04, WIDTH - 0.04, WIDTH - 0.04, 0.04], [top, top, top + ROW, top + ROW], color=STRIPE, linewidth=0, zorder=0)
    indent = 0.12 if line.record else 0
    axes.text(0.08 + indent, y, wrapped(line.label, 32 if line.record else 60, 1), va="center", weight=weight, fontsize=9.5)
    if line.record is None:
        axes.text(WIDTH - 0.08, y, line.note, ha="right", va="center", fontsize=9, color=QUIET)
        return
    for x, number in zip(NUMBERS, (line.record.n_target, line.record.n_comparator), strict=True):
        # The word for a hidden count is wider than its column in the letters of a number.
        letters: dict[str, Any] = {"weight": weight, "fontsize": 9.5} if isinstance(number, int) else {"fontsize": 7.5, "color": QUIET}
        axes.text(x, y, count(number), ha="right", va="center", **letters)
    axes.text(WIDTH - 0.08, y, _numbers(line.record), ha="right", va="center", weight=weight, fontsize=9.5)
    _mark(axes, line.record, y, scale, diamond=line.main)


def _numbers(record: Record) -> str:
    if record.estimate is None:
        return estimate_text(record)
    return f"{ratio(record.estimate)} ({ratio(record.lower)}\N{EN DASH}{ratio(record.upper)})"


def _mark(axes: Axes, record: Record, y: float, scale: Scale, *, diamond: bool) -> None:
    if not record.estimate or record.estimate <= 0:
        return
    x = scale.at(record.estimate)
    if record.lower and record.upper:
        left, right = scale.at(record.lower), scale.at(record.upper)
        if diamond:
            axes.fill([left, x, right, x], [y, y - 0.085, y, y + 0.085], color=TARGET, linewidth=0, zorder=3)
            return
        axes.plot([left, right], [y, y], color=TARGET, linewidth=1.4, zorder=2)
        for end, inside, marker in ((left, record.lower >= scale.low, "<"), (right, record.upper <= scale.high, ">")):
            if not inside:
                axes.plot([end], [y], marker=marker, markersize=4, color=TARGET)
    axes.plot([x], [y], marker="s", markersize=4.8, color=TARGET, zorder=3)


def _axis(axes: Axes, result: StudyResult, scale: Scale, bottom: float) -> None:
    shown = [tick for tick in TICKS if scale.low <= tick <= scale.high]
    axes.plot([PLOT_LEFT, PLOT_RIGHT], [bottom + 0.04] * 2, color=INK, linewidth=0.9)
    for tick in _apart(shown, scale):
        axes.plot([scale.at(tick)] * 2, [bottom + 0.04, bottom + 0.09], color=INK, linewidth=0.9)
        axes.text(scale.at(tick), bottom + 0.2, f"{tick:g}", ha="center", va="center", fontsize=9)
    one = scale.at(1.0)
    axes.plot([one, one], [HEAD, bottom + 0.04], color=QUIET, linewidth=0.9, linestyle=(0, (4, 3)), zorder=1)
    name = wrapped(result.study.target.name, 22, 1)
    small: dict[str, Any] = {"va": "center", "fontsize": 8.5, "color": QUIET}
    axes.text(one - 0.1, bottom + 0.42, "← lower hazard", ha="right", **small)
    axes.text(one + 0.1, bottom + 0.42, "higher hazard →", ha="left", **small)
    axes.text(one, bottom + 0.6, f"with {name}", ha="center", **small)
    axes.plot([0.04, WIDTH - 0.04], [bottom] * 2, color=RULE, linewidth=0.6)


def _apart(ticks: list[float], scale: Scale) -> list[float]:
    kept = [1.0]
    for tick in sorted(ticks, key=lambda value: abs(np.log(value))):
        if all(abs(scale.at(tick) - scale.at(other)) >= 0.3 for other in kept):
            kept.append(tick)
    return sorted(kept)

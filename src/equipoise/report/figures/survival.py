"""Kaplan-Meier curves with pointwise intervals, marks where follow-up ended and the numbers at risk."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from equipoise.kernel.days import DAYS_PER_MONTH
from equipoise.report.figures.curves.at_risk import LEFT, PLOT_WIDTH, room, write_numbers
from equipoise.report.figures.figure import Drawn, axes_at, canvas, drawn, sheet, wrapped
from equipoise.report.look import COMPARATOR, COMPARATOR_BAND, COMPARATOR_DASH, GRID, TARGET, TARGET_BAND
from equipoise.report.naming import plain_name
from equipoise.report.selection import curves_of, hazard_ratio, one_arm, outcome_label
from equipoise.report.wording import adjustment_label, interval, lowered, n_equals, percent, ratio, whole_months
from equipoise.results.study_result import StudyResult, SurvivalCurve

WIDTH, PLOT_TOP, PLOT_HEIGHT = 6.4, 0.15, 3.05
MOST_MARKS = 250
TICK_STEPS = (1, 2, 3, 6, 12, 24, 36, 60, 120)


def figure_name(outcome: str, adjustment: str) -> str:
    """The file name without an ending, from letters, digits, `_` and `-` only."""
    return f"kaplan_meier_{plain_name(outcome)}_{plain_name(adjustment)}"


def draw_survival(result: StudyResult, outcome: str, adjustment: str) -> Drawn | None:
    """The curves of one outcome under one adjustment, or None when there are none."""
    curves = tuple(curve for curve in curves_of(result, outcome, adjustment) if curve.time)
    if not curves:
        return None
    top = PLOT_TOP + PLOT_HEIGHT + 0.62
    figure = canvas(WIDTH, top + room(curves))
    axes = axes_at(figure, LEFT, PLOT_TOP, PLOT_WIDTH, PLOT_HEIGHT)
    end = _end(curves)
    for curve in curves:
        _curve(axes, curve, target=curve.arm == result.study.target.name)
    _frame(axes, end, ylabel=_ylabel(result, outcome))
    _legend(axes, result, curves, outcome, adjustment)
    write_numbers(sheet(figure), curves, result.study.target.name, top, end)
    title = f"{outcome_label(result, outcome)}: Kaplan-Meier curves, {lowered(adjustment_label(adjustment))}"
    return drawn(figure, figure_name(outcome, adjustment), title, describe(result, outcome, adjustment))


def describe(result: StudyResult, outcome: str, adjustment: str) -> str:
    """The figure in words: survival at the study's time points by arm, and the hazard ratio."""
    parts = []
    for arm, records in one_arm(result, outcome, "survival", adjustment).items():
        points = [f"{percent(r.estimate)} at {whole_months(r.time_days)} months" for r in records if r.estimate is not None]
        if points:
            parts.append(f"{arm}: {', '.join(points)}.")
    return " ".join([*parts, _hazard_text(result, outcome, adjustment)]).strip() or "Curves by arm."


def _ylabel(result: StudyResult, outcome: str) -> str:
    death = any(o.name == outcome and o.kind == "death" for o in result.study.outcomes)
    return "Survival probability" if death else "Probability free of the event"


def _end(curves: tuple[SurvivalCurve, ...]) -> float:
    days = max(max((*curve.time, *curve.at_risk_days, *curve.censored_at)) for curve in curves)
    end = max(days / DAYS_PER_MONTH, 0.25)
    step = _step(end)
    nearest = step * round(end / step)
    return float(nearest if nearest and abs(nearest - end) < 0.04 * step else end)


def _step(end: float) -> int:
    return next((step for step in TICK_STEPS if end / step <= 7.05), 240)


def _curve(axes: Axes, curve: SurvivalCurve, *, target: bool) -> None:
    color, band = (TARGET, TARGET_BAND) if target else (COMPARATOR, COMPARATOR_BAND)
    time = np.asarray(curve.time) / DAYS_PER_MONTH
    axes.fill_between(time, curve.lower, curve.upper, step="post", color=band, alpha=0.65, linewidth=0, zorder=1)
    axes.step(
        time,
        curve.survival,
        where="post",
        color=color,
        linewidth=1.7,
        linestyle="-" if target else COMPARATOR_DASH,
        zorder=3,
        label=curve.arm,
    )
    marks = thinned(curve.censored_at, MOST_MARKS)
    at = np.clip(np.searchsorted(curve.time, marks, side="right") - 1, 0, None)
    heights = np.asarray(curve.survival)[at]
    axes.plot(marks / DAYS_PER_MONTH, heights, linestyle="none", marker="|", markersize=5, markeredgewidth=0.9, color=color, zorder=3)


def thinned(days: tuple[float, ...], most: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """The distinct days, or where they are too many, `most` of them evenly spread by rank."""
    kept = np.unique(np.asarray(days, dtype=np.float64))
    return kept if kept.size <= most else kept[np.linspace(0, kept.size - 1, most).astype(int)]


def _frame(axes: Axes, end: float, ylabel: str) -> None:
    axes.set_ylim(0, 1.0)
    axes.set_xticks(np.arange(0, end + 1e-6, _step(end)))
    axes.set_xlim(0, end)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0%", "25%", "50%", "75%", "100%"])
    axes.grid(axis="y", color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel("Months since index date")
    axes.set_ylabel(ylabel)


def _hazard_text(result: StudyResult, outcome: str, adjustment: str) -> str:
    record = hazard_ratio(result, outcome, adjustment)
    if record is None or record.estimate is None:
        return ""
    bounds = interval(ratio(record.lower), ratio(record.upper), result.study.analysis.confidence)
    return f"HR {ratio(record.estimate)} ({bounds})"


def _legend(axes: Axes, result: StudyResult, curves: tuple[SurvivalCurve, ...], outcome: str, adjustment: str) -> None:
    handles, _ = axes.get_legend_handles_labels()
    labels = [f"{wrapped(c.arm, 34, 1)} ({n_equals(c.at_risk[0])})" if c.at_risk else wrapped(c.arm, 34, 1) for c in curves]
    title = _hazard_text(result, outcome, adjustment)
    low = min(c.survival[-1] for c in curves) > 0.5
    place: dict[str, Any] = {"loc": "lower left" if low else "upper right", "bbox_to_anchor": (0.02, 0.02) if low else (1.0, 1.0)}
    if title:
        handles.append(axes.plot([], [], linestyle="none")[0])
        labels.append(title)
    axes.legend(handles, labels, frameon=False, borderaxespad=0.2, handlelength=2.6, **place)

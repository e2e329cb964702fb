"""Cumulative incidence of an event that death precludes, with pointwise intervals and the numbers at risk."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from equipoise.kernel.days import DAYS_PER_MONTH
from equipoise.report.figures.curves.at_risk import LEFT, PLOT_WIDTH, room, write_numbers
from equipoise.report.figures.figure import Drawn, axes_at, canvas, drawn, sheet, wrapped
from equipoise.report.look import COMPARATOR, COMPARATOR_BAND, COMPARATOR_DASH, GRID, TARGET, TARGET_BAND
from equipoise.report.naming import plain_name
from equipoise.report.selection import comparison, one_arm, outcome_label
from equipoise.report.tables.estimates import estimate_text
from equipoise.report.wording import adjustment_label, lowered, n_equals, percent, whole_months
from equipoise.results.journeys import IncidenceCurve
from equipoise.results.records import Record
from equipoise.results.study_result import StudyResult

WIDTH, PLOT_TOP, PLOT_HEIGHT = 6.4, 0.15, 2.8
IN_DAYS = 400
"""Windows of at most so many days have an axis in days."""
STEPS = {"days": (1, 5, 7, 10, 15, 30, 60, 90), "months": (1, 2, 3, 6, 12, 24, 36, 60, 120)}
CEILINGS = (0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0)


def draw_incidence(result: StudyResult, outcome: str, adjustment: str) -> Drawn | None:
    """The curves of one outcome under one adjustment, or None when there are none to show."""
    order = {result.study.target.name: 0, result.study.comparator.name: 1}
    found = [c for c in result.incidence_curves if (c.outcome, c.adjustment) == (outcome, adjustment) and c.time and c.time[-1] > 0]
    curves = tuple(sorted(found, key=lambda curve: order.get(curve.arm, 2)))
    if not curves:
        return None
    top = PLOT_TOP + PLOT_HEIGHT + 0.62
    figure = canvas(WIDTH, top + room(curves))
    axes = axes_at(figure, LEFT, PLOT_TOP, PLOT_WIDTH, PLOT_HEIGHT)
    for curve in curves:
        _curve(axes, curve, target=curve.arm == result.study.target.name)
    end = _frame(axes, curves)
    axes.legend(frameon=False, loc="upper left", borderaxespad=0.2, handlelength=2.6)
    write_numbers(sheet(figure), curves, result.study.target.name, top, end)
    title = f"{outcome_label(result, outcome)}: cumulative incidence with death competing, {lowered(adjustment_label(adjustment))}"
    name = f"incidence_{plain_name(outcome)}_{plain_name(adjustment)}"
    return drawn(figure, name, title, describe(result, outcome, adjustment))


def describe(result: StudyResult, outcome: str, adjustment: str) -> str:
    """The figure in words: risks at the reported days by arm, and the last risk difference."""
    parts = []
    for arm, records in one_arm(result, outcome, "cumulative_incidence", adjustment).items():
        points = [f"{percent(r.estimate)} {_by(r)}" for r in records if r.estimate is not None]
        if points:
            parts.append(f"{arm}: {', '.join(points)}.")
    last = [record for record in comparison(result, outcome, "risk_difference", adjustment) if record.estimate is not None][-1:]
    parts += [f"Risk difference {_by(record)}: {estimate_text(record)}." for record in last]
    return " ".join(parts) or "Curves by arm."


def _by(record: Record) -> str:
    days = record.time_days or 0.0
    return f"by day {days:.0f}" if days <= IN_DAYS / 2 else f"by month {whole_months(days)}"


def _curve(axes: Axes, curve: IncidenceCurve, *, target: bool) -> None:
    color, band = (TARGET, TARGET_BAND) if target else (COMPARATOR, COMPARATOR_BAND)
    time = np.asarray(curve.time) / DAYS_PER_MONTH
    label = f"{wrapped(curve.arm, 34, 1)} ({n_equals(curve.at_risk[0])})" if curve.at_risk else wrapped(curve.arm, 34, 1)
    axes.fill_between(time, curve.lower, curve.upper, step="post", color=band, alpha=0.65, linewidth=0, zorder=1)
    line = "-" if target else COMPARATOR_DASH
    axes.step(time, curve.incidence, where="post", color=color, linewidth=1.7, linestyle=line, zorder=3, label=label)


def _frame(axes: Axes, curves: tuple[IncidenceCurve, ...]) -> float:
    """Axes from day 0 and from nobody; returns the end of the time axis in months."""
    last = max(max((*curve.time, *curve.at_risk_days)) for curve in curves)
    unit, length = ("days", 1.0) if last <= IN_DAYS else ("months", DAYS_PER_MONTH)
    step = next((step for step in STEPS[unit] if last / length / step <= 7.05), 240)
    end = last / DAYS_PER_MONTH
    ticks = np.arange(0, last / length + 1e-6, step)
    axes.set_xticks(ticks * length / DAYS_PER_MONTH, [f"{tick:.0f}" for tick in ticks])
    axes.set_xlim(0, end)
    axes.set_xlabel(f"{unit.capitalize()} since index date")
    highest = max(max(curve.incidence) for curve in curves)
    ceiling = next((top for top in CEILINGS if highest * 1.35 <= top), 1.0)
    shares = np.linspace(0, ceiling, 5)
    axes.set_ylim(0, ceiling)
    axes.set_yticks(shares, [f"{share * 100:.3g}%" for share in shares])
    axes.set_ylabel("Cumulative incidence")
    axes.grid(axis="y", color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(axis="y", length=0)
    return end

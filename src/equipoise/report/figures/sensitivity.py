"""Sensitivity in figures: the hazard ratio in every setting tried, negative controls, and the matching in random orders."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from scipy.stats import norm

from equipoise.report.figures.figure import Drawn, axes_at, canvas, drawn, sheet, sheets, wrapped
from equipoise.report.look import COMPARATOR, GRID, INK, QUIET, STRIPE, TARGET
from equipoise.report.selection import hazard_ratio, outcome_label
from equipoise.report.tables.sensitivity import TITLES, sensitivity_records, setting
from equipoise.report.wording import adjustment_label, interval, lowered, ratio
from equipoise.results.analyses import GRIDS, MATCH_ORDER, MISCLASSIFIED_ARMS, MISSED_DEATHS, NEGATIVE_CONTROLS, TIPPING_POINT
from equipoise.results.records import Record
from equipoise.results.study_result import StudyResult

WIDTH, ROW, HEAD, FOOT = 7.2, 0.235, 0.12, 0.62
LEFT, RIGHT = 3.85, 5.75
MOST_ROWS = 32
SHOWN = {
    MISCLASSIFIED_ARMS: ("hazard_ratio",),
    MISSED_DEATHS: ("hazard_ratio",),
    TIPPING_POINT: ("hazard_ratio",),
    MATCH_ORDER: ("hazard_ratio_quartiles", "hazard_ratio_extremes"),
    GRIDS: ("hazard_ratio",),
    NEGATIVE_CONTROLS: ("calibrated_hazard_ratio",),
}
WIDE_TICKS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
TICKS = (0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class _Line:
    """A heading when `record` is None."""

    label: str
    record: Record | None = None


def draw_sensitivity(result: StudyResult) -> tuple[Drawn, ...]:
    """What there is to draw; nothing without sensitivity analyses."""
    found = (*_ratios(result), _controls(result), _orders(result))
    return tuple(figure for figure in found if figure is not None)


def _ratios(result: StudyResult) -> tuple[Drawn, ...]:
    """Every setting of every analysis, each sheet under the main estimates of its outcomes."""
    groups = [group for analysis in SHOWN if (group := _group(result, analysis))]
    parts = [(*_main_lines(result, part), *part) for part in sheets(groups, MOST_ROWS, _again)]
    limits = _limits([line.record for part in parts for line in part if line.record])
    return tuple(_page(result, part, limits, number) for number, part in enumerate(parts, 1))


def _again(heading: _Line) -> _Line:
    return _Line(f"{heading.label}, continued")


def _group(result: StudyResult, analysis: str) -> tuple[_Line, ...]:
    records = [r for r in sensitivity_records(result, analysis) if r.measure in SHOWN[analysis] and r.estimate is not None]
    if analysis == NEGATIVE_CONTROLS:
        records = [r for r in records if r.adjustment == result.study.analysis.main]
    return (_Line(TITLES[analysis].split(":")[0]), *(_Line(_label(result, r), r) for r in records)) if records else ()


def _label(result: StudyResult, record: Record) -> str:
    if record.analysis == NEGATIVE_CONTROLS:
        before = hazard_ratio(result, record.outcome, result.study.analysis.main)
        return f"{outcome_label(result, record.outcome)}, calibrated" + (f" (before: {ratio(before.estimate)})" if before else "")
    if record.analysis == MATCH_ORDER:
        return "Median, with quartiles" if record.measure == "hazard_ratio_quartiles" else "Median, with extremes"
    other = "" if record.adjustment == result.study.analysis.main else f", {lowered(adjustment_label(record.adjustment))}"
    return setting(record) + other


def _main_lines(result: StudyResult, part: tuple[_Line, ...]) -> tuple[_Line, ...]:
    """The main estimates of the outcomes that a sheet varies; those that are calibrated have theirs beside them."""
    outcomes = dict.fromkeys(line.record.outcome for line in part if line.record and line.record.analysis != NEGATIVE_CONTROLS)
    found = [record for outcome in outcomes if (record := hazard_ratio(result, outcome, result.study.analysis.main))]
    return (_Line("Main estimate"), *(_Line(outcome_label(result, r.outcome), r) for r in found)) if found else ()


def _limits(records: list[Record]) -> tuple[float, float]:
    values = [v for r in records for v in (r.lower, r.upper, r.estimate) if v is not None and v > 0]
    return max(min([*values, 0.67]) * 0.92, 0.08), min(max([*values, 1.5]) * 1.08, 12.5)


def _page(result: StudyResult, lines: tuple[_Line, ...], limits: tuple[float, float], number: int) -> Drawn:
    bottom = HEAD + ROW * len(lines)
    figure = canvas(WIDTH, bottom + FOOT)
    paper = sheet(figure)
    plot = axes_at(figure, LEFT, HEAD, RIGHT - LEFT, bottom - HEAD)
    plot.set_xscale("log")
    plot.set_xlim(*limits)
    plot.set_ylim(len(lines), 0)
    plot.axvline(1.0, color=QUIET, linewidth=0.9, linestyle=(0, (4, 3)))
    plot.spines["left"].set_visible(False)
    plot.patch.set_alpha(0)
    ticks = _apart([tick for tick in TICKS if limits[0] <= tick <= limits[1]], limits)
    plot.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    plot.set_xticks([], minor=True)
    plot.set_yticks([])
    plot.set_xlabel(f"Hazard ratio, {wrapped(result.study.target.name, 20, 1)} over {wrapped(result.study.comparator.name, 20, 1)}")
    for place, line in enumerate(lines):
        _draw_line(paper, plot, line, place)
    title = "The hazard ratio in every setting tried" + (f", part {number}" if number > 1 else "")
    return drawn(figure, "sensitivity" if number == 1 else f"sensitivity_{number}", title, _described(result, lines))


def _apart(ticks: list[float], limits: tuple[float, float]) -> list[float]:
    """Ticks whose labels do not touch, 1 always among them."""
    per_inch = math.log(limits[1] / limits[0]) / (RIGHT - LEFT)
    kept = [1.0]
    for tick in sorted(ticks, key=lambda value: abs(math.log(value))):
        if all(abs(math.log(tick / other)) > 0.3 * per_inch for other in kept):
            kept.append(tick)
    return sorted(kept)


def _draw_line(paper: Axes, plot: Axes, line: _Line, place: int) -> None:
    y = HEAD + ROW * (place + 0.5)
    if line.record is None:
        paper.fill([0.04, WIDTH - 0.04, WIDTH - 0.04, 0.04], [y - ROW / 2] * 2 + [y + ROW / 2] * 2, color=STRIPE, linewidth=0, zorder=0)
        paper.text(0.08, y, wrapped(line.label, 62, 1), va="center", weight="bold", fontsize=9)
        return
    record = line.record
    paper.text(0.2, y, wrapped(line.label, 62, 1), va="center", fontsize=8.5)
    numbers = ratio(record.estimate)
    if record.lower is not None and record.upper is not None:
        numbers += f" ({ratio(record.lower)}\N{EN DASH}{ratio(record.upper)})"
        plot.plot([record.lower, record.upper], [place + 0.5] * 2, color=TARGET, linewidth=1.3)
    paper.text(WIDTH - 0.08, y, numbers, va="center", ha="right", fontsize=8.5)
    plot.plot([record.estimate or math.nan], [place + 0.5], marker="s", markersize=4.2, color=TARGET)


def _described(result: StudyResult, lines: tuple[_Line, ...]) -> str:
    return " ".join(_in_words(line, result.study.analysis.confidence) for line in lines)


def _in_words(line: _Line, confidence: float) -> str:
    record = line.record
    if record is None:
        return f"{line.label}."
    return f"{line.label}: {ratio(record.estimate)} ({interval(ratio(record.lower), ratio(record.upper), confidence)})."


def _controls(result: StudyResult) -> Drawn | None:
    """Estimates against standard errors: negative controls, the other outcomes, and the line within which intervals hold 1."""
    said, main = result.study.sensitivity, result.study.analysis.main
    if said is None or not said.negative_controls or not sensitivity_records(result, NEGATIVE_CONTROLS):
        return None
    controls = _points(result, said.negative_controls, main)
    others = _points(result, tuple(o.name for o in result.study.timed_outcomes if o.name not in said.negative_controls), main)
    if not controls:
        return None
    figure = canvas(WIDTH, 4.0)
    axes = axes_at(figure, 0.75, 0.6, WIDTH - 1.0, 2.75)
    top = 1.15 * max(se for _, _, se in (*controls, *others))
    widest = max(0.7, 1.1 * _z(result) * top / 1.15, *(1.15 * abs(log) for _, log, _ in (*controls, *others)))
    axes.set_ylim(0, top)
    axes.set_xlim(math.exp(-widest), math.exp(widest))
    axes.set_xscale("log")
    _funnel(axes, result, top)
    for points, marker, color, label in ((controls, "o", QUIET, "Negative control"), (others, "D", TARGET, "Other outcome")):
        axes.plot([math.exp(x) for _, x, _ in points], [se for _, _, se in points], marker, color=color, markersize=6, label=label)
    ticks = _apart([tick for tick in WIDE_TICKS if abs(math.log(tick)) < widest], axes.get_xlim())
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.set_xticks([], minor=True)
    axes.set_xlabel("Hazard ratio")
    axes.set_ylabel("Standard error of its logarithm")
    figure.legend(loc="upper left", bbox_to_anchor=(0.09, 1.0), ncols=2, frameon=False, fontsize=9)
    words = "; ".join(f"{outcome_label(result, name)} {ratio(math.exp(log))}" for name, log, _ in controls)
    title = f"Negative controls under {adjustment_label(main).lower()}"
    return drawn(figure, "negative_controls", title, f"Hazard ratios of outcomes that neither treatment can cause: {words}.")


def _points(result: StudyResult, names: tuple[str, ...], adjustment: str) -> list[tuple[str, float, float]]:
    """Name, log hazard ratio and standard error, read off the interval."""
    records = [(name, hazard_ratio(result, name, adjustment)) for name in names]
    z = _z(result)
    return [
        (name, math.log(r.estimate), math.log(r.upper / r.lower) / (2 * z))
        for name, r in records
        if r is not None and r.estimate and r.lower and r.upper
    ]


def _z(result: StudyResult) -> float:
    return float(norm.isf((1 - result.study.analysis.confidence) / 2))


def _funnel(axes: Axes, result: StudyResult, top: float) -> None:
    """Where an interval just holds 1, without and with the systematic error: below the curves it leaves 1 out."""
    heights = np.linspace(0, top, 100)
    main, z = result.study.analysis.main, _z(result)
    axes.fill_betweenx(heights, np.exp(-z * heights), np.exp(z * heights), color=STRIPE, linewidth=0, zorder=0)
    for side in (1, -1):
        label = "Interval just holds 1" if side == 1 else None
        axes.plot(np.exp(side * z * heights), heights, color=INK, linewidth=1.2, linestyle=(0, (4, 3)), label=label)
    errors = (r for r in sensitivity_records(result, NEGATIVE_CONTROLS) if r.measure == "systematic_error" and r.adjustment == main)
    error = next(errors, None)
    if error is not None and error.estimate and error.lower and error.upper:
        mean, sd = math.log(error.estimate), math.log(error.upper / error.lower) / (2 * z)
        half = z * np.sqrt(sd**2 + heights**2)
        for side in (1, -1):
            label = "Calibrated interval just holds 1" if side == 1 else None
            axes.plot(np.exp(mean + side * half), heights, color=COMPARATOR, linewidth=1.8, label=label)
    axes.axvline(1.0, color=QUIET, linewidth=0.9, zorder=0)


def _orders(result: StudyResult) -> Drawn | None:
    """Each order's hazard ratio with its interval, from the smallest to the largest."""
    orders = sorted(result.match_orders, key=lambda order: order.hazard_ratio)
    if not orders:
        return None
    figure = canvas(WIDTH, 2.7)
    axes = axes_at(figure, 0.75, 0.15, WIDTH - 0.9, 1.95)
    places = range(1, len(orders) + 1)
    axes.set_yscale("log")
    axes.vlines(places, [o.lower for o in orders], [o.upper for o in orders], color=GRID, linewidth=min(3.0, 240 / len(orders)))
    axes.plot(places, [o.hazard_ratio for o in orders], ".", color=TARGET, markersize=4)
    axes.axhline(1.0, color=QUIET, linewidth=0.9, linestyle=(0, (4, 3)))
    low, high = axes.get_ylim()
    axes.set_yticks([tick for tick in TICKS if low <= tick <= high], [f"{tick:g}" for tick in TICKS if low <= tick <= high])
    axes.set_yticks([], minor=True)
    axes.set_xlabel("Random orders of matching, by hazard ratio")
    axes.set_ylabel("Hazard ratio")
    smallest, largest = ratio(orders[0].hazard_ratio), ratio(orders[-1].hazard_ratio)
    words = f"Matched hazard ratios of {outcome_label(result, orders[0].outcome)} in {len(orders)} random orders: {smallest} to {largest}."
    return drawn(figure, "match_orders", "The matched hazard ratio in random orders of matching", words)

"""The design diagram: one bar a window, around the index day, in the manner of Schneeweiss and others (Ann Intern Med 2019;170:398)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from math import copysign, log1p

from matplotlib.axes import Axes
from matplotlib.patches import Polygon, Rectangle

from equipoise.report.figures.figure import Drawn, canvas, drawn, sheet, wrapped
from equipoise.report.look import GRID, INK, QUIET, STRIPE
from equipoise.report.protocol import windows as parts
from equipoise.report.protocol.windows import WindowRow, window_rows
from equipoise.report.protocol.words import bracket, day
from equipoise.results.study_result import StudyResult
from equipoise.study.model import Study, Window

WIDTH, LEFT, PLOT, RIGHT = 7.4, 2.85, 3.0, 6.0
HEAD, LINE, PADDING, GROUP_LINE, FOOT = 0.62, 0.155, 0.13, 0.27, 0.5
LABEL_WIDTH, SPAN_WIDTH = 42, 19
FAR = 3_653
"""Windows that reach further back are drawn as open."""
TICKS = (-3653, -1826, -730, -365, -180, -90, -30, -7, 0, 7, 30, 90, 180, 365, 730, 1826, 3653)
NARROWEST, APART = 0.06, 0.34
COLOURS = {
    parts.ELIGIBILITY: "#7b8596",
    parts.ASSIGNMENT: "#46505f",
    parts.WASHOUT: "#b59a3c",
    parts.COVARIATES: "#5f86bd",
    parts.LABS: "#7f6bab",
    parts.FOLLOW_UP: "#2f8071",
}


@dataclass(frozen=True, slots=True)
class Scale:
    """Days to inches: day 0 stays where it is, far days are drawn together."""

    first: int
    last: int

    def at(self, days: float) -> float:
        """Inches from the left of the sheet."""
        low, high = compressed(self.first), compressed(self.last)
        return LEFT + PLOT * (compressed(min(max(days, self.first), self.last)) - low) / (high - low)


def compressed(days: float) -> float:
    """A signed logarithm that is nearly straight within two weeks of the index."""
    return copysign(log1p(abs(days) / 14), days)


def draw_design(result: StudyResult) -> Drawn:
    """The diagram of the study's windows; every study has one."""
    rows = window_rows(result.study)
    texts = [(wrapped(row.label, LABEL_WIDTH, 3), wrapped(spans(row), SPAN_WIDTH, 3)) for row in rows]
    heights = [PADDING + LINE * (1 + max(label.count("\n"), span.count("\n"))) for label, span in texts]
    groups = [(group, list(members)) for group, members in groupby(range(len(rows)), lambda place: rows[place].group)]
    height = HEAD + sum(heights) + GROUP_LINE * len(groups) + FOOT
    axes = sheet(canvas(WIDTH, height))
    scale = scale_of(rows)
    top = HEAD
    for group, members in groups:
        axes.add_patch(Rectangle((0.05, top), WIDTH - 0.1, GROUP_LINE - 0.03, facecolor=STRIPE, edgecolor="none", zorder=0))
        axes.text(0.12, top + 0.12, group, weight="bold", va="center", size=9.5)
        top += GROUP_LINE
        for place in members:
            _row(axes, rows[place], texts[place], scale, (top, heights[place]))
            top += heights[place]
    _axis(axes, scale, top)
    _index(axes, result.study, scale, top)
    return drawn(axes.figure, "design_diagram", "Design diagram", describe(result.study))  # type: ignore[arg-type]


def describe(study: Study) -> str:
    """The diagram in words."""
    rows = [f"{row.group}: {row.label}, days {spans(row)}" if row.windows else f"{row.group}: {row.label}" for row in window_rows(study)]
    return "Windows in days from the index date. " + "; ".join(rows) + "."


def spans(row: WindowRow) -> str:
    """`[−45, 0] [8, 29]`."""
    return " ".join(bracket(opened(window)).replace(", ", ",\N{NO-BREAK SPACE}") for window in row.windows)


def opened(window: Window) -> Window:
    """The window, open to the left where it reaches back further than records do."""
    return Window(start=None, end=window.end) if window.start is not None and window.start < -FAR else window


def scale_of(rows: tuple[WindowRow, ...]) -> Scale:
    """From before the earliest start (a year at least where a window is open) to the latest end."""
    windows = [opened(window) for row in rows for window in row.windows]
    starts = [w.start for w in windows if w.start is not None]
    open_start, open_end = any(w.start is None for w in windows), any(w.end is None for w in windows)
    first = min([-30, *starts, *([-730] if open_start else [])])
    last = max([30, *(w.end for w in windows if w.end is not None), *([730] if open_end else [])])
    return Scale(first, last)


def _row(axes: Axes, row: WindowRow, texts: tuple[str, str], scale: Scale, place: tuple[float, float]) -> None:
    top, height = place
    middle = top + height / 2
    axes.text(0.22, middle, texts[0], va="center", size=8.5, linespacing=1.1)
    axes.text(RIGHT + 0.08, middle, texts[1], va="center", size=8.5, color=QUIET, linespacing=1.1)
    axes.plot([LEFT, LEFT + PLOT], [middle, middle], color=GRID, linewidth=0.8, zorder=1)
    for window in row.windows:
        _bar(axes, opened(window), scale, (middle, 0.075), COLOURS[row.group])


def _bar(axes: Axes, window: Window, scale: Scale, place: tuple[float, float], colour: str) -> None:
    middle, half = place
    left = LEFT if window.start is None else scale.at(window.start)
    right = LEFT + PLOT if window.end is None else scale.at(window.end)
    if right - left < NARROWEST:
        centre = (left + right) / 2
        left, right = centre - NARROWEST / 2, centre + NARROWEST / 2
    points = [(left, middle - half), (right, middle - half), (right, middle + half), (left, middle + half)]
    if window.start is None:
        points = [(left, middle), (left + 0.12, middle - half), *points[1:3], (left + 0.12, middle + half)]
    axes.add_patch(Polygon(points, closed=True, facecolor=colour, edgecolor="white", linewidth=0.6, zorder=3))


def ticks(scale: Scale) -> tuple[int, ...]:
    """Days that fit under the axis; day 0 and both ends come first."""
    wanted = [0, scale.first, scale.last, *(t for t in TICKS if scale.first < t < scale.last)]
    kept: list[int] = []
    for tick in wanted:
        if all(abs(scale.at(tick) - scale.at(other)) >= APART for other in kept):
            kept.append(tick)
    return tuple(sorted(kept))


def _axis(axes: Axes, scale: Scale, top: float) -> None:
    axes.plot([LEFT, LEFT + PLOT], [top + 0.06, top + 0.06], color=INK, linewidth=0.9)
    for tick in ticks(scale):
        x = scale.at(tick)
        axes.plot([x, x], [top + 0.06, top + 0.11], color=INK, linewidth=0.9)
        axes.text(x, top + 0.2, day(tick), ha="center", va="center", size=8.5)
    axes.text(LEFT + PLOT / 2, top + 0.38, "Days from the index date; distant days are drawn together", ha="center", va="center", size=8.5)


def _index(axes: Axes, study: Study, scale: Scale, bottom: float) -> None:
    x = scale.at(0)
    axes.plot([x, x], [0.48, bottom + 0.06], color=INK, linewidth=1.0, linestyle=(0, (3, 2)), zorder=2)
    nth = {1: "first"}.get(study.index.nth, f"number {study.index.nth}")
    what = f"{study.target.name} or {study.comparator.name}"
    text = wrapped(f"Day 0, the index date: {nth} {what}", 62, 2)
    axes.text(min(max(x, 2.2), WIDTH - 2.2), 0.28, text, ha="center", va="center", weight="bold", size=9.5, linespacing=1.1)

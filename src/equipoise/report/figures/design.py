"""The design diagram: one bar a window, around the index day, in the manner of Schneeweiss and others (Ann Intern Med 2019;170:398)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from math import copysign, log1p

from matplotlib.axes import Axes
from matplotlib.patches import Polygon, Rectangle

from equipoise.report.figures.figure import TALLEST, Drawn, canvas, drawn, sheet, wrapped
from equipoise.report.look import GRID, INK, QUIET, STRIPE
from equipoise.report.protocol import windows as parts
from equipoise.report.protocol.windows import WindowRow, window_rows
from equipoise.report.protocol.words import bracket, day
from equipoise.results.study_result import StudyResult
from equipoise.study.model import Study, Window

WIDTH, LEFT, PLOT, RIGHT = 7.4, 3.1, 2.8, 6.05
HEAD, LINE, PADDING, GROUP_LINE, FOOT = 0.62, 0.145, 0.11, 0.27, 0.5
LABEL_WIDTH, SPAN_WIDTH = 47, 19
LINES = 2
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


def draw_design(result: StudyResult) -> tuple[Drawn, ...]:
    """The diagram of the study's windows, which every study has; on several sheets where one would be taller than a page."""
    rows = window_rows(result.study)
    parts, scale = _parts(rows), scale_of(rows)
    return tuple(_sheet(result, part, scale, number) for number, part in enumerate(parts, 1))


def _texts(row: WindowRow) -> tuple[str, str]:
    return shortened(row.label), wrapped(spans(row), SPAN_WIDTH, 3)


def shortened(label: str) -> str:
    """The label in two lines; of a list that is longer the first names, and how many more there are."""
    names = label.split("; ")
    for kept in range(len(names), 0, -1):
        more = f" and {len(names) - kept} more" if kept < len(names) else ""
        text = "; ".join(names[:kept]) + more
        if kept == 1 or wrapped(text, LABEL_WIDTH, LINES) == wrapped(text, LABEL_WIDTH, 99):
            return wrapped(text, LABEL_WIDTH, LINES)
    return ""


def _height(row: WindowRow) -> float:
    label, span = _texts(row)
    return PADDING + LINE * (1 + max(label.count("\n"), span.count("\n")))


def _parts(rows: tuple[WindowRow, ...]) -> tuple[tuple[WindowRow, ...], ...]:
    """As few sheets as there can be; a group that is cut has its heading on each."""
    room = TALLEST - HEAD - FOOT
    found: list[list[WindowRow]] = [[]]
    for row in rows:
        if found[-1] and _total([*found[-1], row]) > room:
            found.append([])
        found[-1].append(row)
    return tuple(tuple(part) for part in found)


def _total(rows: list[WindowRow]) -> float:
    return sum(map(_height, rows)) + GROUP_LINE * len({row.group for row in rows})


def _sheet(result: StudyResult, rows: tuple[WindowRow, ...], scale: Scale, number: int) -> Drawn:
    axes = sheet(canvas(WIDTH, HEAD + _total(list(rows)) + FOOT))
    top = HEAD
    for group, members in groupby(rows, lambda row: row.group):
        axes.add_patch(Rectangle((0.05, top), WIDTH - 0.1, GROUP_LINE - 0.03, facecolor=STRIPE, edgecolor="none", zorder=0))
        axes.text(0.12, top + 0.12, group, weight="bold", va="center", size=9.5)
        top += GROUP_LINE
        for row in members:
            _row(axes, row, _texts(row), scale, (top, _height(row)))
            top += _height(row)
    _axis(axes, scale, top)
    _index(axes, result.study, scale, top)
    name, title = ("design_diagram", "Design diagram") if number == 1 else (f"design_diagram_{number}", f"Design diagram, part {number}")
    return drawn(axes.figure, name, title, describe(rows))  # type: ignore[arg-type]


def describe(rows: tuple[WindowRow, ...]) -> str:
    """The diagram in words."""
    said = [f"{row.group}: {row.label}, days {spans(row)}" if row.windows else f"{row.group}: {row.label}" for row in rows]
    return "Windows in days from the index date. " + "; ".join(said) + "."


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

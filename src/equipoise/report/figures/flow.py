"""The flow diagram: how many persons were left after each criterion, and how many left at it."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from equipoise.report.figures.figure import Drawn, canvas, drawn, sheet, wrapped
from equipoise.report.look import BOX_EDGE, COMPARATOR, INK, RULE, STRIPE, TARGET
from equipoise.report.wording import count, n_equals
from equipoise.results.study_result import FlowStep, StudyResult

WIDTH = 6.4
BOX = 3.7
SIDE_LEFT, SIDE = 4.5, 1.8
LINE = 0.17
GAP = 0.32
LETTERS = 44


def draw_flow(result: StudyResult) -> Drawn | None:
    """The diagram, or None when no step was counted."""
    if not result.flow:
        return None
    labels = [wrapped(step.label, LETTERS, 3) for step in result.flow]
    heights = [0.37 + LINE * (label.count("\n") + 1) for label in labels]
    arm_height = 0.6
    figure = canvas(WIDTH, 0.2 + sum(heights) + GAP * len(heights) + arm_height)
    axes, top = sheet(figure), 0.1
    for index, (step, label) in enumerate(zip(result.flow, labels, strict=True)):
        if index:
            _leaving(axes, step, top - GAP)
        _box(axes, (0.1, top, BOX, heights[index]), (label, n_equals(step.n)))
        top += heights[index] + GAP
    _arms(axes, result, top, arm_height)
    return drawn(figure, "flow", "Flow of patients into the study", describe(result))


def describe(result: StudyResult) -> str:
    """The diagram in words."""
    steps = [f"{s.label}: {count(s.n)} left" + (f", {count(s.excluded)} excluded" if s.excluded != 0 else "") for s in result.flow]
    last, study = result.flow[-1], result.study
    return "; ".join([*steps, f"{study.target.name} {count(last.n_target)}, {study.comparator.name} {count(last.n_comparator)}"]) + "."


def _box(axes: Axes, place: tuple[float, float, float, float], lines: tuple[str, str], *, edge: str = BOX_EDGE, fill: str = STRIPE) -> None:
    left, top, width, height = place
    axes.add_patch(
        FancyBboxPatch((left, top), width, height, boxstyle="round,pad=0,rounding_size=0.05", facecolor=fill, edgecolor=edge, linewidth=1.1)
    )
    label, number = lines
    middle, size = left + width / 2, label.count("\n") + 1
    axes.text(middle, top + 0.08 + LINE * size / 2, label, ha="center", va="center", weight="bold", linespacing=1.15)
    axes.text(middle, top + 0.08 + LINE * (size + 0.62), number, ha="center", va="center")


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    style = {"arrowstyle": "-|>,head_width=0.22,head_length=0.45", "color": INK, "linewidth": 0.9, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", xy=end, xytext=start, arrowprops=style)


def _leaving(axes: Axes, step: FlowStep, top: float) -> None:
    middle = 0.1 + BOX / 2
    _arrow(axes, (middle, top), (middle, top + GAP))
    if step.excluded == 0:
        return
    _arrow(axes, (middle, top + GAP / 2), (SIDE_LEFT, top + GAP / 2))
    box = FancyBboxPatch(
        (SIDE_LEFT, top + GAP / 2 - 0.14), SIDE, 0.28, boxstyle="round,pad=0,rounding_size=0.04", facecolor="white", edgecolor=RULE
    )
    axes.add_patch(box)
    axes.text(SIDE_LEFT + SIDE / 2, top + GAP / 2, f"Excluded {n_equals(step.excluded)}", ha="center", va="center")


def _arms(axes: Axes, result: StudyResult, top: float, height: float) -> None:
    last, width = result.flow[-1], (BOX - 0.12) / 2
    target = (result.study.target.name, last.n_target, 0.1, TARGET)
    comparator = (result.study.comparator.name, last.n_comparator, 0.1 + BOX - width, COMPARATOR)
    for name, number, left, edge in (target, comparator):
        _arrow(axes, (left + width / 2, top - GAP), (left + width / 2, top))
        _box(axes, (left, top, width, height - 0.05), (wrapped(name, 19, 1), n_equals(number)), edge=edge, fill="white")

"""Laboratory outcomes: the mean with its interval by window and arm, before and after the main adjustment."""

from __future__ import annotations

from itertools import pairwise

from matplotlib.axes import Axes

from equipoise.report.figures.figure import Drawn, axes_at, canvas, drawn, wrapped
from equipoise.report.look import COMPARATOR, COMPARATOR_DASH, GRID, TARGET
from equipoise.report.naming import plain_name
from equipoise.report.selection import adjustments
from equipoise.report.tables.labs import lab_record, window_label, windows_of
from equipoise.report.wording import adjustment_label, decimal
from equipoise.results.records import Record
from equipoise.results.study_result import StudyResult
from equipoise.study.model import LabOutcome

WIDTH, HEIGHT, TOP = 7.2, 2.65, 0.5
LEFT, GAP, RIGHT = 0.75, 0.35, 0.1
APART = 0.09
"""How far the arms stand to the sides of a window's tick."""

MOST_WIDE = 3
"""Windows, the baseline among them, whose names fit in full under half a page."""


def draw_labs(result: StudyResult) -> dict[str, Drawn]:
    """One figure an outcome, by its name; none for an outcome without a mean that may be shown."""
    return {lab.name: figure for lab in result.study.labs if (figure := _draw(result, lab))}


def _draw(result: StudyResult, lab: LabOutcome) -> Drawn | None:
    names = tuple(dict.fromkeys(name for name in ("crude", result.study.analysis.main) if name in adjustments(result)))
    means: dict[str, tuple[tuple[Record | None, ...], ...]] = {name: _means(result, lab, name) for name in names}
    if not any(record for panel in means.values() for arm in panel for record in arm):
        return None
    figure = canvas(WIDTH, HEIGHT)
    width = (WIDTH - LEFT - RIGHT - GAP * (len(names) - 1)) / len(names)
    panels = [axes_at(figure, LEFT + place * (width + GAP), TOP, width, HEIGHT - TOP - 0.5) for place in range(len(names))]
    for place, (name, axes) in enumerate(zip(names, panels, strict=True)):
        _panel(axes, result, lab, means[name])
        axes.set_title(adjustment_label(name), fontsize=10, weight="bold", loc="left", pad=6)
        if place:
            axes.set_yticklabels([])
        else:
            axes.set_ylabel(wrapped(lab.label, 30))
    _same_height(panels)
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="upper right", bbox_to_anchor=(1 - RIGHT / WIDTH, 1.0), ncols=2, frameon=False, handlelength=2.6)
    title = f"{lab.label}: means by window and arm"
    return drawn(figure, f"lab_{plain_name(lab.name)}", title, describe(result, lab, means))


def describe(result: StudyResult, lab: LabOutcome, means: dict[str, tuple[tuple[Record | None, ...], ...]]) -> str:
    """The figure in words."""
    arms = (result.study.target.name, result.study.comparator.name)
    said = []
    for name, panel in means.items():
        for arm, records in zip(arms, panel, strict=True):
            values = ", ".join(f"{window} {decimal(r.estimate if r else None)}" for window, r in zip(windows_of(lab), records, strict=True))
            said.append(f"{adjustment_label(name)}, {arm}: {values}.")
    return " ".join(said)


def _means(result: StudyResult, lab: LabOutcome, adjustment: str) -> tuple[tuple[Record | None, ...], ...]:
    """By arm, the target first, the record of each window; None where nothing may be shown."""
    found = [
        [lab_record(result, lab, window, "mean_value", arm.name, adjustment=adjustment) for window in windows_of(lab)]
        for arm in (result.study.target, result.study.comparator)
    ]
    return tuple(tuple(r if r is not None and r.estimate is not None else None for r in records) for records in found)


def _panel(axes: Axes, result: StudyResult, lab: LabOutcome, means: tuple[tuple[Record | None, ...], ...]) -> None:
    looks = ((result.study.target.name, TARGET, "-", "o", -APART), (result.study.comparator.name, COMPARATOR, COMPARATOR_DASH, "s", APART))
    for (arm, color, dash, marker, shift), records in zip(looks, means, strict=True):
        points = [(place + shift, r) for place, r in enumerate(records) if r is not None]
        axes.plot([], [], color=color, linestyle=dash, marker=marker, markersize=5.5, label=wrapped(arm, 24, 1))
        for (x, one), (x_next, following) in pairwise(points):
            axes.plot([x, x_next], [_mean(one), _mean(following)], color=color, linestyle=dash, linewidth=1.3)
        for x, record in points:
            if record.lower is not None and record.upper is not None:
                axes.plot([x, x], [record.lower, record.upper], color=color, linewidth=1.6)
            axes.plot([x], [_mean(record)], color=color, marker=marker, markersize=5.5)
    names = windows_of(lab)
    axes.set_xlim(-0.4, len(names) - 0.6)
    many = len(names) > MOST_WIDE
    labels = [window_label(lab, name).replace(", days ", "\n" if many else "\ndays ") for name in names]
    axes.set_xticks(range(len(names)), labels, fontsize=7 if many else 9)
    axes.grid(axis="y", color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)


def _mean(record: Record) -> float:
    return record.estimate if record.estimate is not None else float("nan")


def _same_height(panels: list[Axes]) -> None:
    limits = [panel.get_ylim() for panel in panels]
    low, high = min(low for low, _ in limits), max(high for _, high in limits)
    for panel in panels:
        panel.set_ylim(low, high)

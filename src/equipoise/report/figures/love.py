"""The love plot: absolute standardised mean differences before and after the main adjustment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes

from equipoise.report.figures.figure import Drawn, axes_at, canvas, drawn, pages, wrapped
from equipoise.report.look import COMPARATOR, QUIET, RULE, TARGET
from equipoise.report.selection import covariate_label
from equipoise.report.wording import adjustment_label, decimal, lowered
from equipoise.results.study_result import BaselineRow, StudyResult

LIMIT = 0.1
MOST_ROWS = 45
ROW = 0.235
LABEL = 46
LETTER = 0.071
"""Inches a letter takes on average."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One line of the plot: absolute differences, None where not estimated."""

    label: str
    before: float | None
    after: float | None


def differences(result: StudyResult) -> tuple[Difference, ...]:
    """Every covariate and level with a crude or adjusted difference, the largest crude one first."""
    main = result.study.analysis.main
    before = {(r.covariate, r.level): r for r in result.baseline if r.adjustment == "crude"}
    after = {(r.covariate, r.level): r for r in result.baseline if r.adjustment == main}
    keys = list(dict.fromkeys([*before, *after]))
    rows = [Difference(_label(result, before.get(k) or after[k]), _size(before.get(k)), _size(after.get(k))) for k in keys]
    shown = [row for row in rows if row.before is not None or row.after is not None]
    return tuple(sorted(shown, key=lambda row: -(row.before if row.before is not None else -1.0)))


def draw_love(result: StudyResult) -> tuple[Drawn, ...]:
    """One figure for each 45 lines; none when no difference was estimated."""
    rows = differences(result)
    runs = pages((1,) * len(rows), MOST_ROWS)
    most = max((v for row in rows for v in (row.before, row.after) if v is not None), default=0.0)
    return tuple(_page(result, rows[start:end], number, max(most, 0.15)) for number, (start, end) in enumerate(runs, 1))


def describe(rows: tuple[Difference, ...]) -> str:
    """The plot in words: how many stay above the usual limit, and the largest."""
    parts = []
    for word, values in (("Before", [r.before for r in rows]), ("After", [r.after for r in rows])):
        known = [v for v in values if v is not None]
        if known:
            above = sum(v > LIMIT for v in known)
            exceed = f"{above} of {len(known)} absolute standardised differences exceed 0.1"
            parts.append(f"{word} adjustment {exceed}; the largest is {decimal(max(known))}.")
    return " ".join(parts)


def _label(result: StudyResult, row: BaselineRow) -> str:
    label = covariate_label(result, row)
    if not row.level:
        return wrapped(label, LABEL, 1)
    level = wrapped(row.level, LABEL - 12, 1)
    return f"{wrapped(label, max(LABEL - 2 - len(level), 10), 1)}: {level}"


def _size(row: BaselineRow | None) -> float | None:
    return None if row is None or row.smd is None else abs(row.smd)


def _page(result: StudyResult, rows: tuple[Difference, ...], number: int, most: float) -> Drawn:
    figure, left = canvas(6.4, 0.95 + ROW * len(rows)), 0.3 + LETTER * max(24, *(len(row.label) for row in rows))
    axes = axes_at(figure, left, 0.38, 6.25 - left, ROW * len(rows))
    _points(axes, rows, after=lowered(adjustment_label(result.study.analysis.main)))
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlim(0, most * 1.06)
    axes.set_yticks(range(len(rows)), [row.label for row in rows])
    axes.tick_params(axis="y", length=0, pad=8)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel("Absolute standardised mean difference", loc="right")
    axes.locator_params(axis="x", nbins=6)
    title = "Balance of the covariates before and after adjustment" + (f", part {number}" if number > 1 else "")
    return drawn(figure, "love_plot" if number == 1 else f"love_plot_{number}", title, describe(rows))


def _points(axes: Axes, rows: tuple[Difference, ...], after: str) -> None:
    for place, row in enumerate(rows):
        if row.before is not None and row.after is not None:
            axes.plot([row.before, row.after], [place, place], color=RULE, linewidth=1, zorder=1)
    old = [(row.before, place) for place, row in enumerate(rows) if row.before is not None]
    new = [(row.after, place) for place, row in enumerate(rows) if row.after is not None]
    shape: dict[str, Any] = {"linestyle": "none", "marker": "o", "markersize": 6.5, "clip_on": False}
    axes.plot(*_columns(old), markerfacecolor="white", markeredgecolor=COMPARATOR, markeredgewidth=1.6, zorder=2, label="Before", **shape)
    axes.plot(*_columns(new), markerfacecolor=TARGET, markeredgecolor=TARGET, zorder=3, label=f"After {after}", **shape)
    axes.axvline(LIMIT, color=QUIET, linestyle=(0, (4, 3)), linewidth=0.9, zorder=0)
    height = ROW * len(rows)
    axes.legend(loc="lower right", bbox_to_anchor=(1, 1 + 0.02 / height), ncols=2, frameon=False, borderaxespad=0, handletextpad=0.1)


def _columns(points: list[tuple[float, int]]) -> tuple[list[float], list[int]]:
    return [x for x, _ in points], [y for _, y in points]

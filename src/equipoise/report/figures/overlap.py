"""Densities of the preference (or propensity) score by arm: could either treatment have been given?"""

from __future__ import annotations

from math import isfinite

from matplotlib.axes import Axes

from equipoise.report.figures.figure import Drawn, axes_at, canvas, drawn, wrapped
from equipoise.report.look import COMPARATOR, COMPARATOR_BAND, COMPARATOR_DASH, GRID, STRIPE, TARGET, TARGET_BAND
from equipoise.report.wording import decimal, percent
from equipoise.results.study_result import PropensityOverlap, StudyResult


def draw_overlap(result: StudyResult) -> Drawn | None:
    """The preference score's densities if there, else the first; None without any."""
    chosen = sorted(result.overlap, key=lambda item: item.scale != "preference")
    if not chosen or not chosen[0].target:
        return None
    overlap = chosen[0]
    figure = canvas(6.4, 3.5)
    axes = axes_at(figure, 0.75, 0.45, 5.5, 2.4)
    _densities(axes, overlap, result.study.target.name, result.study.comparator.name)
    return drawn(figure, "propensity_overlap", f"Overlap of the {_scale(overlap)} by arm", describe(overlap))


def describe(overlap: PropensityOverlap) -> str:
    """The figure in words."""
    parts = [f"Densities of the {_scale(overlap)} in both arms."]
    if overlap.equipoise_share is not None:
        parts.append(f"{percent(overlap.equipoise_share, 0)} of patients have a preference score from 0.3 to 0.7.")
    if overlap.c_statistic is not None and isfinite(overlap.c_statistic):
        parts.append(f"The c-statistic of the propensity model is {decimal(overlap.c_statistic)}.")
    return " ".join(parts)


def _scale(overlap: PropensityOverlap) -> str:
    return overlap.scale if "score" in overlap.scale else f"{overlap.scale} score"


def _densities(axes: Axes, overlap: PropensityOverlap, target: str, comparator: str) -> None:
    if overlap.scale.startswith("preference"):
        axes.axvspan(0.3, 0.7, color=STRIPE, zorder=0)
        axes.text(0.5, 0.985, "equipoise: 0.3 to 0.7", ha="center", va="top", transform=axes.get_xaxis_transform(), fontsize=9, zorder=5)
    axes.stairs(overlap.comparator, overlap.edges, fill=True, color=COMPARATOR_BAND, alpha=0.85, zorder=1)
    axes.stairs(overlap.target, overlap.edges, fill=True, color=TARGET_BAND, alpha=0.6, zorder=2)
    axes.stairs(
        overlap.comparator,
        overlap.edges,
        color=COMPARATOR,
        linewidth=1.7,
        linestyle=COMPARATOR_DASH,
        zorder=3,
        label=wrapped(comparator, 30, 1),
    )
    axes.stairs(overlap.target, overlap.edges, color=TARGET, linewidth=1.7, zorder=4, label=wrapped(target, 30, 1))
    axes.set_xlim(overlap.edges[0], overlap.edges[-1])
    axes.set_ylim(0, 1.15 * max(*overlap.target, *overlap.comparator, 1e-9))
    axes.grid(axis="y", color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.set_xlabel(_scale(overlap).capitalize())
    axes.set_ylabel("Density")
    handles, labels = axes.get_legend_handles_labels()
    axes.legend(handles[::-1], labels[::-1], loc="lower left", bbox_to_anchor=(0, 1.02), ncols=2, frameon=False, borderaxespad=0)

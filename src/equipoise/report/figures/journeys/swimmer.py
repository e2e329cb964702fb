"""A swimmer plot: one bar a patient, marks where something happened. Of simulated patients only: a bar is a row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from matplotlib.ticker import MultipleLocator

from equipoise.kernel.days import DAYS_PER_MONTH
from equipoise.report.figures.figure import Drawn, axes_at, canvas, drawn
from equipoise.report.look import COMPARATOR, COMPARATOR_BAND, INK, QUIET, TARGET, TARGET_BAND, drawing

WIDTH, LEFT, PLOT_WIDTH, LINE, TOP, FOOT = 6.4, 0.9, 5.3, 0.17, 0.15, 1.0
MARKS = ("|", "o", "^", "s", "D", "v")


class Followed(Protocol):
    """A simulated patient."""

    @property
    def arm(self) -> str:
        """The arm's name."""
        ...

    @property
    def days(self) -> int:
        """Days of follow-up."""
        ...

    @property
    def events(self) -> tuple[tuple[int, str], ...]:
        """Days and kinds of events."""
        ...


def draw_swimmers(patients: Sequence[Followed]) -> Drawn | None:
    """The plot, arms apart, the longest follow-up first; None without patients."""
    if not patients:
        return None
    arms = list(dict.fromkeys(patient.arm for patient in patients))
    ordered = sorted(patients, key=lambda p: (arms.index(p.arm), -p.days))
    kinds = list(dict.fromkeys(kind for _, kind in sorted({(kind == "death", kind) for p in patients for _, kind in p.events})))
    with drawing():
        figure = canvas(WIDTH, TOP + LINE * len(ordered) + FOOT)
        axes = axes_at(figure, LEFT, TOP, PLOT_WIDTH, LINE * len(ordered))
        for place, patient in enumerate(ordered):
            band = TARGET_BAND if patient.arm == arms[0] else COMPARATOR_BAND
            axes.barh(place, patient.days / DAYS_PER_MONTH, height=0.62, color=band, linewidth=0)
        for kind, mark in zip(kinds, MARKS, strict=False):
            points = [(day / DAYS_PER_MONTH, place) for place, p in enumerate(ordered) for day, name in p.events if name == kind]
            black = kind == "death"
            style = {"marker": "X" if black else mark, "markersize": 6 if black else 3.6, "color": INK if black else QUIET}
            axes.plot(*zip(*points, strict=True), linestyle="none", clip_on=False, markeredgewidth=0.7, label=kind, **style)  # type: ignore[arg-type]
        places = [(arm, [i for i, p in enumerate(ordered) if p.arm == arm]) for arm in arms]
        axes.set_yticks([sum(several) / len(several) for _, several in places], arms, weight="bold")
        for label, color in zip(axes.get_yticklabels(), (TARGET, COMPARATOR), strict=False):
            label.set_color(color)
        axes.tick_params(axis="y", length=0)
        axes.set_ylim(len(ordered) - 0.4, -0.6)
        longest = max(patient.days for patient in ordered) / DAYS_PER_MONTH
        axes.set_xlim(0, max(longest * 1.03, 1))
        axes.xaxis.set_major_locator(MultipleLocator(12))
        axes.set_xlabel("Months since index date")
        axes.legend(frameon=False, ncols=4, loc="upper center", bbox_to_anchor=(0.45, -0.5 / (LINE * len(ordered))), fontsize=9)
        text = f"{len(ordered)} simulated patients; the longest was followed {longest:.0f} months."
        return drawn(figure, "swimmers", "Simulated patients over time", text)

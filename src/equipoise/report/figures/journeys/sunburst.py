"""Lines of therapy as rings: the first line inside, each later line outside the one it followed, angles as wide as the persons."""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle, Wedge

from equipoise.report.figures.figure import Drawn, canvas, drawn, sheet, wrapped
from equipoise.report.figures.journeys.counted import Pathways, counted, describe, everybody, of_arm
from equipoise.report.look import INK
from equipoise.report.naming import plain_name
from equipoise.results.study_result import StudyResult

WIDTH, HEIGHT = 6.4, 4.1
CENTRE, INNER, OUTER = (2.05, 2.05), 0.55, 1.95
KEY_LEFT, KEY_LINE, KEY_NAME = 4.3, 0.24, 28
MOST_RINGS = 4


@dataclass(frozen=True, slots=True)
class Arc:
    """One part of a ring: degrees clockwise from the top."""

    prefix: tuple[str, ...]
    persons: int
    start: float
    end: float


def draw_sunburst(result: StudyResult, arm: str = "") -> Drawn | None:
    """The rings of one arm ("" for all), or None without pathways to show."""
    pathways = counted(of_arm(result.pathways, arm), everybody(result, arm))
    if not pathways.prefixes:
        return None
    figure = canvas(WIDTH, HEIGHT)
    axes = sheet(figure)
    rings = min(pathways.levels, MOST_RINGS)
    thick = (OUTER - INNER) / rings
    for arc in arcs(pathways):
        if len(arc.prefix) <= rings:
            _arc(axes, arc, thick, pathways.colour(arc.prefix[-1]))
    total = sum(pathways.level(1).values())
    axes.text(*CENTRE, f"n =\n{total:,}", ha="center", va="center", weight="bold", size=10)
    _key(axes, pathways)
    name = f"pathways_sunburst{'_' + plain_name(arm) if arm else ''}"
    title = "Sequences of lines of therapy, the first line inside" + (f", {arm}" if arm else "")
    return drawn(figure, name, title, describe(pathways))


def arcs(pathways: Pathways) -> tuple[Arc, ...]:
    """Every part of every ring. The first ring is whole; a later one leaves a gap for those who had no further line, or are not shown."""
    total = sum(pathways.level(1).values())
    found: list[Arc] = []
    _fill(pathways, (), (0.0, 360 / total if total else 0.0), found)
    return tuple(found)


def _fill(pathways: Pathways, before: tuple[str, ...], place: tuple[float, float], found: list[Arc]) -> None:
    start, degrees = place
    for regimen in pathways.regimens:
        prefix = (*before, regimen)
        persons = pathways.prefixes.get(prefix, 0)
        if persons:
            found.append(Arc(prefix, persons, start, start + persons * degrees))
            _fill(pathways, prefix, (start, degrees), found)
            start += persons * degrees


def _arc(axes: Axes, arc: Arc, thick: float, colour: str) -> None:
    radius = INNER + thick * len(arc.prefix)
    # The sheet's y axis points down: angles from 3 o'clock grow clockwise on it.
    patch = Wedge(CENTRE, radius, arc.start - 90, arc.end - 90, width=thick, facecolor=colour, edgecolor="white", linewidth=0.7)
    axes.add_patch(patch)


def _key(axes: Axes, pathways: Pathways) -> None:
    top = CENTRE[1] - KEY_LINE * (len(pathways.regimens) - 1) / 2
    for regimen in pathways.regimens:
        axes.add_patch(Rectangle((KEY_LEFT, top - 0.07), 0.16, 0.14, facecolor=pathways.colour(regimen), edgecolor="none"))
        axes.text(KEY_LEFT + 0.24, top, wrapped(regimen, KEY_NAME, 1), va="center", size=8.5, color=INK)
        top += KEY_LINE

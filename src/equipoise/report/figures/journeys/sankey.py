"""Lines of therapy as a flow from left to right: one column a line, one block a regimen, ribbons as wide as the persons who went on."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from equipoise.report.figures.figure import Drawn, canvas, drawn, sheet, wrapped
from equipoise.report.figures.journeys.counted import Pathways, counted, describe, everybody, of_arm
from equipoise.report.look import INK
from equipoise.report.naming import plain_name
from equipoise.results.study_result import StudyResult

WIDTH, HEAD, TALL, FOOT = 7.4, 0.42, 3.9, 0.12
BLOCK, LEFT, LABEL = 0.14, 0.12, 1.75
"""Inches: width of a block, of the left margin, of the room for names right of the last column."""
GAP = 0.07
LEAST, TWO_LINES = 0.17, 0.3
"""The least height that a block takes, so that its name has a line; from where it has two."""
MOST_NAMED, KEY_LINE = 3, 0.24
"""With more lines than this, blocks show their numbers and a key has the names; inches that a line of the key takes."""
KEY_LETTERS = 52
LETTERS = 14.5
"""Letters that an inch holds."""


@dataclass(frozen=True, slots=True)
class Node:
    """One block: where it stands and how tall it is; persons are drawn with `scale` inches each."""

    level: int
    regimen: str
    persons: int
    top: float
    height: float


def draw_sankey(result: StudyResult, arm: str = "") -> Drawn | None:
    """The flow of one arm ("" for all), or None without pathways to show."""
    pathways = counted(of_arm(result.pathways, arm), everybody(result, arm))
    if not pathways.prefixes:
        return None
    nodes, scale = layout(pathways)
    bottom = HEAD + max(node.top + max(node.height, LEAST) for node in nodes.values()) + FOOT
    keyed = pathways.levels > MOST_NAMED
    figure = canvas(WIDTH, bottom + (KEY_LINE * -(-len(pathways.regimens) // 2) + 0.1 if keyed else 0))
    axes = sheet(figure)
    _ribbons(axes, pathways, nodes, scale)
    for node in nodes.values():
        _block(axes, node, pathways)
    for level in range(1, pathways.levels + 1):
        total = sum(pathways.level(level).values())
        axes.text(left_of(level, pathways.levels), 0.2, f"Line {level}, n = {total:,}", weight="bold", va="center", size=9.5)
    if keyed:
        _key(axes, pathways, bottom)
    name = f"pathways_sankey{'_' + plain_name(arm) if arm else ''}"
    title = "Lines of therapy, one after the other" + (f", {arm}" if arm else "")
    return drawn(figure, name, title, describe(pathways))


def _key(axes: Axes, pathways: Pathways, top: float) -> None:
    lines = -(-len(pathways.regimens) // 2)
    for place, regimen in enumerate(pathways.regimens):
        left, middle = LEFT + (place // lines) * (WIDTH - LEFT) / 2, top + KEY_LINE * (place % lines + 0.5)
        axes.add_patch(Rectangle((left, middle - 0.07), 0.16, 0.14, facecolor=pathways.colour(regimen), edgecolor="none"))
        axes.text(left + 0.24, middle, wrapped(regimen, KEY_LETTERS, 1), va="center", size=8.5, color=INK)


def left_of(level: int, levels: int) -> float:
    """The left edge of a column, inches."""
    free = WIDTH - LEFT - LABEL
    return LEFT + (free * (level - 1) / (levels - 1) if levels > 1 else 0.0)


def layout(pathways: Pathways) -> tuple[dict[tuple[int, str], Node], float]:
    """Blocks by line and regimen, largest first, and inches a person: the first line fills the height."""
    sizes = {level: _sizes(pathways, level) for level in range(1, pathways.levels + 1)}
    scale = TALL / max(sum(found.values()) for found in sizes.values())
    nodes: dict[tuple[int, str], Node] = {}
    for level, found in sizes.items():
        top = 0.0
        for regimen, persons in sorted(found.items(), key=lambda item: (pathways.regimens.index(item[0]), item[0])):
            nodes[level, regimen] = Node(level, regimen, persons, top, persons * scale)
            top += max(persons * scale, LEAST) + GAP
    return nodes, scale


def _sizes(pathways: Pathways, level: int) -> Counter[str]:
    sizes: Counter[str] = Counter()
    for prefix, n in pathways.level(level).items():
        sizes[prefix[-1]] += n
    return sizes


def changes(pathways: Pathways, level: int) -> dict[tuple[str, str], int]:
    """Persons who went from one regimen at the line before to another at this line."""
    found: Counter[tuple[str, str]] = Counter()
    for prefix, n in pathways.level(level).items():
        found[prefix[-2], prefix[-1]] += n
    return dict(found)


def _ribbons(axes: Axes, pathways: Pathways, nodes: dict[tuple[int, str], Node], scale: float) -> None:
    for level in range(2, pathways.levels + 1):
        leaving: Counter[str] = Counter()
        entering: Counter[str] = Counter()
        order = pathways.regimens.index
        for (source, target), n in sorted(changes(pathways, level).items(), key=lambda item: (order(item[0][0]), order(item[0][1]))):
            start, end = nodes[level - 1, source], nodes[level, target]
            tops = (HEAD + start.top + leaving[source] * scale, HEAD + end.top + entering[target] * scale)
            sides = (left_of(level - 1, pathways.levels) + BLOCK, left_of(level, pathways.levels))
            axes.add_patch(_ribbon(sides, tops, n * scale, pathways.colour(source)))
            leaving[source] += n
            entering[target] += n


def _ribbon(sides: tuple[float, float], tops: tuple[float, float], height: float, colour: str) -> PathPatch:
    (left, right), (first, last) = sides, tops
    middle = (left + right) / 2
    corners = [
        (left, first), (middle, first), (middle, last), (right, last),
        (right, last + height), (middle, last + height), (middle, first + height), (left, first + height), (left, first),
    ]  # fmt: skip
    codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
    return PathPatch(Path(corners, codes), facecolor=colour, edgecolor="none", alpha=0.35, zorder=1)


def _block(axes: Axes, node: Node, pathways: Pathways) -> None:
    left, top = left_of(node.level, pathways.levels), HEAD + node.top
    axes.add_patch(
        Rectangle((left, top), BLOCK, max(node.height, 0.012), facecolor=pathways.colour(node.regimen), edgecolor="none", zorder=3)
    )
    box = {"facecolor": "white", "alpha": 0.72, "edgecolor": "none", "pad": 0.6}
    free = WIDTH - LEFT - LABEL
    room = LABEL if node.level == pathways.levels else min(free / max(pathways.levels - 1, 1) - BLOCK, LABEL * 1.3)
    letters = int((room - BLOCK) * LETTERS) - len(f" {node.persons:,}")
    text = (
        f"{node.persons:,}"
        if pathways.levels > MOST_NAMED
        else f"{wrapped(node.regimen, letters, 2 if node.height >= TWO_LINES else 1)} {node.persons:,}"
    )
    middle = top + min(max(node.height, LEAST), node.height) / 2 if node.height >= LEAST else top + node.height / 2
    axes.text(left + BLOCK + 0.05, middle, text, va="center", size=8, color=INK, bbox=box, zorder=4)

"""A figure that was drawn: name, text alternative, SVG and PNG."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

from equipoise.report.svg import finished

PNG_DPI = 300
TALLEST = 8.95
"""Inches: a figure that is no taller, nor wider than 7.4, stands on a printed page with its heading, its letters hardly smaller."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Drawn:
    """One figure, ready to be saved. `name` is its file name without an ending and the prefix of its ids."""

    name: str
    title: str
    description: str
    """The text alternative: what a reader who cannot see the figure must know."""
    svg: str
    png: bytes
    width_px: int
    """Natural width on a page, CSS pixels."""


def canvas(width: float, height: float) -> Figure:
    """An empty figure, inches."""
    return Figure(figsize=(width, height))


def axes_at(figure: Figure, left: float, top: float, width: float, height: float) -> Axes:
    """Axes at a place given in inches from the top left corner."""
    full_width, full_height = figure.get_size_inches()
    return figure.add_axes((left / full_width, 1 - (top + height) / full_height, width / full_width, height / full_height))


def sheet(figure: Figure) -> Axes:
    """Invisible axes over the whole figure whose units are inches from the top left corner."""
    width, height = figure.get_size_inches()
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, width)
    axes.set_ylim(height, 0)
    axes.set_axis_off()
    return axes


def drawn(figure: Figure, name: str, title: str, description: str) -> Drawn:
    """Render both files. No date, no software version: equal figures give equal bytes."""
    text, image = io.StringIO(), io.BytesIO()
    figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    figure.savefig(image, format="png", dpi=PNG_DPI, metadata={"Software": None}, pil_kwargs={"compress_level": 0})
    svg = finished(text.getvalue(), prefix=name, title=title, description=description)
    return Drawn(name, title, description, svg, _of_few_colours(image), round(96 * figure.get_size_inches()[0]))


def _of_few_colours(image: io.BytesIO) -> bytes:
    """The picture with a palette of 256 colours, which line drawings do not miss: a third of the size."""
    small = io.BytesIO()
    with Image.open(image) as full:
        plain = full.convert("RGB").quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        plain.save(small, format="png", dpi=(PNG_DPI, PNG_DPI), compress_level=6)
    return small.getvalue()


def wrapped(text: str, width: int, lines: int = 2) -> str:
    """The text in at most `lines` lines of about `width` characters, an ellipsis where it was cut."""
    return "\n".join(textwrap.wrap(text, width, max_lines=lines, placeholder=" …", break_long_words=True) or [""])


def pages(sizes: tuple[int, ...], most: int) -> tuple[tuple[int, int], ...]:
    """Split groups of `sizes` rows into runs [start, end) of groups with at most `most` rows each (one larger group stands alone)."""
    cuts, rows = [0], 0
    for index, size in enumerate(sizes):
        if rows and rows + size > most:
            cuts.append(index)
            rows = 0
        rows += size
    return tuple(pairwise([*cuts, len(sizes)])) if sizes else ()


def sheets(groups: Sequence[Sequence[T]], most: int, again: Callable[[T], T]) -> tuple[tuple[T, ...], ...]:
    """Lines of groups, each group under its heading, on sheets of at most `most` lines.

    A group that finds less than a third of a sheet free, and too little, goes to the next; another one that has no room is cut, and each
    further part begins with `again(heading)`.
    """
    found: list[list[T]] = [[]]
    for heading, *lines in (group for group in groups if group):
        head, rest = heading, lines
        if found[-1] and len(found[-1]) + 1 + len(rest) > most and most - len(found[-1]) < max(most // 3, 2):
            found.append([])
        while rest:
            room = max(most - len(found[-1]) - 1, 1)
            found[-1] += [head, *rest[:room]]
            rest, head = rest[room:], again(heading)
            if rest:
                found.append([])
    return tuple(tuple(lines) for lines in found if lines)

"""What the hub asks of lines of therapy: the grid in one question; courses line by line, as far as enough persons went."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from equipoise.estimators.attrition.hub import AttritionHub
from equipoise.estimators.attrition.summary import AttritionResult
from equipoise.network.hub.chapter import Stage
from equipoise.network.hub.rounds import Job, run_job
from equipoise.network.wire.lines import LineCounts
from equipoise.network.wire.views import View
from equipoise.study.lines.grid import grid_cells
from equipoise.study.lines.pathways import LONGEST, OTHER, regimen_labels
from equipoise.study.model import LinesOfTherapy

Prefix = tuple[str, ...]
MOST_PREFIXES = 500
"""Courses followed at once; the largest."""


@dataclass(frozen=True, slots=True)
class CellCount:
    """One cell of the grid over the network: persons eligible under its rules; gained and lost against the study's own."""

    words: str
    eligible: int
    gained: int
    lost: int


@dataclass(frozen=True, slots=True)
class GridCount:
    """`persons`: those who meet every criterion but those about lines. `eligible`: of them, under the study's own rules."""

    persons: int
    eligible: int
    cells: tuple[CellCount, ...]


@dataclass(frozen=True, slots=True)
class CourseCount:
    """Persons whose course began with the regimens of `before` and went on with `regimen` ("": no further line)."""

    before: Prefix
    regimen: str
    persons: int


def ask_grid(stage: Stage, lines: LinesOfTherapy) -> GridCount | None:
    """Eligibility under every cell; None for a study that varies nothing."""
    cells = grid_cells(lines)
    if not cells:
        return None
    found = _counted(stage, LineCounts("grid"), 2 + 3 * len(cells))
    triples = (found[2 + 3 * k : 5 + 3 * k] for k in range(len(cells)))
    return GridCount(found[0], found[1], tuple(CellCount(cell.words, *triple) for cell, triple in zip(cells, triples, strict=True)))


def ask_courses(stage: Stage, lines: LinesOfTherapy) -> tuple[CourseCount, ...]:
    """Every course that somebody took, line after line. Beyond a number that would be masked nobody is followed."""
    told_apart = _told_apart(stage, lines)
    return tuple(_follow(stage, told_apart))


def _told_apart(stage: Stage, lines: LinesOfTherapy) -> tuple[str, ...]:
    """The regimens with the most lines, the largest first; none of a handful."""
    labels = regimen_labels(lines.pack)
    counts = _counted(stage, LineCounts("regimens"), len(labels))
    fewest = stage.census.policy.minimum_count
    ordered = sorted((-n, place) for place, n in enumerate(counts) if n >= fewest)
    return tuple(labels[place] for _, place in ordered[: lines.pathways])


def _follow(stage: Stage, told_apart: tuple[str, ...]) -> Iterator[CourseCount]:
    names = (*told_apart, OTHER, "")
    prefixes: tuple[Prefix, ...] = ((),)
    for _ in range(LONGEST):
        found = _counted(stage, LineCounts("courses", told_apart, prefixes), len(prefixes) * len(names))
        pairs = [(prefix, name) for prefix in prefixes for name in names]
        courses = [CourseCount(prefix, name, n) for (prefix, name), n in zip(pairs, found, strict=True) if n]
        yield from courses
        further = [one for one in courses if one.regimen and one.persons >= stage.census.policy.minimum_count]
        further.sort(key=lambda one: -one.persons)
        prefixes = tuple((*one.before, one.regimen) for one in further[:MOST_PREFIXES])
        if not prefixes or len(prefixes[0]) >= LONGEST:
            return


def _counted(stage: Stage, asked: LineCounts, size: int) -> list[int]:
    result: AttritionResult = run_job(stage.talk, stage.setting, Job("attrition", AttritionHub(size), View(lines=asked)))
    return [int(n) for n in result.n]

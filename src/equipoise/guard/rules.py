"""What may be released, rule by rule, to be read by a data office: each rule says in one sentence what it forbids.

`broken` is the only judge: every door asks it, the site's (`release.py`) of a summary that is about to leave, the hub's of a table, a mean,
a curve or a model that is about to be shown. Small cells of whole tables, with the totals that would give them away, are `counts.py`.

Sources: DataSHIELD's disclosure settings: `nfilter.tab` (small cells), `.glm` (saturated models), `.string` and `.stringShort` (long
text). Its `.subset` is kept by hiding what speaks of an arm or a level of fewer persons than the minimum (`network.hub.withheld`);
`.levels.max` and `.levels.density` have nothing to forbid, as no level's name comes from records: the study names them; `.kNN` and
`.noise` neither, as nothing of the kind is offered. The rules of ACRO and of the SACRO guides: thresholds, dominance, no extremes,
degrees of freedom, saturated models. Rule by rule: docs/explanation/disclosure-rules.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Literal, TypeAlias

from equipoise.guard.policy import Policy

SATURATED = 1 / 3
"""Parameters per person: DataSHIELD's 0.33."""
DEGREES = 10
"""Persons that a model must have beyond its parameters: ACRO's degrees of freedom."""
LONGEST_TEXT = 400
"""Characters in a name that leaves or comes: labels of steps, code sets, levels. DataSHIELD allows 80 for what an analyst types."""
DOMINANCE = 0.9
"""ACRO's n-k rule with n = 2: no two persons may have this share of a total. Its p-ratio rule (all but the two largest have at least
a tenth of the largest) is kept with it: where it is broken these two have more than 1 / 1.1 of the total."""


@dataclass(frozen=True, slots=True)
class Cells:
    """Numbers of persons that are shown, or that follow from what is shown."""

    persons: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Model:
    """A regression. smallest_cell: persons who have the rarest of its 0/1 columns, in the arm where they are fewest."""

    persons: int
    parameters: int
    smallest_cell: int | None = None


@dataclass(frozen=True, slots=True)
class Magnitude:
    """A mean or total of a number that cannot be negative: the sum over persons and the sum of squares.

    Two persons have at most the square root of twice the sum of squares, so the rule never misses a case that it forbids.
    """

    persons: int
    total: float
    squares: float


@dataclass(frozen=True, slots=True)
class Quantile:
    """A quantile; 0 and 1 are the extremes."""

    persons: int
    probability: float


@dataclass(frozen=True, slots=True)
class Text:
    """A name that leaves."""

    characters: int


Subject: TypeAlias = Cells | Model | Magnitude | Quantile | Text
Name: TypeAlias = Literal["small cell", "saturated model", "small cell in a model", "dominance", "extreme", "long text"]

STATEMENTS: dict[Name, str] = {
    "small cell": "No number of persons from 1 to the minimum count less one is shown, nor can one be worked out from what is shown.",
    "saturated model": "No model is shown with more than one parameter for three persons, or fewer than ten persons beyond them.",
    "small cell in a model": "No coefficient is shown of something that fewer persons than the minimum count have in an arm.",
    "dominance": "No mean or total is shown of which one person or two may make up nine tenths.",
    "extreme": "No minimum or maximum is shown, and no quantile beyond which fewer persons lie than the minimum count.",
    "long text": "No text leaves but names that the study or the vocabulary gives, of 400 characters at most.",
}


def broken(subject: Subject, policy: Policy) -> tuple[Name, ...]:
    """The rules that showing this would break; none when it may be shown."""
    fewest = policy.minimum_count
    match subject:
        case Cells(persons):
            return _if("small cell", any(0 < n < fewest for n in persons))
        case Model(persons, parameters, cell):
            saturated = parameters > SATURATED * persons or persons - parameters < DEGREES
            return (
                *_if("saturated model", persons > 0 and saturated),
                *_if("small cell in a model", cell is not None and 0 < cell < fewest),
            )
        case Magnitude(persons, total, squares):
            return _if("dominance", persons > 0 and total > 0 and sqrt(2 * max(squares, 0.0)) > DOMINANCE * total)
        case Quantile(persons, probability):
            return _if("extreme", persons * min(probability, 1 - probability) < fewest)
        case Text(characters):
            return _if("long text", characters > LONGEST_TEXT)


def small(persons: int, policy: Policy) -> bool:
    """Whether a number of persons is one that may not be shown."""
    return bool(broken(Cells((persons,)), policy))


def coarse_steps(persons: Sequence[int], fewest: int) -> tuple[int, ...]:
    """Which steps of a curve are drawn so that none stands for fewer persons than `fewest`: places in `persons`, the events at each step.

    Steps are laid together from the left, each group drawn at its last; what is left at the end goes with the last group, which ends there.
    Nothing is drawn when all together are fewer.
    """
    ends: list[int] = []
    together = 0
    for place, n in enumerate(persons):
        together += n
        if together >= fewest:
            ends.append(place)
            together = 0
    if together and ends:
        ends[-1] = len(persons) - 1
    return tuple(ends)


def apart(numbers: Sequence[int], fewest: int) -> tuple[bool, ...]:
    """Which of falling numbers of persons may stand after one another: those less than `fewest` under the last one shown may not."""
    shown, last = [], None
    for n in numbers:
        well = last is None or n == last or last - n >= fewest
        shown.append(well)
        last = n if well else last
    return tuple(shown)


def _if(name: Name, holds: bool) -> tuple[Name, ...]:
    return (name,) if holds else ()

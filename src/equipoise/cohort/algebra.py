"""What criteria mean, in few and small nodes: numbers and truths about one person around one index day. Frozen; every engine runs these.

A number can be unknown (no birth date, no record in the window); a truth never is: `Between` of an unknown number is false, and
`Negation` of that is true. All windows are days from the index, closed at both ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from equipoise.study.model import Window


@dataclass(frozen=True, slots=True)
class ValueRange:
    """A numeric value, converted to `unit` (None: as recorded), in [low, high]; an open end is None. A value must be there."""

    unit: str | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class RecordsNear:
    """The person's records in any of the sets that start inside the window, and whose value lies in the range if one is given."""

    sets: tuple[str, ...]
    window: Window
    value: ValueRange | None = None


@dataclass(frozen=True, slots=True)
class HowMany:
    """Number of records (one in two sets counts once), of distinct start days, or of distinct sets. 0 when there are none."""

    of: RecordsNear
    unit: Literal["records", "dates", "sets"] = "records"


@dataclass(frozen=True, slots=True)
class DaysSpanned:
    """Days from the first start day to the last; unknown when there is no record."""

    of: RecordsNear


@dataclass(frozen=True, slots=True)
class AgeAtIndex:
    """Whole years from birth to the index date; unknown without a year of birth."""


@dataclass(frozen=True, slots=True)
class PriorLines:
    """Lines of therapy begun before the index day, by the rules that the engine was prepared with."""


Number: TypeAlias = HowMany | DaysSpanned | AgeAtIndex | PriorLines


@dataclass(frozen=True, slots=True)
class Between:
    """The number is known and lies in [low, high]; an open end is None."""

    number: Number
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True)
class SexIs:
    """The sex recorded for the person."""

    sex: Literal["female", "male"]


@dataclass(frozen=True, slots=True)
class ObservedAround:
    """Some observation period holds the index day, began at least `before` days earlier and ends at least `after` days later."""

    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Every:
    """All parts hold; true when there are none."""

    parts: tuple[Truth, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least one part holds; false when there are none."""

    parts: tuple[Truth, ...]


@dataclass(frozen=True, slots=True)
class Negation:
    """The part does not hold."""

    part: Truth


Truth: TypeAlias = Between | SexIs | ObservedAround | Every | Some | Negation


def leaves(truth: Truth) -> tuple[Truth, ...]:
    """The truths without parts, in order of appearance."""
    match truth:
        case Every(parts) | Some(parts):
            return tuple(leaf for part in parts for leaf in leaves(part))
        case Negation(part):
            return leaves(part)
        case _:
            return (truth,)

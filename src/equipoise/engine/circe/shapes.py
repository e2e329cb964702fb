"""A definition as the engine thinks of it: leaves (records that match), groups around them, limits, exits. Hashable, so that equal parts
are found once however many definitions share them.

What decides the text of a query is a *shape*; what only fills it in is a *value*. Parts of one shape are one query over a table of their
values. Days are counted from 1970-01-01.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FilterKind = Literal[
    "compare", "between", "not_between", "in", "not_in", "not_listed", "null", "not_null", "like", "not_like", "flag", "region"
]
Value = int | float | str
ValueType = Literal["id", "number", "text", "day"]

NEVER_REACHED = 1_000_000_000
FARTHEST = 3_000_000
"""Days: further than any two dates with years of four digits. Offsets beyond are cut to it, so that sums stay whole numbers of 32 bits."""


@dataclass(frozen=True, slots=True)
class FilterShape:
    """What is held against what, without the numbers. `of` as in `domains.Attribute`; `operator` is SQL's, for `compare`."""

    kind: FilterKind
    of: str
    type: ValueType = "id"
    operator: str = ""


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition on a record, with its numbers. Concept sets are numbers of the batch's sets."""

    shape: FilterShape
    values: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True)
class Adjustment:
    """Moved dates: from which date each is counted, and by how many days."""

    start_with: str
    start_offset: int
    end_with: str
    end_offset: int


@dataclass(frozen=True, slots=True)
class Leaf:
    """Records of a domain that become events. `counted`: the value of which distinct ones are counted, if not a date or the visit.

    `group`: only the events around which it holds."""

    domain: str
    concept_set: int | None = None
    source_set: int | None = None
    first: bool = False
    filters: tuple[Filter, ...] = ()
    adjustment: Adjustment | None = None
    period: tuple[int | None, int | None] | None = None
    counted: str | None = None
    group: Group | None = None


BoundKind = Literal[0, 1, 2, 3]
"""0: days from the index date. 1, 2: start, end of the observation period. 3: none."""


@dataclass(frozen=True, slots=True)
class Bound:
    """One end of a window."""

    kind: BoundKind
    days: int = 0


@dataclass(frozen=True, slots=True)
class WindowShape:
    """Which dates a window compares."""

    index_end: bool
    event_end: bool


@dataclass(frozen=True, slots=True)
class Window:
    """A window with its bounds."""

    shape: WindowShape
    low: Bound
    high: Bound


@dataclass(frozen=True, slots=True)
class Counted:
    """So many events of a leaf in windows; `low` to `high` are the counts for which the answer is not `default`, the answer for none."""

    leaf: Leaf
    windows: tuple[Window, ...]
    distinct: str | None
    same_visit: bool
    anywhere: bool
    default: bool
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Demographic:
    """Who the person is at the event."""

    filters: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Holds when from `low` to `high` of its members hold."""

    low: int
    high: int
    counted: tuple[Counted, ...] = ()
    demographic: tuple[Demographic, ...] = ()
    groups: tuple[Group, ...] = ()

    @property
    def members(self) -> int:
        """How many members it has."""
        return len(self.counted) + len(self.demographic) + len(self.groups)


EMPTY = Group(0, NEVER_REACHED)
"""A group without members: it always holds."""

Limit = Literal[0, 1, -1]
"""0: all events; 1: the first; -1: the last."""


@dataclass(frozen=True, slots=True)
class Era:
    """Exit at the end of continuous exposure."""

    drug_set: int
    gap_days: int
    offset: int
    days_supply: int | None


@dataclass(frozen=True, slots=True)
class Exit:
    """When a person leaves. `offset` None: at the end of observation, or of the era or at a censoring event if there are any."""

    offset: int | None = None
    from_end: bool = False
    era: Era | None = None
    censoring: tuple[Leaf, ...] = ()


@dataclass(frozen=True, slots=True)
class Definition:
    """A cohort definition, ready to be numbered into a batch. `qualifying` None: no additional criteria, and so no qualified limit."""

    id: int
    primary: tuple[Leaf, ...]
    prior_days: int
    post_days: int
    primary_limit: Limit
    qualifying: Group | None
    qualified_limit: Limit
    rules: tuple[Group, ...]
    rule_names: tuple[str, ...]
    expression_limit: Limit
    exit: Exit
    pad: int
    window: tuple[int | None, int | None]

    @property
    def limited_before_rules(self) -> bool:
        """Whether a person has at most one event when the rules are asked."""
        return bool(self.primary_limit or (self.qualifying is not None and self.qualified_limit))

    @property
    def single(self) -> bool:
        """Whether a person has at most one entry, so that none can be collapsed."""
        return self.limited_before_rules or bool(self.expression_limit)

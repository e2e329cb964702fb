"""Number the parts of many definitions, so that equal parts are one and parts of one shape are rows of one table.

A leaf without a group is at level 0. A leaf with one is a *context*, a level above the highest leaf inside its group: its group is asked
around the events of the same leaf without the group. Definitions are contexts too: their additional criteria around primary events, their
inclusion rules around qualified events. All contexts of a level are one *stage*.

A member of a group has a `default`, its answer when no record is found, so that only exceptions to it are ever rows. A group starts from
the number of members whose default is true (`base`) and adds 1 or takes 1 away for every exception.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from equipoise.engine.circe.filters import SetNumbers
from equipoise.engine.circe.shapes import NEVER_REACHED, Counted, Definition, Demographic, FilterShape, Group, Leaf, WindowShape


@dataclass(frozen=True, slots=True)
class LeafShape:
    """What decides a leaf's query."""

    domain: str
    by_concept: bool
    by_source: bool
    first: bool
    filters: tuple[FilterShape, ...]
    adjusted: tuple[str, str] | None
    period: tuple[bool, bool] | None
    counted: str | None

    @staticmethod
    def of(leaf: Leaf) -> LeafShape:
        """The shape of a leaf, its group apart."""
        moved, period = leaf.adjustment, leaf.period
        return LeafShape(
            leaf.domain,
            leaf.concept_set is not None,
            leaf.source_set is not None,
            leaf.first,
            tuple(one.shape for one in leaf.filters),
            None if moved is None else (moved.start_with, moved.end_with),
            None if period is None else (period[0] is not None, period[1] is not None),
            leaf.counted,
        )


@dataclass(frozen=True, slots=True)
class CountShape:
    """What decides a correlated criterion's query."""

    windows: tuple[WindowShape, ...]
    distinct: str | None
    same_visit: bool


@dataclass(frozen=True, slots=True)
class CountedNode:
    """A correlated criterion in its place."""

    node: int
    group: int
    context: int
    leaf: int
    counted: Counted


@dataclass(frozen=True, slots=True)
class DemographicNode:
    """A demographic criterion in its place."""

    id: int
    group: int
    context: int
    demographic: Demographic


@dataclass(frozen=True, slots=True)
class GroupNode:
    """A group in its place. `height` 1: no groups inside. `parent` -1: the root of its context."""

    id: int
    parent: int
    context: int
    height: int
    base: int
    low: int
    high: int

    @property
    def default(self) -> bool:
        """Its answer where no member is an exception."""
        return self.low <= self.base <= self.high


@dataclass(frozen=True, slots=True)
class Context:
    """What a root group decides: a leaf from the same leaf without a group (`source`), or a definition."""

    id: int
    source: int
    root: int
    default: bool


@dataclass(slots=True)
class Stage:
    """All groups that are asked at once."""

    contexts: list[Context] = field(default_factory=list)
    counted: list[CountedNode] = field(default_factory=list)
    demographic: list[DemographicNode] = field(default_factory=list)
    groups: list[GroupNode] = field(default_factory=list)

    def height(self) -> int:
        """How deep its groups are nested."""
        return max((one.height for one in self.groups), default=0)


@dataclass(slots=True)
class Batch:
    """Definitions, numbered. `levels[k]`: the leaves found by the stage `around[k - 1]`; level 0 is read from records."""

    sets: SetNumbers
    definitions: tuple[Definition, ...]
    leaves: dict[Leaf, int] = field(default_factory=dict)
    around: list[Stage] = field(default_factory=list)
    qualifying: Stage = field(default_factory=Stage)
    rules: Stage = field(default_factory=Stage)
    rule_roots: list[tuple[int, int, GroupNode]] = field(default_factory=list)
    """Definition, position of the rule from 0, and the rule's group."""
    _numbered: int = 0

    @staticmethod
    def of(definitions: Iterable[Definition], sets: SetNumbers) -> Batch:
        """Number the parts."""
        batch = Batch(sets, tuple(definitions))
        for one in batch.definitions:
            for leaf in (*one.primary, *one.exit.censoring):
                batch.leaf(leaf)
            if one.qualifying is not None and one.qualifying.members:
                batch._context(batch.qualifying, one.id, -1, one.qualifying)
            if one.rules:
                batch._rules(one)
        return batch

    def records(self) -> Iterator[tuple[Leaf, int]]:
        """The leaves of level 0."""
        return ((leaf, number) for leaf, number in self.leaves.items() if leaf.group is None)

    def leaf(self, leaf: Leaf) -> int:
        """The leaf's number; numbers it, and all that its group needs, when it is new."""
        known = self.leaves.get(leaf)
        if known is not None:
            return known
        if leaf.group is None:
            return self.leaves.setdefault(leaf, self._next())
        source = self.leaf(replace(leaf, group=None))
        level = level_of(leaf)
        self.around.extend(Stage() for _ in range(level - len(self.around)))
        number = self.leaves.setdefault(leaf, self._next())
        self._context(self.around[level - 1], number, source, leaf.group)
        return number

    def _next(self) -> int:
        self._numbered += 1
        return self._numbered

    def _context(self, stage: Stage, context: int, source: int, group: Group) -> None:
        root = self._group(stage, context, -1, group)
        stage.contexts.append(Context(context, source, root.id, root.default))

    def _rules(self, definition: Definition) -> None:
        every = self._next()
        found = [self._group(self.rules, definition.id, every, rule) for rule in definition.rules]
        self.rule_roots += [(definition.id, place, root) for place, root in enumerate(found)]
        total = len(found)
        top = GroupNode(every, -1, definition.id, 1 + max(one.height for one in found), sum(one.default for one in found), total, total)
        self.rules.groups.append(top)
        self.rules.contexts.append(Context(definition.id, -1, every, top.default))

    def _group(self, stage: Stage, context: int, parent: int, group: Group) -> GroupNode:
        number = self._next()
        for one in group.counted:
            if one.low < NEVER_REACHED:
                stage.counted.append(CountedNode(self._next(), number, context, self.leaf(one.leaf), one))
        stage.demographic += [DemographicNode(self._next(), number, context, one) for one in group.demographic]
        inside = [self._group(stage, context, number, one) for one in group.groups]
        base = sum(one.default for one in group.counted) + sum(one.default for one in inside)
        node = GroupNode(number, parent, context, 1 + max((one.height for one in inside), default=0), base, group.low, group.high)
        stage.groups.append(node)
        return node


def level_of(leaf: Leaf) -> int:
    """How many stages of groups come before the leaf is known."""
    return 0 if leaf.group is None else 1 + max((level_of(one) for one in _leaves_in(leaf.group)), default=0)


def _leaves_in(group: Group) -> Iterator[Leaf]:
    yield from (one.leaf for one in group.counted)
    for inside in group.groups:
        yield from _leaves_in(inside)

"""Masking of counts: small ones first, then as many others as it takes that no reader can work a small one out of totals.

Primary and complementary cell suppression (Willenborg and de Waal, Elements of Statistical Disclosure Control, 2001, chapter 5), greedy:
correct, not the least possible. A reader is assumed to know all shown numbers, that counts are not negative, that a small mask stands
for 1 to minimum - 1 and that another hidden cell holds at least the minimum.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Literal

from equipoise.guard.bounds import Equation, Range, ranges, whole_numbers
from equipoise.guard.policy import Policy
from equipoise.guard.rules import small as is_small
from equipoise.kernel.masked import Count, Masked

Reason = Literal["small", "complementary"]


@dataclass(frozen=True, slots=True)
class Cell:
    """A count of people. Cells of low `importance` are hidden first; those not `shown` are in no table but could be worked out.

    `fixed`: the reader has it from another table already, so that hiding it here would hide nothing (a small one is hidden there too).
    """

    value: int
    importance: int = 0
    shown: bool = True
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Total:
    """`total` = sum of `parts`, by names of cells."""

    total: str
    parts: tuple[str, ...]


@dataclass(slots=True)
class CountTable:
    """All counts that will be shown together, and the sums that tie them. A name stands for one count wherever it is shown."""

    cells: dict[str, Cell] = field(default_factory=dict)
    totals: list[Total] = field(default_factory=list)

    def cell(self, name: str, value: int, importance: int = 0, *, fixed: bool = False) -> str:
        """Add a count that is to be shown."""
        self.cells[name] = Cell(int(value), importance, fixed=fixed)
        return name

    def rest(self, total: str, *parts: str) -> None:
        """Say that what is left of a total after its parts is a number of people too, though no table shows it."""
        left = self.cells[total].value - sum(self.cells[part].value for part in parts)
        name = f"{total} less {' and '.join(parts)}"
        self.cells[name] = Cell(left, shown=False)
        self.totals.append(Total(total, (*parts, name)))

    def sum(self, total: str, *parts: str) -> None:
        """Say that a count is the sum of others."""
        self.totals.append(Total(total, parts))


@dataclass(frozen=True, slots=True)
class MaskedCounts:
    """The counts as they may be shown, and why each hidden one is."""

    counts: Mapping[str, Count]
    reasons: Mapping[str, Reason]

    def __getitem__(self, name: str) -> Count:
        return self.counts[name]


def mask_counts(table: CountTable, policy: Policy) -> MaskedCounts:
    """Mask counts of 1 to minimum - 1, and others until none of these can be pinned to fewer values than `needed` says."""
    small = {name for name, cell in table.cells.items() if is_small(cell.value, policy)}
    hidden: dict[str, Reason] = {name: "small" for name in sorted(small) if table.cells[name].shown}
    given_up: set[str] = set()
    while (victim := next_victim(table, policy, hidden, small, given_up)) is not None:
        hidden[victim] = "complementary"
    hidden = without_needless(table, policy, hidden, small - given_up)
    return MaskedCounts({name: _shown(name, cell, hidden, policy) for name, cell in table.cells.items() if cell.shown}, hidden)


def needed(policy: Policy) -> int:
    """How many values a small count must be able to have in a reader's eyes: half of those it is masked among, two at least."""
    return min(policy.minimum_count - 1, max(2, policy.minimum_count // 2))


def next_victim(table: CountTable, policy: Policy, hidden: Mapping[str, Reason], small: set[str], given_up: set[str]) -> str | None:
    """The next count to hide: the least important, then smallest, of those that give a small one away. None when all are safe."""
    for name in given_away(table, policy, hidden, small - given_up):
        victims = candidates(name, table, policy, hidden)
        if victims:
            return min(victims, key=lambda other: (table.cells[other].importance, table.cells[other].value, other))
        given_up.add(name)
    return None


def given_away(table: CountTable, policy: Policy, hidden: Mapping[str, Reason], small: set[str]) -> list[str]:
    """The small counts that a reader can pin to fewer values than they need."""
    known = knowledge(table, policy, hidden, small, needed(policy))
    return [name for name in sorted(small) if whole_numbers(known[name]) < needed(policy)]


def without_needless(table: CountTable, policy: Policy, hidden: dict[str, Reason], small: set[str]) -> dict[str, Reason]:
    """Show again, the most important first, what was hidden on the way to a mask that needs it no more."""
    again = [name for name, reason in hidden.items() if reason == "complementary" and table.cells[name].value >= policy.minimum_count]
    for name in sorted(again, key=lambda cell: (-table.cells[cell].importance, -table.cells[cell].value, cell)):
        fewer = {other: reason for other, reason in hidden.items() if other != name}
        if not given_away(table, policy, fewer, small):
            hidden = fewer
    return hidden


def knowledge(
    table: CountTable, policy: Policy, hidden: Mapping[str, Reason], wanted: set[str] | None = None, enough: float = inf
) -> dict[str, Range]:
    """What a reader knows of every cell that is hidden or not shown; of others than the wanted less may be said than can be known, and of
    one that may have `enough` whole numbers no more than that."""
    priors: dict[str, Range] = {}
    for name, cell in table.cells.items():
        if not cell.shown:
            priors[name] = (0.0, inf)
        elif name in hidden:
            priors[name] = _claim(cell, hidden[name], policy)
    return ranges(priors, equations(table, priors), wanted, enough)


def _claim(cell: Cell, reason: Reason, policy: Policy) -> Range:
    """The range that a mask itself tells."""
    if reason == "small":
        return 1.0, policy.minimum_count - 1.0
    return (float(policy.minimum_count), inf) if cell.value >= policy.minimum_count else (0.0, inf)


def equations(table: CountTable, unknown: Mapping[str, Range]) -> list[Equation]:
    """The sums with what is shown put in, so that only hidden cells remain."""
    found = []
    for total in table.totals:
        signs = [(total.total, 1), *((part, -1) for part in total.parts)]
        value = -sum(sign * table.cells[name].value for name, sign in signs if name not in unknown)
        left = {name: sign for name, sign in signs if name in unknown}
        if left:
            found.append(Equation(left, value))
    return found


def candidates(name: str, table: CountTable, policy: Policy, hidden: Mapping[str, Reason]) -> list[str]:
    """Counts whose hiding may help: in a sum with the cell, else in one with its hidden neighbours; zeros and small ones last."""
    reached, ring = {name}, {name}
    zeros: list[str] = []
    while ring:
        near = {other for total in table.totals if ring & {total.total, *total.parts} for other in (total.total, *total.parts)} - reached
        near = {other for other in near if not table.cells[other].fixed}
        shown = [other for other in near if table.cells[other].shown and other not in hidden]
        found = [other for other in shown if table.cells[other].value >= policy.minimum_count]
        if found:
            return found
        zeros += shown
        reached |= near
        ring = near - set(shown)
    return zeros or [other for other in reached - {name} if hidden.get(other) == "small"]


def _shown(name: str, cell: Cell, hidden: Mapping[str, Reason], policy: Policy) -> Count:
    if name not in hidden:
        return cell.value
    if hidden[name] == "complementary":
        return Masked(policy.minimum_count, complementary=True)
    return Masked(policy.minimum_count, shown_as=policy.minimum_count - 1 if policy.masking == "show-10" else None)

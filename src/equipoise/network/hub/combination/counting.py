"""The persons and events of every combined arm, masked: one table of counts an analysis and arm, one analysis after the other.

All analyses divide the same persons, and a reader may subtract one from another. So what an earlier analysis shows is taken for known
in the later ones, and the difference of two nested groups is a number of people too. In one table with all others, the circles that
these sums form would take hours to mask.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from equipoise.estimators.kaplan_meier.summary import KaplanMeierResult
from equipoise.guard.counts import CountTable, MaskedCounts, Reason, mask_counts
from equipoise.guard.policy import Policy
from equipoise.kernel.masked import Count, Masked
from equipoise.network.hub.analysis.flow import small
from equipoise.network.hub.analysis.people import People
from equipoise.network.hub.combination.analyses import Arms
from equipoise.network.hub.combination.asking import Found

What: TypeAlias = Literal["persons", "events"]
WHATS: tuple[What, What] = ("persons", "events")
Part: TypeAlias = Literal["arm", "label", "apart", "left"]
Days: TypeAlias = tuple[int, int]


def left_cell(analysis: str, arm: int, what: What) -> str:
    """The cell of those of an arm who left before a landmark, in the one table of counts."""
    return f"combination {analysis}, left before, {'target' if arm else 'comparator'}: {what}"


def enter_left(people: People, arms: Arms, found: tuple[Found, ...]) -> None:
    """Enter who left before each landmark, by arm: those who stayed can be worked out, so they count too."""
    for one in found:
        if one.counted.left is None:
            continue
        for arm in (0, 1):
            left = [_counts(one.counted.left, arms.code(arm, label)) for label in range(arms.labels)]
            names = [
                people.table.cell(left_cell(one.analysis.name, arm, what), sum(n), 1)
                for what, n in zip(WHATS, zip(*left, strict=True), strict=True)
            ]
            for what, name in zip(WHATS, names, strict=True):
                people.table.rest(people.outcome_cell(arms.block.outcome, arm, what), name)
            people.table.rest(*names)


@dataclass(slots=True)
class Shown:
    """Counts as they may be shown, by analysis, part and code (of pairs described apart: 2 x pair + arm), and why others are hidden."""

    arms: Arms
    policy: Policy
    counts: dict[tuple[str, Part, int, What], Count] = field(default_factory=dict)
    reasons: dict[str, Reason] = field(default_factory=dict)

    def of(self, analysis: str, part: Part, code: int) -> tuple[Count | None, Count | None]:
        """Persons and events; None where the analysis does not count them."""
        return self.counts.get((analysis, part, code, "persons")), self.counts.get((analysis, part, code, "events"))

    def nobody_sees(self) -> Masked:
        """A count that is hidden because of others."""
        return Masked(self.policy.minimum_count, complementary=True)


def mask_all(people: People, arms: Arms, found: tuple[Found, ...], masked: MaskedCounts) -> Shown:
    """Mask every analysis. masked: the one table of counts."""
    shown = Shown(arms, people.census.policy)
    for arm in (1, 0):
        known: dict[tuple[Days, str, int, What], int] = {}
        for one in found:
            if one.analysis.days is not None:
                totals = _totals(people, arms, one, arm, masked)
                _mask(shown, one, arm, totals, known)
    for one in found:
        if one.analysis.kind == "clones":
            _clones(shown, one, found)
        if one.analysis.kind == "time-varying":
            _few_only(shown, one)
        _labels(shown, one)
    return shown


def _totals(people: People, arms: Arms, one: Found, arm: int, masked: MaskedCounts) -> dict[What, Count]:
    """Persons and events of the arm whom the analysis divides."""
    totals: dict[What, Count] = {what: masked[people.outcome_cell(arms.block.outcome, arm, what)] for what in WHATS}
    if one.counted.left is not None:
        totals = {what: _less(totals[what], masked[left_cell(one.analysis.name, arm, what)]) for what in WHATS}
    return totals


def _less(whole: Count, part: Count) -> Count:
    if isinstance(whole, Masked):
        return whole
    return part if isinstance(part, Masked) else whole - part


def _mask(shown: Shown, one: Found, arm: int, totals: Mapping[What, Count], known: dict[tuple[Days, str, int, What], int]) -> None:
    """Mask one analysis of one arm. Where the size of the arm is hidden, so is everything in it."""
    arms, table, names = shown.arms, CountTable(), dict[tuple[Part, int, What], str]()
    for label in range(arms.labels):
        _enter(
            table, names, ("arm", arms.code(arm, label)), arms.name(arms.code(arm, label)), _counts(one.counted.arms, arms.code(arm, label))
        )
    for what in WHATS:
        parts = [names["arm", arms.code(arm, label), what] for label in range(arms.labels)]
        if isinstance(totals[what], int):
            table.sum(table.cell(f"all {what}", sum(table.cells[part].value for part in parts), fixed=True), *parts)
    for place, pair in enumerate(arms.block.apart if one.counted.apart else ()):
        _enter(table, names, ("apart", 2 * place + arm), arms.apart_name(arm, pair), _counts(one.counted.apart[place], arm))
        first = min(arms.class_places(pair))
        for what in WHATS if first == 0 else ():
            _part_of(table, names["arm", arms.code(arm, first), what], names["apart", 2 * place + arm, what])
    for label in (*range(arms.labels),):
        for what in WHATS:
            _tie_to_known(table, names["arm", arms.code(arm, label), what], one, (label, what), known, last=arms.labels - 1)
    masked = mask_counts(table, shown.policy)
    hidden = isinstance(totals["persons"], Masked)
    for (part, code, what), name in names.items():
        shown.counts[one.analysis.name, part, code, what] = shown.nobody_sees() if hidden else masked[name]
        if isinstance(masked[name], Masked):
            shown.reasons[f"{one.analysis.name}, {name}"] = masked.reasons[name]
    _remember(shown, one, arm, known)


def _enter(table: CountTable, names: dict[tuple[Part, int, What], str], key: tuple[Part, int], name: str, counts: tuple[int, int]) -> None:
    for what, n in zip(WHATS, counts, strict=True):
        names[(*key, what)] = table.cell(f"{name}: {what}", n, 1 if what == "persons" else 0)
    table.rest(names[(*key, "persons")], names[(*key, "events")])


def _tie_to_known(
    table: CountTable, name: str, one: Found, of: tuple[int, What], known: Mapping[tuple[Days, str, int, What], int], *, last: int
) -> None:
    """With a longer window more have the first class and fewer have none; who stayed to a landmark is among those of its window."""
    days, (label, what) = one.analysis.days or (0, 0), of
    for (other, kind, at, counted), value in known.items():
        if (at, counted) != of:
            continue
        fixed = table.cell(f"{label} {what}, {kind} {other}", value, fixed=True)
        stayed, before = one.analysis.kind == "landmark", kind == "landmark"
        same = other == days and stayed and not before
        if same or (label == 0 and _inside(days, other) and not before) or (label == last and _inside(other, days) and not before):
            _part_of(table, fixed, name)
        elif not stayed and not before and ((label == 0 and _inside(other, days)) or (label == last and _inside(days, other))):
            _part_of(table, name, fixed)
        else:
            del table.cells[fixed]


def _inside(inner: Days, outer: Days) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def _remember(shown: Shown, one: Found, arm: int, known: dict[tuple[Days, str, int, What], int]) -> None:
    for label in range(shown.arms.labels):
        for what in WHATS:
            count = shown.counts[one.analysis.name, "arm", shown.arms.code(arm, label), what]
            if isinstance(count, int) and one.analysis.days is not None:
                known[one.analysis.days, one.analysis.kind, label, what] = count


def _clones(shown: Shown, one: Found, found: tuple[Found, ...]) -> None:
    """Clones of a strategy are the persons with its label, or one of lower priority, at the index. Of events only whether they are few."""
    arms = shown.arms
    index = next(other.analysis.name for other in found if other.analysis.days == arms.block.index_window)
    for code in arms.codes:
        arm, label = arms.split(code)
        parts = [shown.counts[index, "arm", arms.code(arm, lower), "persons"] for lower in range(label, arms.labels)]
        shown.counts[one.analysis.name, "arm", code, "persons"] = _sum(shown, parts, one.counted.arms.curve(code).rows)
    _few_only(shown, one, ("events",))


def _few_only(shown: Shown, one: Found, whats: tuple[What, ...] = WHATS) -> None:
    """Of the counts of combined arms only those that are few, masked; the others are not counted."""
    for code in shown.arms.codes:
        for what, n in zip(WHATS, _counts(one.counted.arms, code), strict=True):
            if what in whats and isinstance(count := small(n, shown.policy), Masked):
                shown.counts[one.analysis.name, "arm", code, what] = count


def _labels(shown: Shown, one: Found) -> None:
    """A label over both arms: the sum of its combined arms, where both are shown."""
    for label in range(shown.arms.labels):
        for what, n in zip(WHATS, _counts(one.counted.labels, label), strict=True):
            parts = [shown.counts.get((one.analysis.name, "arm", shown.arms.code(arm, label), what)) for arm in (0, 1)]
            if all(part is not None for part in parts):
                shown.counts[one.analysis.name, "label", label, what] = _sum(shown, [part for part in parts if part is not None], n)
            elif isinstance(count := small(n, shown.policy), Masked):
                shown.counts[one.analysis.name, "label", label, what] = count


def _sum(shown: Shown, parts: list[Count], n: int) -> Count:
    whole = [part for part in parts if isinstance(part, int)]
    count = small(n, shown.policy)
    if isinstance(count, Masked) or len(whole) == len(parts):
        return count
    return shown.nobody_sees()


def _counts(curves: KaplanMeierResult, group: int) -> tuple[int, int]:
    curve = curves.curve(group)
    return curve.rows, curve.people_with_event


def _part_of(table: CountTable, whole: str, part: str) -> None:
    """Those of the whole who are not in the part are a number of people too."""
    if table.cells[whole].value == table.cells[part].value:
        table.sum(whole, part)
    else:
        table.rest(whole, part)

"""Counts of events as they may be shown: persons with the event in the window, those the washout leaves out, and those it leaves.

Worked out after the one table of counts was masked, outcome by outcome and arm by arm, from what of it is shown: a count that is small is
hidden; one whose distance to another that is shown would be small is hidden with it. This hides more than the least that is needed, and
needs no search.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from equipoise.estimators.means.summary import MeansResult
from equipoise.guard.counts import MaskedCounts
from equipoise.guard.policy import Policy
from equipoise.guard.rules import small as is_small
from equipoise.kernel.masked import Count, Masked
from equipoise.network.hub.analysis.flow import ARMS
from equipoise.network.hub.analysis.people import People
from equipoise.network.hub.events.asking import EventFindings
from equipoise.results.study_result import MaskedCell
from equipoise.study.event_columns import event_outcomes
from equipoise.study.model import Adjustment

What: TypeAlias = Literal["washed_out", "kept", "in_window", "new_in_window"]
Place: TypeAlias = tuple[str, Adjustment, int, What]
"""Outcome, adjustment, group and what is counted; `kept`: persons whom the washout does not leave out."""


@dataclass(frozen=True, slots=True)
class EventCounts:
    """Counts as they may be shown."""

    counts: Mapping[Place, Count]

    def hidden(self, people: People) -> Iterator[MaskedCell]:
        """Which are hidden, and why."""
        for (outcome, adjustment, group, what), count in self.counts.items():
            if isinstance(count, Masked):
                name = f"{outcome} {people.population(adjustment)} {ARMS[group]} {what.replace('_', ' ')}"
                yield MaskedCell("events", name, "complementary" if count.complementary else "small")


def count_events(people: People, found: EventFindings, masked: MaskedCounts) -> EventCounts:
    """The counts of every outcome, in the arms of each population that was counted."""
    counts: dict[Place, Count] = {}
    for adjustment, means in found.people:
        for outcome in event_outcomes(people.plan.study):
            for group in (1, 0):
                ones = {what: _ones(found, means, outcome.name, what, group) for what in ("in_window", "washed_out", "new_in_window")}
                known = _known(people, outcome.name, adjustment, group, masked)
                n = people.table.cells[people.arm(adjustment, group)].value
                new = ones["new_in_window"] if found.place(outcome.name, "new_in_window") is not None else ones["in_window"]
                shown = ArmCounts(n, ones["washed_out"], ones["in_window"], new).shown(known, people.census.policy)
                counts |= {(outcome.name, adjustment, group, what): count for what, count in shown.items()}
    return EventCounts(counts)


def _known(people: People, outcome: str, adjustment: Adjustment, group: int, masked: MaskedCounts) -> Known:
    at_risk, events = (masked[people.cell(outcome, adjustment, group, part)] for part in ("persons", "events"))
    return Known(masked[people.arm(adjustment, group)], at_risk, events, by_matching=adjustment == "matched")


def _ones(found: EventFindings, means: MeansResult, outcome: str, count: str, group: int) -> int:
    place = found.place(outcome, count)
    return 0 if place is None else int(means.ones[group, place])


@dataclass(frozen=True, slots=True)
class Known:
    """What is shown of an arm already: its size, persons at risk for the outcome, those of them with the event.

    `by_matching`: the last two lack those whose partners went; whom matching leaves out is not held to be a secret.
    """

    arm: Count
    at_risk: Count
    events: Count
    by_matching: bool = False

    def apart(self, count: int, other: Count) -> tuple[int, ...]:
        """The distance to a count that is shown; none where matching made it."""
        return () if isinstance(other, Masked) or self.by_matching else (count - other,)


@dataclass(frozen=True, slots=True)
class ArmCounts:
    """One arm's counts: persons, of them left out by the washout, with the event in the window, and with it but not left out."""

    persons: int
    washed_out: int
    in_window: int
    new: int

    def shown(self, known: Known, policy: Policy) -> dict[What, Count]:
        """The counts, those hidden that are small or give a small one away. Where the arm's size is hidden, nothing is shown."""
        small, kept = _Small(policy), self.persons - self.washed_out
        outs = (self.washed_out, kept, *known.apart(kept, known.at_risk))
        insides = (
            *(self.in_window, self.new, self.persons - self.in_window, kept - self.new, self.in_window - self.new),
            self.washed_out - (self.in_window - self.new),
            *known.apart(self.in_window, known.events),
            *known.apart(self.new, known.events),
        )
        nothing = isinstance(known.arm, Masked)
        split = nothing or any(map(small.is_small, outs))
        uncertain = isinstance(known.events, Masked) and known.events.complementary
        events = nothing or uncertain or any(map(small.is_small, insides))
        return {
            "washed_out": small.count(self.washed_out, split),
            "kept": known.arm if self.washed_out == 0 else small.count(kept, split),
            "in_window": small.count(self.in_window, events),
            "new_in_window": small.count(self.new, events),
        }


@dataclass(frozen=True, slots=True)
class _Small:
    policy: Policy

    def is_small(self, count: int) -> bool:
        return is_small(count, self.policy)

    def count(self, count: int, hide: bool) -> Count:
        least = self.policy.minimum_count
        if self.is_small(count):
            return Masked(least, shown_as=least - 1 if self.policy.masking == "show-10" else None)
        return Masked(least, complementary=True) if hide and count else count

"""TriNetX's own "measures of association", beside the analyses that know of censoring: risks as shares of all patients in a cohort.

Worked out from the counts that are shown, and from nothing else: where the policy shows small counts as 10, they stand as 10, as they do
on that platform; where it hides them, there is no estimate.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from equipoise.estimators.two_by_two.interval import Interval
from equipoise.estimators.two_by_two.platform import PlatformAssociation, platform_association
from equipoise.guard.counts import MaskedCounts
from equipoise.kernel.masked import Count, Masked
from equipoise.network.hub.analysis.baseline import number
from equipoise.network.hub.analysis.people import People
from equipoise.network.hub.events.asking import EventFindings
from equipoise.network.hub.events.counting import EventCounts, What
from equipoise.network.hub.events.records import filled
from equipoise.results.analyses import ASSOCIATION
from equipoise.results.records import Record
from equipoise.study.model import Adjustment, EventOutcome, TimedOutcome

EVERYBODY, WITHOUT_IT_BEFORE = "all", "without the outcome before"


@dataclass(frozen=True, slots=True)
class Arms:
    """Persons and events of the target, then of the comparator, as they may be shown."""

    persons: tuple[Count, Count]
    events: tuple[Count, Count]


def association_records(people: People, found: EventFindings, counts: EventCounts, masked: MaskedCounts) -> Iterator[Record]:
    """Crude and matched; of everybody, and of those whom the washout does not leave out."""
    adjustments = [adjustment for adjustment, _ in found.people]
    for outcome in people.plan.study.timed_outcomes:
        for adjustment in adjustments:
            yield from _of(people, outcome, adjustment, EVERYBODY, _everybody(people, outcome, adjustment, counts, masked))
            if isinstance(outcome, EventOutcome) and outcome.washout is not None:
                new = _counts(outcome.name, adjustment, counts, "kept", "new_in_window")
                yield from _of(people, outcome, adjustment, WITHOUT_IT_BEFORE, new)


def _everybody(people: People, outcome: TimedOutcome, adjustment: Adjustment, counts: EventCounts, masked: MaskedCounts) -> Arms:
    """All patients of the cohorts; deaths are those of follow-up."""
    target, comparator = (masked[people.arm(adjustment, group)] for group in (1, 0))
    if isinstance(outcome, EventOutcome):
        events = _counts(outcome.name, adjustment, counts, "in_window", "in_window").events
    else:
        one, other = (masked[people.cell(outcome.name, adjustment, group, "events")] for group in (1, 0))
        events = (one, other)
    return Arms((target, comparator), events)


def _counts(outcome: str, adjustment: Adjustment, counts: EventCounts, persons: What, events: What) -> Arms:
    n1, n0 = (counts.counts[outcome, adjustment, group, persons] for group in (1, 0))
    e1, e0 = (counts.counts[outcome, adjustment, group, events] for group in (1, 0))
    return Arms((n1, n0), (e1, e0))


def _of(people: People, outcome: TimedOutcome, adjustment: Adjustment, population: str, arms: Arms) -> Iterator[Record]:
    study = people.plan.study
    end = outcome.risk_window.end if isinstance(outcome, EventOutcome) else None
    whole = Record(
        analysis=ASSOCIATION,
        population=population,
        outcome=outcome.name,
        measure="",
        target=study.target.name,
        comparator=study.comparator.name,
        adjustment=adjustment,
        n_target=arms.persons[0],
        n_comparator=arms.persons[1],
        events_target=arms.events[0],
        events_comparator=arms.events[1],
        time_days=float(min(study.follow.max_days if end is None else end, study.follow.max_days)),
    )
    found = association(arms)
    for group, risk in enumerate((found.risk_target, found.risk_comparator) if found else (None, None)):
        yield replace(_arm(whole, group), measure="risk", estimate=risk)
    yield from _compared(whole, found)


def _compared(whole: Record, found: PlatformAssociation | None) -> Iterator[Record]:
    names = ("risk_difference", "risk_ratio", "odds_ratio")
    if found is None:
        yield from (replace(whole, measure=name) for name in names)
        return
    yield filled(replace(whole, measure=names[0], p_value=number(found.p)), found.difference)
    yield replace(whole, measure="risk_difference_z", estimate=number(found.z), p_value=number(found.p))
    intervals: tuple[Interval, Interval] = (found.risk_ratio, found.odds_ratio)
    yield from (filled(replace(whole, measure=name), interval) for name, interval in zip(names[1:], intervals, strict=True))


def _arm(whole: Record, group: int) -> Record:
    """The record of one arm, 0 the target."""
    counts = (whole.n_target, whole.events_target) if group == 0 else (whole.n_comparator, whole.events_comparator)
    name = whole.target if group == 0 else whole.comparator
    return replace(
        whole, target=name, comparator=None, n_target=counts[0], events_target=counts[1], n_comparator=None, events_comparator=None
    )


def association(arms: Arms) -> PlatformAssociation | None:
    """The measures of counts as they are shown; None where one is not shown, or an arm is empty."""
    (n1, n0), (e1, e0) = (tuple(map(_read, counts)) for counts in (arms.persons, arms.events))
    if n1 is None or n0 is None or e1 is None or e0 is None or not (n1 and n0):
        return None
    return platform_association(min(e1, n1), n1, min(e0, n0), n0)


def _read(count: Count) -> int | None:
    return count.shown_as if isinstance(count, Masked) else count

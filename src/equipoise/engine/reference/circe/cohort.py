"""A definition from its initial events to its rows, one person at a time.

Ties on a day are broken by event id. The id of an initial event is its rank among the person's: by day (the latest first when the last is
wanted), then the record's id, then the criterion's position in the list, then the observation period.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from equipoise.cohort.circe.model import CohortExpression, CustomEra, DateOffset, LimitType, Period
from equipoise.engine.circe.errors import NO_DRUGS
from equipoise.engine.reference.circe.groups import Around, Index, check, index_of
from equipoise.engine.reference.circe.records import Day, Event
from equipoise.kernel.days import to_day
from equipoise.kernel.errors import Where

Span = tuple[Day, Day]


@dataclass(frozen=True, slots=True)
class Qualified:
    """A qualifying event, and which inclusion rules hold around it."""

    index: Index
    rules: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """What comes of one person: qualifying events, entries before the cohort is cut to its window, and rows."""

    id: int
    qualified: tuple[Qualified, ...]
    entries: tuple[Span, ...]
    rows: tuple[Span, ...]


def persons_of(expression: CohortExpression, around: Around) -> Iterator[Person]:
    """Every person with an initial event. Raises EQ-ENGINE-101 to -103 for what has no meaning."""
    _check(expression)
    found = [around.events(one) for one in expression.primary_criteria.criteria_list]
    for person in sorted({person for events in found for person in events}):
        qualified = _qualified(expression, around, [events.get(person, ()) for events in found])
        included = _limited([one.index for one in qualified if all(one.rules)], expression.expression_limit.type)
        exits = (_span(expression, around, index) for index in included)
        entries = joined([one for one in exits if one is not None], expression.collapse_settings.era_pad)
        yield Person(person, tuple(qualified), tuple(entries), tuple(_cut(entries, expression.censor_window)))


def _check(expression: CohortExpression) -> None:
    groups = [expression.additional_criteria, *(rule.expression for rule in expression.inclusion_rules)]
    criteria = (*expression.primary_criteria.criteria_list, *expression.censoring_criteria)
    for group in (*groups, *(one.correlated_criteria for one in criteria)):
        if group is not None:
            check(group)
    if isinstance(expression.end_strategy, CustomEra) and expression.end_strategy.drug_codeset_id is None:
        where = Where(path="EndStrategy.CustomEra.DrugCodesetId")
        raise NO_DRUGS.error("the exit by an era of a drug names no concept set", where)


def _qualified(expression: CohortExpression, around: Around, found: list[Sequence[Event]]) -> list[Qualified]:
    events = _initial(expression, around, found)
    additional = expression.additional_criteria
    if additional is not None:
        events = [index for index in events if around.holds(additional, [index])]
        events = _limited(events, expression.qualified_limit.type)
    return [Qualified(index, tuple(around.holds(rule.expression, [index]) for rule in expression.inclusion_rules)) for index in events]


def _initial(expression: CohortExpression, around: Around, found: list[Sequence[Event]]) -> list[Index]:
    """A person's initial events in their order, numbered from 1."""
    primary = expression.primary_criteria
    limit, window = primary.primary_criteria_limit.type, primary.observation_window
    direction = -1 if limit == "Last" else 1
    ordered = sorted(
        ((event.sort * direction, event.id, place, index.op_start, index.op_end), index)
        for place, events in enumerate(found)
        for event in events
        for index in index_of(event, around.site.periods.get(event.person, ()))
        if index.op_start + window.prior_days <= index.start and index.start + window.post_days <= index.op_end
    )
    numbered = [index._replace(id=number) for number, (_, index) in enumerate(ordered, start=1)]
    return numbered if limit == "All" else numbered[:1]


def _limited(events: list[Index], limit: LimitType) -> list[Index]:
    if limit == "All" or not events:
        return events
    direction = -1 if limit == "Last" else 1
    return [min(events, key=lambda index: (index.start * direction, index.id))]


def _span(expression: CohortExpression, around: Around, index: Index) -> Span | None:
    """From the event to the first exit that does not lie before it; None where there is no such exit."""
    days = [day for day in _exits(expression, around, index) if day is not None and day >= index.start]
    return (index.start, min(days)) if days else None


def _exits(expression: CohortExpression, around: Around, index: Index) -> Iterator[Day | None]:
    strategy = expression.end_strategy
    if isinstance(strategy, DateOffset):
        day = index.start if strategy.date_field == "StartDate" else index.end
        yield None if day is None else min(day + strategy.offset, index.op_end)
    else:
        yield index.op_end
    if isinstance(strategy, CustomEra):
        eras = _eras(strategy, around, index.person)
        yield from (end for start, end in eras if start <= index.start <= end)
    for criterion in expression.censoring_criteria:
        yield from (event.start for event in around.events(criterion).get(index.person, ()) if index.start <= event.start <= index.op_end)


def _eras(strategy: CustomEra, around: Around, person: int) -> list[Span]:
    """Continuous exposure to the drug, by its concept or by its source concept."""
    supply, more = strategy.days_supply_override, strategy.gap_days + strategy.offset
    spans = []
    for event in around.exposures(strategy).get(person, ()):
        end = event.end if supply is None else event.start + supply
        if end is not None:
            spans.append((event.start, end + more))
    return [(start, end - strategy.gap_days) for start, end in joined(spans, 0)]


def joined(spans: Iterable[Span], pad: int) -> list[Span]:
    """Spans at most `pad` days apart made one."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and found[-1][1] + pad >= start:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def _cut(entries: Iterable[Span], window: Period | None) -> Iterator[Span]:
    """The entries inside a window of calendar days."""
    first = None if window is None or window.start_date is None else to_day(window.start_date)
    last = None if window is None or window.end_date is None else to_day(window.end_date)
    for entry_start, entry_end in entries:
        start = entry_start if first is None else max(entry_start, first)
        end = entry_end if last is None else min(entry_end, last)
        if start <= end:
            yield start, end

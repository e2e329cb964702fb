"""Inclusion statistics of one definition: how many events, and persons by their best event, meet which of its rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from equipoise.cohort.circe.model import CohortExpression
from equipoise.engine.reference.circe.cohort import Person, Qualified

Row = tuple[int, ...]


def statistics_of(cohort_id: int, expression: CohortExpression, persons: Sequence[Person], most_rules: int) -> dict[str, list[Row]]:
    """Rows of the four tables by the table's name. Mode 0 counts events, mode 1 persons by their best event."""
    names = ("cohort_inclusion_result", "cohort_inclusion_stats", "cohort_summary_stats", "cohort_censor_stats")
    found: dict[str, list[Row]] = {name: [] for name in names}
    rules = len(expression.inclusion_rules)
    everyone = [event for person in persons for event in person.qualified]
    best = [min(person.qualified, key=_rank) for person in persons if person.qualified]
    for mode, events in enumerate((everyone, best) if 0 < rules <= most_rules else ()):
        masks = Counter(sum(1 << place for place, holds in enumerate(event.rules) if holds) for event in events)
        full = (1 << rules) - 1
        found["cohort_inclusion_result"] += [(cohort_id, mask, n, mode) for mask, n in sorted(masks.items())]
        for rule in range(rules):
            meet = sum(event.rules[rule] for event in events)
            found["cohort_inclusion_stats"].append((cohort_id, rule, meet, masks[full - (1 << rule)], len(events), mode))
        found["cohort_summary_stats"].append((cohort_id, len(events), masks[full], mode))
    if expression.censor_window is not None and (expression.censor_window.start_date or expression.censor_window.end_date):
        found["cohort_censor_stats"].append((cohort_id, _lost(persons)))
    return found


def _rank(event: Qualified) -> tuple[int, int, int, int]:
    """The best event meets the most rules; then the earliest rule, then it comes first, then its id decides."""
    earliest = event.rules.index(True) if any(event.rules) else 0
    return -sum(event.rules), earliest, event.index.start, event.index.id


def _lost(persons: Iterable[Person]) -> int:
    return sum(1 for person in persons if person.entries and not person.rows)

"""Checks of entry, limits and exit."""

from __future__ import annotations

from equipoise.cohort.circe.checking.errors import (
    CENSORED_AT_ENTRY,
    DAYS_SUPPLY,
    DRUG_NOT_IN_EXIT,
    EXIT_BEFORE_ENTRY,
    EXIT_ON_ENTRY,
    LIMIT_NO_EFFECT,
    NO_ENTRY,
    NO_EXIT,
    UNKNOWN_KEY,
)
from equipoise.cohort.circe.checking.finding import Findings, note, warning
from equipoise.cohort.circe.model import CohortExpression, CustomEra, DateOffset, DrugEra, DrugExposure
from equipoise.cohort.circe.walking import criteria_of


def entry(expression: CohortExpression) -> Findings:
    """Of entry events."""
    if not expression.primary_criteria.criteria_list:
        yield warning(NO_ENTRY, "there are no entry events", ("PrimaryCriteria", "CriteriaList"))


def exits(expression: CohortExpression) -> Findings:
    """Of the exit."""
    match expression.end_strategy:
        case DateOffset(date_field=field, offset=offset) if offset < 0:
            what = f"exit is {-offset} days before the {'start' if field == 'StartDate' else 'end'} of the entry event"
            yield (warning if field == "StartDate" else note)(EXIT_BEFORE_ENTRY, what, ("EndStrategy", "DateOffset", "Offset"))
        case DateOffset(date_field="StartDate", offset=0):
            yield warning(EXIT_ON_ENTRY, "exit is on the day of entry", ("EndStrategy", "DateOffset", "Offset"))
        case None if _keeps_all(expression):
            yield warning(NO_EXIT, "all events are kept, and there is no exit", ("EndStrategy",))
    for position, criterion in enumerate(expression.censoring_criteria):
        if criterion in expression.primary_criteria.criteria_list:
            yield warning(CENSORED_AT_ENTRY, "this is an entry event too", ("CensoringCriteria", position))


def _keeps_all(expression: CohortExpression) -> bool:
    qualified = expression.additional_criteria is None or expression.qualified_limit.type == "All"
    return expression.primary_criteria.primary_criteria_limit.type == "All" and expression.expression_limit.type == "All" and qualified


def limits(expression: CohortExpression) -> Findings:
    """Of the three limits, in their order."""
    qualified = expression.qualified_limit.type
    initial = expression.primary_criteria.primary_criteria_limit.type
    if expression.additional_criteria is None:
        if qualified == "Last":
            yield note(LIMIT_NO_EFFECT, "the qualified limit acts only with additional criteria", ("QualifiedLimit",))
    elif initial != "All" and qualified != initial:
        yield note(LIMIT_NO_EFFECT, f"`{qualified}` qualified event, after `{initial}` of the entry events", ("QualifiedLimit",))
    narrowed = initial if initial != "All" or expression.additional_criteria is None else qualified
    if narrowed != "All" and expression.expression_limit.type != narrowed:
        what = f"`{expression.expression_limit.type}` included event, after `{narrowed}` of the events before"
        yield note(LIMIT_NO_EFFECT, what, ("ExpressionLimit",))


def exposures(expression: CohortExpression) -> Findings:
    """Of drugs: whether exit follows them, and whether their length is known."""
    strategy = expression.end_strategy
    followed = strategy.drug_codeset_id if isinstance(strategy, CustomEra) else None
    for position, criterion in enumerate(expression.primary_criteria.criteria_list):
        if isinstance(criterion, DrugExposure | DrugEra) and criterion.codeset_id not in (None, followed):
            what = f"entry is by the concept set {criterion.codeset_id}, exit does not follow it"
            yield note(DRUG_NOT_IN_EXIT, what, ("PrimaryCriteria", "CriteriaList", position))
    if isinstance(strategy, CustomEra) and strategy.days_supply_override is None:
        yield note(DAYS_SUPPLY, "the exit's eras rest on recorded ends and days' supply", ("EndStrategy", "CustomEra"))
    for place, criterion, _ in criteria_of(expression):
        if isinstance(criterion, DrugEra):
            yield note(DAYS_SUPPLY, "drug eras rest on recorded ends and days' supply", place)


def unknown_keys(expression: CohortExpression) -> Findings:
    """Of keys that Circe does not have."""
    for unknown in expression.unknown:
        yield warning(UNKNOWN_KEY, f"the key {unknown.key[:60]!r} is unknown", (*unknown.place, unknown.key))

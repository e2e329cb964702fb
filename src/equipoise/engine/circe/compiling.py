"""From Circe's words to the engine's shapes, one definition at a time."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from equipoise.cohort.circe.model import (
    CohortExpression,
    CorrelatedCriteria,
    CriteriaGroup,
    Criterion,
    CustomEra,
    DateOffset,
    Endpoint,
    Occurrence,
    OccurrenceType,
    Period,
    ResultLimit,
)
from equipoise.cohort.circe.model import Window as CirceWindow
from equipoise.engine.circe.domains import DOMAINS
from equipoise.engine.circe.errors import NO_COUNT, NO_DRUGS, NOTHING_TO_COUNT
from equipoise.engine.circe.filters import SetNumbers, Sets, day_of, demographic_filters, filters_of
from equipoise.engine.circe.shapes import (
    EMPTY,
    FARTHEST,
    NEVER_REACHED,
    Adjustment,
    Bound,
    BoundKind,
    Counted,
    Definition,
    Demographic,
    Era,
    Exit,
    Group,
    Leaf,
    Limit,
    Window,
    WindowShape,
)
from equipoise.kernel.errors import Where

_LIMITS: dict[str, Limit] = {"All": 0, "First": 1, "Last": -1}
_EVERY_EVENT = {"START_DATE": "start_day", "END_DATE": "end_day", "VISIT_ID": "visit_id"}


def compile_definition(cohort_id: int, expression: CohortExpression, numbers: SetNumbers) -> Definition:
    """The definition with its concept sets numbered by the batch.

    Raises EQ-ENGINE-101 for a group that counts to nothing, -102 for a distinct count of what the domain lacks, -103 for an exit by the
    era of a drug without a drug.
    """
    sets = Sets.of(expression.concept_sets, numbers)
    primary = expression.primary_criteria
    additional = expression.additional_criteria
    return simpler(
        Definition(
            id=cohort_id,
            primary=tuple(leaf_of(one, sets) for one in primary.criteria_list),
            prior_days=_near(primary.observation_window.prior_days),
            post_days=_near(primary.observation_window.post_days),
            primary_limit=_limit(primary.primary_criteria_limit),
            qualifying=None if additional is None else _group(additional, sets),
            qualified_limit=_limit(expression.qualified_limit),
            rules=tuple(_group(rule.expression, sets) for rule in expression.inclusion_rules),
            rule_names=tuple(rule.name for rule in expression.inclusion_rules),
            expression_limit=_limit(expression.expression_limit),
            exit=_exit(expression, sets),
            pad=_near(expression.collapse_settings.era_pad),
            window=_days(expression.censor_window),
        )
    )


def simpler(one: Definition) -> Definition:
    """The same cohort with less to do: where nothing stands between primary and included events, the second limit can be the first."""
    between = one.rules or one.qualifying is not None or any(leaf.period for leaf in one.primary)
    return one if between or one.primary_limit else replace(one, primary_limit=one.expression_limit)


def _near(days: int) -> int:
    return max(-FARTHEST, min(FARTHEST, days))


def _limit(limit: ResultLimit) -> Limit:
    return _LIMITS[limit.type]


def _days(period: Period | None) -> tuple[int | None, int | None]:
    if period is None:
        return None, None
    start, end = period.start_date, period.end_date
    return (None if start is None else day_of(start)), (None if end is None else day_of(end))


def leaf_of(criterion: Criterion, sets: Sets, counted: str | None = None) -> Leaf:
    """A criterion as a leaf."""
    name = type(criterion).__name__
    domain = DOMAINS[name]
    source = getattr(criterion, domain.source_attribute) if domain.source_attribute else None
    period: Period | None = getattr(criterion, "user_defined_period", None)
    return Leaf(
        domain=name,
        concept_set=sets.optional(getattr(criterion, "codeset_id", None)),
        source_set=sets.optional(source),
        first=bool(getattr(criterion, "first", False)),
        filters=filters_of(criterion, domain, sets),
        adjustment=_adjustment(criterion, name) if domain.adjustable else None,
        period=_days(period) if period is not None and _days(period) != (None, None) else None,
        counted=counted,
        group=_around(criterion.correlated_criteria, sets),
    )


def _adjustment(criterion: Criterion, domain: str) -> Adjustment | None:
    moved = criterion.date_adjustment
    if moved is None:
        return None
    fixed = domain == "Death"
    return Adjustment(
        "start_day" if fixed or moved.start_with == "START_DATE" else "end_day",
        _near(moved.start_offset),
        "end_day" if fixed or moved.end_with == "END_DATE" else "start_day",
        _near(moved.end_offset),
    )


def _around(group: CriteriaGroup | None, sets: Sets) -> Group | None:
    return None if group is None or group.is_empty else _group(group, sets)


def _group(group: CriteriaGroup, sets: Sets) -> Group:
    if group.is_empty:
        return EMPTY
    members = len(group.criteria_list) + len(group.demographic_criteria_list) + len(group.groups)
    low, high = _needed(group, members)
    return Group(
        low,
        high,
        tuple(_counted(one, sets) for one in group.criteria_list),
        tuple(Demographic(demographic_filters(one, sets)) for one in group.demographic_criteria_list),
        tuple(_group(one, sets) for one in group.groups),
    )


def _needed(group: CriteriaGroup, members: int) -> tuple[int, int]:
    if group.type == "ALL":
        return members, members
    if group.type == "ANY":
        return 1, NEVER_REACHED
    if group.count is None:
        raise NO_COUNT.error(f"a group of type {group.type} says no count")
    return (group.count, NEVER_REACHED) if group.type == "AT_LEAST" else (0, group.count)


def _counted(criteria: CorrelatedCriteria, sets: Sets) -> Counted:
    column, of_leaf = _distinct(criteria)
    default, low, high = _answer(criteria.occurrence)
    anywhere = criteria.ignore_observation_period
    second = criteria.end_window
    return Counted(
        leaf=leaf_of(criteria.criteria, sets, of_leaf),
        windows=(_window(criteria.start_window, anywhere), *(() if second is None else (_window(second, anywhere),))),
        distinct=column,
        same_visit=criteria.restrict_visit,
        anywhere=anywhere,
        default=default,
        low=low,
        high=high,
    )


def _distinct(criteria: CorrelatedCriteria) -> tuple[str | None, str | None]:
    """The column of an event that is counted, and, if it is not one that every event has, what of the record fills it."""
    if not criteria.occurrence.is_distinct:
        return None, None
    column = criteria.occurrence.count_column or "DOMAIN_CONCEPT"
    if column in _EVERY_EVENT:
        return _EVERY_EVENT[column], None
    name = type(criteria.criteria).__name__
    of = DOMAINS[name].counted.get(column)
    if of is None:
        raise NOTHING_TO_COUNT.error(f"{name} has no {column} to count", Where(path=f"{name}.Occurrence.CountColumn"))
    return "counted", of


def _answer(occurrence: Occurrence) -> tuple[bool, int, int]:
    """What holds when no event is found, and from how many to how many events the answer is the other one."""
    count = occurrence.count
    if occurrence.type is OccurrenceType.AT_MOST:
        return count >= 0, count + 1, NEVER_REACHED
    if occurrence.type is OccurrenceType.AT_LEAST:
        return (True, NEVER_REACHED, NEVER_REACHED) if count == 0 else (False, count, NEVER_REACHED)
    return (True, 1, NEVER_REACHED) if count == 0 else (False, count, count)


def _window(window: CirceWindow, anywhere: bool) -> Window:
    shape = WindowShape(window.use_index_end, window.use_event_end)
    return Window(shape, _bound(window.start, anywhere), _bound(window.end, anywhere))


def _bound(endpoint: Endpoint, anywhere: bool) -> Bound:
    if endpoint.offset is not None:
        return Bound(0, _near(endpoint.offset))
    unbounded: Literal[1, 2] = 1 if endpoint.coeff == -1 else 2
    kind: BoundKind = 3 if anywhere else unbounded
    return Bound(kind)


def _exit(expression: CohortExpression, sets: Sets) -> Exit:
    censoring = tuple(leaf_of(one, sets) for one in expression.censoring_criteria)
    match expression.end_strategy:
        case DateOffset(date_field=date_field, offset=offset):
            return Exit(_near(offset), date_field == "EndDate", None, censoring)
        case CustomEra() as strategy:
            return Exit(era=_era(strategy, sets), censoring=censoring)
        case None:
            return Exit(censoring=censoring)


def _era(strategy: CustomEra, sets: Sets) -> Era:
    if strategy.drug_codeset_id is None:
        raise NO_DRUGS.error("the exit by an era of a drug names no concept set", Where(path="EndStrategy.CustomEra.DrugCodesetId"))
    override = strategy.days_supply_override
    return Era(
        sets.number(strategy.drug_codeset_id),
        _near(strategy.gap_days),
        _near(strategy.offset),
        None if override is None else _near(override),
    )

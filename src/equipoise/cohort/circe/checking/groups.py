"""Checks of groups: what always or never holds, repeats, or contradicts."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from equipoise.cohort.circe.checking.errors import ALWAYS_TRUE, CONTRADICTION, EMPTY_GROUP, NEVER_TRUE, REPEATED
from equipoise.cohort.circe.checking.finding import Finding, Findings, note, warning
from equipoise.cohort.circe.checking.windows import reach
from equipoise.cohort.circe.model import (
    CohortExpression,
    CorrelatedCriteria,
    CriteriaGroup,
    Criterion,
    DemographicCriteria,
    NumericRange,
    Occurrence,
    OccurrenceType,
)
from equipoise.cohort.circe.place import Place
from equipoise.cohort.circe.walking import parts_of

MANY = 10**9


def all_groups(expression: CohortExpression) -> Iterator[tuple[Place, CriteriaGroup]]:
    """Every group with its place."""
    for part in parts_of(expression):
        if isinstance(part.value, CriteriaGroup):
            yield part.place, part.value
        elif part.attribute.name == "groups":
            yield from (((*part.place, position), group) for position, group in enumerate(part.value))


def numbers(expression: CohortExpression) -> Findings:
    """Of numbers of members and of events."""
    for place, group in all_groups(expression):
        size = len(group.criteria_list) + len(group.demographic_criteria_list) + len(group.groups)
        if size == 0:
            yield warning(EMPTY_GROUP, "there are no criteria: it holds for everybody", place)
        else:
            yield from _count(group, size, place)
        for position, member in enumerate(group.criteria_list):
            if member.occurrence.type is OccurrenceType.AT_LEAST and member.occurrence.count == 0:
                yield warning(ALWAYS_TRUE, "`at least 0` events always hold", (*place, "CriteriaList", position, "Occurrence"))


def _count(group: CriteriaGroup, size: int, place: Place) -> Findings:
    count = group.count or 0
    if group.type == "AT_LEAST" and count > size:
        yield warning(NEVER_TRUE, f"at least {count} of {size} members must hold", place)
    elif (group.type == "AT_LEAST" and count == 0) or (group.type == "AT_MOST" and count >= size):
        yield warning(ALWAYS_TRUE, f"{group.type.replace('_', ' ').lower()} {count} of {size} members always hold", place)


def repeated(expression: CohortExpression) -> Findings:
    """Of members that stand twice in one list."""
    for part in parts_of(expression):
        if part.attribute.name in ("criteria_list", "demographic_criteria_list", "groups", "censoring_criteria", "inclusion_rules"):
            items = [getattr(item, "expression", item) for item in part.value]
            for (i, one), (j, other) in combinations(enumerate(items), 2):
                yield from _alike(one, other, i, (*part.place, j))


def _alike(one: object, other: object, position: int, place: Place) -> Iterator[Finding]:
    if one == other:
        yield warning(REPEATED, f"this is the same as number {position + 1} of the list", place)
    elif isinstance(one, Criterion) and _same_subject(one, other) and getattr(one, "codeset_id", None) is not None:
        yield note(REPEATED, f"number {position + 1} of the list asks for the same domain and concept set", place)


def _same_subject(one: Criterion, other: object) -> bool:
    return type(one) is type(other) and all(getattr(one, name, None) == getattr(other, name, None) for name in _subject_names(one))


def _subject_names(criterion: Criterion) -> list[str]:
    return ["codeset_id", *(name for name in dir(criterion) if name.endswith("_source_concept"))]


# --- contradictions ---------------------------------------------------------------------------------------------------


def contradictions(expression: CohortExpression) -> Findings:
    """Of what must all hold about one event: the inclusion rules and additional criteria together, and each inner ALL group."""
    outer = [(("InclusionRules", i, "expression"), rule.expression) for i, rule in enumerate(expression.inclusion_rules)]
    together: list[tuple[Place, CriteriaGroup]] = [*outer]
    if expression.additional_criteria is not None:
        together.append((("AdditionalCriteria",), expression.additional_criteria))
    places = {place for place, _ in together}
    yield from _contradict(together)
    for place, group in all_groups(expression):
        if place not in places:
            yield from _contradict([(place, group)])


def _contradict(groups: list[tuple[Place, CriteriaGroup]]) -> Findings:
    binding = [(place, group) for place, group in groups if group.type == "ALL"]
    members = [((*place, "CriteriaList", i), m) for place, group in binding for i, m in enumerate(group.criteria_list)]
    for (_, one), (place, other) in combinations(members, 2):
        if _both_impossible(one, other):
            yield warning(CONTRADICTION, "another criterion that must hold too asks for another number of the same events", place)
    people = [((*place, "DemographicCriteriaList", i), d) for place, g in binding for i, d in enumerate(g.demographic_criteria_list)]
    yield from _ages([(place, person.age) for place, person in people if person.age is not None])
    yield from _genders(people)


def _both_impossible(one: CorrelatedCriteria, other: CorrelatedCriteria) -> bool:
    if one.criteria != other.criteria or _frame(one) != _frame(other):
        return False
    (low, high), (other_low, other_high) = _bounds(one.occurrence), _bounds(other.occurrence)
    return (low > other_high and _within(one, other)) or (other_low > high and _within(other, one))


def _frame(member: CorrelatedCriteria) -> tuple[object, ...]:
    window, counted = member.start_window, (member.occurrence.is_distinct, member.occurrence.count_column)
    return counted, window.use_index_end, window.use_event_end, member.end_window, member.restrict_visit, member.ignore_observation_period


def _within(inner: CorrelatedCriteria, outer: CorrelatedCriteria) -> bool:
    small, large = inner.start_window, outer.start_window
    return reach(large.start) <= reach(small.start) and reach(small.end) <= reach(large.end)


def _bounds(occurrence: Occurrence) -> tuple[int, int]:
    match occurrence.type:
        case OccurrenceType.EXACTLY:
            return occurrence.count, occurrence.count
        case OccurrenceType.AT_MOST:
            return 0, occurrence.count
        case OccurrenceType.AT_LEAST:
            return occurrence.count, MANY


def _ages(ages: list[tuple[Place, NumericRange]]) -> Findings:
    low, high = 0, MANY
    for place, age in ages:
        first, last = _interval(age)
        low, high = max(low, first), min(high, last)
        if low > high >= 0 and first <= last:
            yield warning(CONTRADICTION, "no age meets this and the ages asked for elsewhere", (*place, "Age"))
            return


def _interval(age: NumericRange) -> tuple[int, int]:
    """The whole years that pass."""
    value, extent = int(age.value), int(age.extent or 0)
    return {
        "lt": (0, value - 1),
        "lte": (0, value),
        "eq": (value, value),
        "gt": (value + 1, MANY),
        "gte": (value, MANY),
        "bt": (value, extent),
    }.get(age.op, (0, MANY))


def _genders(people: list[tuple[Place, DemographicCriteria]]) -> Findings:
    left: set[int] | None = None
    for place, person in people:
        if person.gender:
            asked = {concept.concept_id for concept in person.gender}
            left = asked if left is None else left & asked
            if not left:
                yield warning(CONTRADICTION, "no gender meets this and the genders asked for elsewhere", (*place, "Gender"))
                return

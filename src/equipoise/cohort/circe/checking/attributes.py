"""Checks of the attributes of criteria."""

from __future__ import annotations

from typing import Any

from equipoise.cohort.circe.checking.errors import (
    ANY_CONCEPT,
    ANY_TYPE,
    NEEDS_CDM_6,
    NO_EFFECT,
    NO_TEXT,
    NOTHING_ASKED,
    NUMBER_CUT,
    RANGE_IMPOSSIBLE,
    READ_AS_GENDER,
)
from equipoise.cohort.circe.checking.finding import Findings, note, warning
from equipoise.cohort.circe.language import attributes
from equipoise.cohort.circe.model import (
    CohortExpression,
    Criterion,
    DateRange,
    Death,
    DemographicCriteria,
    DrugExposure,
    LocationRegion,
    NumericRange,
    Period,
    Specimen,
    TextFilter,
)
from equipoise.cohort.circe.place import Place
from equipoise.cohort.circe.walking import Part, criteria_of, parts_of

AMOUNTS = ("value_as_number", "range_low", "range_high", "range_low_ratio", "range_high_ratio", "dose_value", "effective_drug_dose")
MAY_BE_NEGATIVE = (*AMOUNTS, "quantity")


def is_amount(owner: object, name: str) -> bool:
    """Whether a range keeps four decimals; all others are cut to whole numbers."""
    return name in AMOUNTS or (name == "quantity" and isinstance(owner, DrugExposure | Specimen))


def ranges(expression: CohortExpression) -> Findings:
    """Of ranges, periods and texts."""
    for part in parts_of(expression):
        match part.value:
            case NumericRange():
                yield from _number(part.value, part)
            case DateRange():
                yield from _ends(part.value, part)
            case Period(start_date=first, end_date=last) if first and last and first > last:
                yield warning(RANGE_IMPOSSIBLE, f"the period from {first} to {last} ends before it begins", part.place)
            case TextFilter():
                yield from _text(part.value, part.place)


def _ends(value: NumericRange | DateRange, part: Part) -> Findings:
    low: Any = value.value
    high: Any = value.extent
    if value.op in ("bt", "!bt") and low > high:
        name = part.attribute.name.replace("_", " ")
        if value.op == "bt":
            yield warning(RANGE_IMPOSSIBLE, f"{name} between {low} and {high}: the start is above the end", part.place)
        else:
            yield warning(NO_EFFECT, f"{name} not between {low} and {high}: everything passes", part.place)


def _number(value: NumericRange, part: Part) -> Findings:
    yield from _ends(value, part)
    name = part.attribute.name
    top = {"lt": value.value - 1, "lte": value.value, "eq": value.value, "bt": value.extent}.get(value.op)
    if top is not None and top < 0 and name not in MAY_BE_NEGATIVE:
        yield warning(RANGE_IMPOSSIBLE, f"{name.replace('_', ' ')} below 0", part.place)
    decimals = 4 if is_amount(part.owner, name) else 0
    lost = [number for number in (value.value, value.extent) if number is not None and round(number, decimals) != number]
    if lost:
        yield warning(NUMBER_CUT, f"{', '.join(map(str, lost))} loses its decimals after {decimals} places", part.place)


def _text(value: TextFilter, place: Place) -> Findings:
    if value.text == "null":
        yield warning(NO_TEXT, "the text looked for is the word null: was none given?", place)
    elif not value.text and value.op not in ("eq", "!eq"):
        yield warning(NO_TEXT, "the text is empty", place)


def criteria(expression: CohortExpression) -> Findings:
    """Of criteria as wholes."""
    for place, criterion, _ in criteria_of(expression):
        names = {attribute.name for attribute in attributes(type(criterion))}
        source = [name for name in names if name.endswith("_source_concept")]
        if "codeset_id" in names and all(getattr(criterion, name) is None for name in ("codeset_id", *source)):
            found = note if isinstance(criterion, Death) else warning
            yield found(ANY_CONCEPT, f"{type(criterion).__name__} without a concept set: any record counts", place)
        if isinstance(criterion, LocationRegion) or getattr(criterion, "place_of_service_location", None) is not None:
            yield note(NEEDS_CDM_6, f"{type(criterion).__name__} asks for a region", place)
        for name in sorted(names):
            if name.endswith("_exclude") and getattr(criterion, name) and not getattr(criterion, name.removesuffix("_exclude")):
                yield warning(NO_EFFECT, f"{name.replace('_', ' ')} is true, but there is nothing to exclude", place)


def demographics(expression: CohortExpression) -> Findings:
    """Of demographic criteria."""
    for part in parts_of(expression):
        if part.attribute.name == "demographic_criteria_list":
            for position, person in enumerate(part.value):
                if person == DemographicCriteria():
                    yield warning(NOTHING_ASKED, "a demographic criterion asks nothing", (*part.place, position))
        elif isinstance(part.owner, DemographicCriteria) and part.attribute.name in ("race_cs", "ethnicity_cs"):
            yield warning(READ_AS_GENDER, f"{part.attribute.key} will be compared with the person's gender", part.place)


def record_types(expression: CohortExpression) -> Findings:
    """Once for the whole definition: which domains take records of any type."""
    free = sorted({type(criterion).__name__ for _, criterion, _ in criteria_of(expression) if _any_type(criterion)})
    if free:
        yield note(ANY_TYPE, f"records of any type count in {', '.join(free)}", ())


def _any_type(criterion: Criterion) -> bool:
    names = [a.name for a in attributes(type(criterion)) if a.name.removesuffix("_cs").endswith("_type") and a.name != "visit_type"]
    if type(criterion).__name__ == "VisitOccurrence":
        names = ["visit_type", "visit_type_cs"]
    return bool(names) and not any(getattr(criterion, name) for name in names)

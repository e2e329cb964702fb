"""The words for values: ranges, days, texts, concepts, windows, counts."""

from __future__ import annotations

from collections.abc import Mapping

from equipoise.cohort.circe.describing.lines import counted, listed, plain
from equipoise.cohort.circe.model import (
    Concept,
    ConceptSetSelection,
    DateAdjustment,
    DateRange,
    Endpoint,
    NumericRange,
    Occurrence,
    OccurrenceType,
    Period,
    TextFilter,
    Window,
)

Names = Mapping[int, str]
"""The names of the concept sets, by id."""

_NUMBERS = {"lt": "less than", "lte": "at most", "eq": "equal to", "!eq": "other than", "gt": "greater than", "gte": "at least"}
_DAYS = {"lt": "before", "lte": "on or before", "eq": "on", "!eq": "not on", "gt": "after", "gte": "on or after"}
_TEXTS = {"eq": "is", "contains": "contains", "startsWith": "starts with", "endsWith": "ends with"}
_NOT_TEXTS = {"!eq": "is not", "!contains": "does not contain", "!startsWith": "does not start with", "!endsWith": "does not end with"}
_OCCURRENCES = {OccurrenceType.EXACTLY: "exactly", OccurrenceType.AT_MOST: "at most", OccurrenceType.AT_LEAST: "at least"}


def number_range(value: NumericRange) -> str:
    """`at least 18`."""
    if value.op in ("bt", "!bt"):
        return f"{'not ' if value.op == '!bt' else ''}between {value.value} and {value.extent}"
    return f"{_NUMBERS[value.op]} {value.value}"


def date_range(value: DateRange) -> str:
    """`on or after 2019-12-01`."""
    if value.op in ("bt", "!bt"):
        return f"{'not ' if value.op == '!bt' else ''}between {value.value} and {value.extent}"
    return f"{_DAYS[value.op]} {value.value}"


def text_filter(value: TextFilter) -> str:
    """`contains "abc"`."""
    return f"{(_TEXTS | _NOT_TEXTS)[value.op]} “{plain(value.text)}”"


def set_name(codeset_id: int, names: Names) -> str:
    """The name of a concept set, with its number when it has none."""
    return f"**{names.get(codeset_id) or f'concept set {codeset_id}'}**"


def concepts(values: tuple[Concept, ...]) -> str:
    """`Male (8507) or Female (8532)`."""
    return listed([f"{plain(c.concept_name)} ({c.concept_id})" if c.concept_name else f"concept {c.concept_id}" for c in values])


def selection(value: ConceptSetSelection, names: Names) -> str:
    """`in the concept set X`; without a set, whether it is recorded at all."""
    if value.codeset_id is None:
        return "not recorded" if value.is_exclusion else "recorded"
    return f"{'not ' if value.is_exclusion else ''}in the concept set {set_name(value.codeset_id, names)}"


def period(value: Period) -> str:
    """`from 2010-01-01 to 2020-12-31`."""
    first = f"from {value.start_date}" if value.start_date else ""
    last = (f"to {value.end_date}" if first else f"until {value.end_date}") if value.end_date else ""
    return " ".join(part for part in (first, last) if part)


def adjustment(value: DateAdjustment) -> str:
    """What an event's dates become."""
    return f"its dates taken as {_moved(value.start_with, value.start_offset)} to {_moved(value.end_with, value.end_offset)}"


def _moved(column: str, offset: int) -> str:
    name = "its start" if column == "START_DATE" else "its end"
    return name if offset == 0 else f"{counted(abs(offset), 'day')} {'after' if offset > 0 else 'before'} {name}"


def window(value: Window, anchor: str, *, ignore: bool) -> str:
    """When an event must start or end: `starting between 365 days before and 1 day before the start of the entry event`."""
    verb = "ending" if value.use_event_end else "starting"
    mark = f"the {'end' if value.use_index_end else 'start'} of {anchor}"
    first, last = value.start.offset, value.end.offset
    if first is None and last is None and (value.start.coeff, value.end.coeff) == (-1, 1):
        return f"{verb} at any time" if ignore else f"{verb} at any time in the observation period"
    if first is not None and first == last:
        return f"{verb} on the day of {mark}" if first == 0 else f"{verb} {_day(value.start, ignore=ignore)} {mark}"
    return f"{verb} between {_end(value.start, mark, ignore=ignore)} and {_end(value.end, mark, ignore=ignore)}"


def _end(end: Endpoint, mark: str, *, ignore: bool) -> str:
    return _day(end, ignore=ignore) if end.offset is None else f"{_day(end, ignore=ignore)} {mark}"


def _day(end: Endpoint, *, ignore: bool) -> str:
    offset = end.offset
    if offset is None:
        side = "beginning" if end.coeff == -1 else "end"
        return f"the {side} of all records" if ignore else f"the {side} of the observation period"
    if offset == 0:
        return "the day of"
    return f"{counted(abs(offset), 'day')} {'before' if offset < 0 else 'after'}"


DISTINCT = {
    None: "distinct concept",
    "DAYS_SUPPLY": "distinct days' supply",
    "DOMAIN_CONCEPT": "distinct concept",
    "DOMAIN_SOURCE_CONCEPT": "distinct source concept",
    "DURATION": "distinct duration",
    "END_DATE": "distinct end date",
    "ERA_OCCURRENCES": "distinct number of records in an era",
    "GAP_DAYS": "distinct number of gap days",
    "QUANTITY": "distinct quantity",
    "RANGE_HIGH": "distinct upper limit of normal",
    "RANGE_LOW": "distinct lower limit of normal",
    "REFILLS": "distinct number of refills",
    "START_DATE": "distinct start date",
    "UNIT": "distinct unit",
    "VALUE_AS_NUMBER": "distinct value",
    "VISIT_ID": "distinct visit",
    "VISIT_DETAIL_ID": "distinct visit detail",
}


def occurrence(value: Occurrence, noun: str) -> str:
    """`at least 2 drug exposures`."""
    if value.type is OccurrenceType.EXACTLY and value.count == 0:
        return f"no {noun}"
    plural = noun if value.count == 1 else f"{noun}s"
    if not value.is_distinct:
        return f"{_OCCURRENCES[value.type]} {value.count} {plural}"
    what = DISTINCT[value.count_column]
    return f"{_OCCURRENCES[value.type]} {value.count} {what if value.count == 1 else f'values of: {what}'} among {noun}s"

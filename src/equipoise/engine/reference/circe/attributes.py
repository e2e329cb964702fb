"""What each attribute of a criterion looks at in a record. Most carry the name of their column; the others are told here.

Not everything is as it is called, since the reference is not either: the end date of a drug exposure is held against its start, the age at
a visit detail is the age at its end, and the gap of a drug era takes the range of its length when both are given.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache

from equipoise.cohort.circe.model import (
    Criterion,
    DateRange,
    DrugEra,
    DrugExposure,
    NumericRange,
    PayerPlanPeriod,
    TextFilter,
    VisitDetail,
    VisitOccurrence,
)
from equipoise.engine.reference.circe.filters import Sets, held
from equipoise.engine.reference.circe.records import DOMAINS, FAR_FUTURE, Event, region_of
from equipoise.engine.reference.circe.rows import Cdm, Table
from equipoise.kernel.days import to_date

Look = Callable[[Event], object]
Test = Callable[[Event], bool]

APART = frozenset({"correlated_criteria", "date_adjustment", "codeset_id", "first", "user_defined_period"})
"""Attributes that do more than look at a value."""
IGNORED = {"LocationRegion": {"start_date", "end_date"}, "Specimen": {"specimen_source_concept"}}
"""Attributes that the reference does not look at."""
_RENAMED = {
    ("ConditionEra", "occurrence_count"): "condition_occurrence_count",
    ("DrugEra", "occurrence_count"): "drug_exposure_count",
    ("Specimen", "source_id"): "specimen_source_id",
}
_AMOUNTS = {"value_as_number", "range_low", "range_high", "range_low_ratio", "range_high_ratio", "dose_value", "effective_drug_dose"}
_ABNORMAL = (4155142, 4155143)


@cache
def year_of(day: int) -> int:
    """The calendar year of a day."""
    return to_date(day).year


@dataclass(slots=True)
class People:
    """Who the persons are, and who and what else records point to."""

    cdm: Cdm
    lacking: dict[tuple[str, str], None] = field(default_factory=dict)
    """Tables and the columns of theirs that criteria asked for in vain."""
    _columns: dict[tuple[str, str], Mapping[int | None, int | None]] = field(default_factory=dict)

    def by_id(self, table: str, column: str) -> Mapping[int | None, int | None]:
        """A column of a table by the table's id."""
        key = (table, column)
        if key not in self._columns:
            rows = self.cdm.table(table)
            self._columns[key] = dict(zip(rows.ids(f"{table}_id"), rows.ids(column), strict=True))
        return self._columns[key]

    def own(self, table: Table, column: str) -> str:
        """The name of a column; it is noted when the table is there and does not have it."""
        if table.rows.num_columns and column not in table.rows.column_names:
            self.lacking[table.name, column] = None
        return column

    def age(self, person: int, day: int | None) -> int | None:
        """The year of the day less the year of birth."""
        born = self.by_id("person", "year_of_birth").get(person)
        return None if born is None or day is None else year_of(day) - born


def tests_of(criterion: Criterion, people: People, sets: Sets) -> list[Test]:
    """A test for each attribute that is set. Those that look at a table that a record must point to also ask for that."""
    name = type(criterion).__name__
    left = APART | IGNORED.get(name, set()) | {source_attribute(name)}
    tests: list[Test] = []
    for attribute in (one.name for one in fields(criterion)):
        wanted = getattr(criterion, attribute)
        if attribute in left or attribute.endswith("_exclude") or wanted is None or wanted is False or wanted == ():
            continue
        tests += [*_pointed_to(name, attribute, people), _test(criterion, attribute, people, sets)]
    return tests


def source_attribute(domain: str) -> str:
    """The attribute that names the concept set of the source concept."""
    return {"Death": "death_source_concept"}.get(domain, (DOMAINS[domain].source or "").removesuffix("_id"))


def _test(criterion: Criterion, attribute: str, people: People, sets: Sets) -> Test:
    wanted = getattr(criterion, attribute)
    if attribute == "abnormal":
        return _abnormal(people.cdm.table("measurement"))
    if attribute == "place_of_service_location":
        return _in_region(criterion, people, sets.concepts(wanted))
    if attribute == "gap_days" and isinstance(criterion, DrugEra) and criterion.era_length is not None:
        wanted = criterion.era_length
    look = _look(criterion, attribute, people)
    exclude = bool(getattr(criterion, f"{attribute}_exclude", False))
    whole = not (attribute in _AMOUNTS or (attribute == "quantity" and type(criterion).__name__ in ("DrugExposure", "Specimen")))
    return lambda event: held(look(event), wanted, sets, exclude=exclude, whole=whole)


def _pointed_to(domain: str, attribute: str, people: People) -> list[Test]:
    """Records without the person, the visit or the care site that is looked at are not found; without the provider they may be."""
    of = attribute.removesuffix("_cs")
    if of in ("age", "age_at_start", "age_at_end", "gender"):
        persons = people.by_id("person", "gender_concept_id")
        return [lambda event: event.person in persons]
    if of == "visit_type" and domain != "VisitOccurrence":
        visits = people.by_id("visit_occurrence", "person_id")
        return [lambda event: event.visit is not None and visits.get(event.visit) == event.person]
    if of == "place_of_service":
        sites, own = people.by_id("care_site", "place_of_service_concept_id"), _own(domain, people).ids("care_site_id")
        return [lambda event: own[event.row] is not None and own[event.row] in sites]
    return []


def _own(domain: str, people: People) -> Table:
    return people.cdm.table(DOMAINS[domain].table)


def _look(criterion: Criterion, attribute: str, people: People) -> Look:
    of, name = attribute.removesuffix("_cs"), type(criterion).__name__
    wanted = getattr(criterion, attribute)
    if isinstance(wanted, DateRange):
        starts = "start" in of or isinstance(criterion, DrugExposure)
        return (lambda event: event.start) if starts else (lambda event: event.end)
    if of.endswith("_length"):
        return lambda event: None if event.end is None else event.end - event.start
    if of == "age_at_end" or (of == "age" and isinstance(criterion, VisitDetail)):
        return lambda event: people.age(event.person, event.end)
    if of in ("age", "age_at_start"):
        return lambda event: people.age(event.person, event.start)
    if of == "gender":
        genders = people.by_id("person", "gender_concept_id")
        return lambda event: genders.get(event.person)
    if of == "visit_type" and not isinstance(criterion, VisitOccurrence):
        types = people.by_id("visit_occurrence", "visit_concept_id")
        return lambda event: types.get(event.visit)
    if of in ("provider_specialty", "place_of_service"):
        return _elsewhere(name, of, people)
    return _column(criterion, of, people)


def _elsewhere(domain: str, attribute: str, people: People) -> Look:
    table, column = {
        "provider_specialty": ("provider", "specialty_concept_id"),
        "place_of_service": ("care_site", "place_of_service_concept_id"),
    }[attribute]
    own, values = _own(domain, people).ids(f"{table}_id"), people.by_id(table, column)
    return lambda event: None if own[event.row] is None else values.get(own[event.row])


def _column(criterion: Criterion, attribute: str, people: People) -> Look:
    """The record's own column."""
    name, wanted = type(criterion).__name__, getattr(criterion, attribute, None)
    own = _own(name, people)
    if attribute.endswith("_ratio"):
        values, limits = own.numbers("value_as_number"), own.numbers(attribute.removesuffix("_ratio"))
        return lambda event: _ratio(values[event.row], limits[event.row])
    column = _RENAMED.get((name, attribute), attribute)
    if isinstance(wanted, NumericRange):
        numbers = own.numbers(people.own(own, column))
        return lambda event: numbers[event.row]
    if isinstance(wanted, TextFilter):
        texts = own.texts(people.own(own, column))
        return lambda event: texts[event.row]
    concepts = own.ids(people.own(own, f"{column}_id" if column.endswith("_concept") else f"{column}_concept_id"))
    return lambda event: concepts[event.row]


def _ratio(value: float | None, limit: float | None) -> float | None:
    return None if value is None or not limit else value / limit


def _abnormal(measured: Table) -> Test:
    """Outside the record's own limits of normal, or said to be so."""
    values, lows, highs = (measured.numbers(one) for one in ("value_as_number", "range_low", "range_high"))
    said = measured.ids("value_as_concept_id")

    def test(event: Event) -> bool:
        value, low, high = values[event.row], lows[event.row], highs[event.row]
        outside = value is not None and ((low is not None and value < low) or (high is not None and value > high))
        return outside or said[event.row] in _ABNORMAL

    return test


def _in_region(criterion: Criterion, people: People, regions: frozenset[int]) -> Test:
    """The care site lay, for all of the visit, in a region of the set."""
    history, region = people.cdm.table("location_history"), region_of(people.cdm)
    columns = (history.ids("entity_id"), history.ids("location_id"), history.days("start_date"), history.days("end_date"))
    kinds = history.texts("domain_id")
    spans = [
        (site, start, FAR_FUTURE if end is None else end)
        for site, place, start, end, kind in zip(*columns, kinds, strict=True)
        if kind == "CARE_SITE" and start is not None and region.get(place) in regions
    ]
    own = _own(type(criterion).__name__, people).ids("care_site_id")

    def test(event: Event) -> bool:
        return event.end is not None and any(
            site == own[event.row] and start <= event.start and event.end <= end for site, start, end in spans
        )

    return test


COUNTED = {
    "DAYS_SUPPLY": "days_supply",
    "GAP_DAYS": "gap_days",
    "QUANTITY": "quantity",
    "RANGE_HIGH": "range_high",
    "RANGE_LOW": "range_low",
    "REFILLS": "refills",
    "UNIT": "unit_concept_id",
    "VALUE_AS_NUMBER": "value_as_number",
}
"""Columns that distinct values are counted of."""
_LAST_A_DAY = ("Death", "Measurement", "Observation", "ProcedureOccurrence", "Specimen")


def counted_of(criterion: Criterion, column: str, people: People) -> Look:
    """The value of an event that is counted."""
    name, own = type(criterion).__name__, _own(type(criterion).__name__, people)
    if column in ("START_DATE", "END_DATE", "VISIT_ID", "VISIT_DETAIL_ID"):
        at = {"START_DATE": "start", "END_DATE": "end", "VISIT_ID": "visit", "VISIT_DETAIL_ID": "id"}[column]
        return lambda event: getattr(event, at)
    if column == "DURATION":
        if name in _LAST_A_DAY:
            return lambda _: 1
        return lambda event: None if event.end is None else event.end - event.start
    if column == "DOMAIN_CONCEPT":
        return _concept(criterion, own)
    renamed = {("DoseEra", "VALUE_AS_NUMBER"): "dose_value", ("ConditionEra", "ERA_OCCURRENCES"): "condition_occurrence_count"}
    values = own.numbers(renamed.get((name, column)) or COUNTED.get(column, "drug_exposure_count"))
    return lambda event: values[event.row]


def _concept(criterion: Criterion, own: Table) -> Look:
    if isinstance(criterion, PayerPlanPeriod):
        payers = own.ids("payer_concept_id")
        return lambda event: payers[event.row]
    if own.name == "observation_period":
        kinds = own.ids("period_type_concept_id")
        return lambda event: kinds[event.row]
    if own.name == "death":
        return lambda event: event.concept or 0
    return lambda event: event.concept

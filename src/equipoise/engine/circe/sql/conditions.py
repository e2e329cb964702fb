"""Filters as SQL: joins and conditions over a row `q` that has the record (or the event) and the filter's own numbers `v0`, `v1`, ..."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from equipoise.engine.circe.domains import JOINED
from equipoise.engine.circe.shapes import FilterShape
from equipoise.engine.circe.sql.concepts import SETS
from equipoise.engine.circe.sql.records import Sources, joined
from equipoise.engine.circe.sql.spelling import FAR_FUTURE, nothing, read, year_of

_ABNORMAL = (4155142, 4155143)
"""Concepts of a measured value: abnormally low, abnormally high."""
_KEYS = {
    "person": "person.person_id = q.person_id",
    "visit": "visit.visit_occurrence_id = q.visit_id AND visit.person_id = q.person_id",
    "provider": "provider.provider_id = q.provider_id",
    "care_site": "care_site.care_site_id = q.care_site_id",
}
_VALUES = {
    "start_day": "q.start_day",
    "end_day": "q.end_day",
    "length": "(q.end_day - q.start_day)",
    "age_at_start": f"({year_of('q.start_day')} - person.year_of_birth)",
    "age_at_end": f"({year_of('q.end_day')} - person.year_of_birth)",
    "low_ratio": "(q.value_as_number / NULLIF(q.range_low, 0))",
    "high_ratio": "(q.value_as_number / NULLIF(q.range_high, 0))",
}
_NEEDED = {
    "low_ratio": ("value_as_number", "range_low"),
    "high_ratio": ("value_as_number", "range_high"),
    "abnormal": ("value_as_number", "range_low", "range_high", "value_as_concept_id"),
    "region": ("care_site_id",),
}
_SIGHTS = {"start_day", "end_day", "length", "age_at_start", "age_at_end"}


@dataclass(slots=True)
class Conditions:
    """What follows FROM: joins in order, and conditions."""

    joins: list[str] = field(default_factory=list)
    where: list[str] = field(default_factory=list)
    tables: set[str] = field(default_factory=set)

    def text(self) -> str:
        """The joins and the WHERE clause."""
        where = f"\nWHERE {' AND '.join(self.where)}" if self.where else ""
        return "".join(f"\n{join}" for join in self.joins) + where


def columns_of(shapes: Sequence[FilterShape]) -> set[str]:
    """The columns of the domain's own table that the filters look at."""
    found: set[str] = set()
    for shape in shapes:
        table, dot, _ = shape.of.partition(".")
        if dot:
            found |= {f"{table}_id"} if table in ("provider", "care_site") else set()
        elif shape.of in _NEEDED:
            found |= set(_NEEDED[shape.of])
        elif shape.of not in _SIGHTS:
            found.add(shape.of)
    return found


def conditions(shapes: Sequence[FilterShape], sources: Sources, *, known: bool = False) -> Conditions:
    """The filters; their numbers are `q.v0`, `q.v1`, ... in the order of the filters' values. `known`: the person must be in `person`."""
    made, place = Conditions(), 0
    if known:
        _join_table(made, "person", sources)
    for shape in shapes:
        place = _add(made, shape, place, sources)
    return made


def values_of(shape: FilterShape) -> int:
    """How many numbers a filter has."""
    return {"between": 2, "not_between": 2, "null": 0, "not_null": 0, "flag": 0}.get(shape.kind, 1)


def _add(made: Conditions, shape: FilterShape, place: int, sources: Sources) -> int:
    if shape.of == "region":
        made.where.append(_in_region(f"q.v{place}", sources))
        return place + 1
    if shape.of == "abnormal":
        listed = ", ".join(map(str, _ABNORMAL))
        made.where.append(f"(q.value_as_number < q.range_low OR q.value_as_number > q.range_high OR q.value_as_concept_id IN ({listed}))")
        return place
    of = _VALUES.get(shape.of) or (shape.of if "." in shape.of else f"q.{shape.of}")
    _join_table(made, "person" if shape.of.startswith("age_") else shape.of.partition(".")[0], sources)
    first, second, alias = f"q.v{place}", f"q.v{place + 1}", f"s{place}"
    match shape.kind:
        case "compare":
            made.where.append(f"{of} {shape.operator} {first}")
        case "between":
            made.where.append(f"({of} >= {first} AND {of} <= {second})")
        case "not_between":
            made.where.append(f"NOT ({of} >= {first} AND {of} <= {second})")
        case "null" | "not_null":
            made.where.append(f"{of} IS {'NOT ' if shape.kind == 'not_null' else ''}NULL")
        case "like" | "not_like":
            made.where.append(f"{of} {'NOT ' if shape.kind == 'not_like' else ''}LIKE {first}")
        case "in":
            made.joins.append(f"JOIN {SETS} AS {alias} ON {alias}.set_id = {first} AND {alias}.concept_id = {of}")
        case _:
            made.joins.append(f"LEFT JOIN {SETS} AS {alias} ON {alias}.set_id = {first} AND {alias}.concept_id = {of}")
            known = f"{of} IS NOT NULL"
            empty_too = f"({known} OR {first} NOT IN (SELECT t.set_id FROM {SETS} AS t))"
            made.where.append(f"{alias}.concept_id IS NULL AND {known if shape.kind == 'not_listed' else empty_too}")
    return place + values_of(shape)


def _join_table(made: Conditions, name: str, sources: Sources) -> None:
    if name not in JOINED or name in made.tables:
        return
    made.tables.add(name)
    relation = joined(name, sources) or _no_rows(name)
    made.joins.append(f"{'LEFT ' if name == 'provider' else ''}JOIN {relation} AS {name} ON {_KEYS[name]}")


def _no_rows(name: str) -> str:
    columns = ", ".join(f"{nothing('id')} AS {column}" for column in JOINED[name])
    return f"(SELECT {columns} WHERE 1 = 0)"


def _in_region(number: str, sources: Sources) -> str:
    """The visit's care site lay, for all of the visit, in a region of the set."""
    history, location = sources.get("location_history"), sources.get("location")
    if history is None or location is None:
        return "1 = 0"
    start, end = read(history, "start_date", "day"), read(history, "end_date", "day")
    return f"""EXISTS (
    SELECT 1 FROM (
        SELECT {read(history, "location_id", "id")} AS location_id, {read(history, "entity_id", "id")} AS site_id, {start} AS first_day,
            COALESCE({end}, {FAR_FUTURE}) AS last_day
        FROM {history.relation} WHERE {read(history, "domain_id", "text")} = 'CARE_SITE'
    ) AS h
    JOIN (
        SELECT {read(location, "location_id", "id")} AS location_id, {read(location, "region_concept_id", "id")} AS region_id
        FROM {location.relation}
    ) AS l ON l.location_id = h.location_id
    JOIN {SETS} AS r ON r.concept_id = l.region_id
    WHERE r.set_id = {number} AND h.site_id = q.care_site_id AND h.first_day <= q.start_day AND q.end_day <= h.last_day
)"""

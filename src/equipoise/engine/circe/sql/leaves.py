"""Leaves of one shape: one query over the domain's records and the table of the leaves' own numbers.

Every query gives `leaf_id`, `person_id`, `event_id`, `start_day`, `end_day`, `sort_day`, `visit_id`, `counted`. `sort_day` is the day by
which primary events are ordered: the record's own, also where a period that the user defined replaces it.
"""

from __future__ import annotations

from equipoise.engine.circe.batch import LeafShape
from equipoise.engine.circe.domains import DOMAINS
from equipoise.engine.circe.sql.concepts import SETS
from equipoise.engine.circe.sql.conditions import columns_of, conditions
from equipoise.engine.circe.sql.records import Sources
from equipoise.engine.circe.sql.spelling import nothing

COLUMNS = ("leaf_id", "person_id", "event_id", "start_day", "end_day", "sort_day", "visit_id", "counted")
_COUNTED = {"length": "end_day - start_day", "concept_or_zero": "COALESCE(concept_id, 0)", "1": "1"}
_OF_EVERY_RECORD = {"concept_id", "event_id"}


def columns_read(shape: LeafShape) -> tuple[str, ...]:
    """The columns of the domain's table that the leaves look at, beside those that every record has."""
    counted = {shape.counted} - {None, *_COUNTED, *_OF_EVERY_RECORD}
    return tuple(sorted(columns_of(shape.filters) | {one for one in counted if one}))


def no_leaves() -> str:
    """A query of the right form that finds nothing."""
    kinds = {"leaf_id": "id", "start_day": "day", "end_day": "day", "sort_day": "day", "counted": "number"}
    columns = ", ".join(
        f"{nothing('day' if kinds.get(name) == 'day' else 'number' if name == 'counted' else 'id')} AS {name}" for name in COLUMNS
    )
    return f"SELECT {columns} WHERE 1 = 0"


def leaves(shape: LeafShape, table: str, records: str, sources: Sources) -> str:
    """`table`: the numbers of the leaves; `records`: the domain's records, a name or a query in brackets."""
    start, end = _days(shape)
    filters = conditions(shape.filters, sources)
    if shape.adjusted:
        filters.where.insert(0, "q.end_day >= q.start_day")
    if shape.first:
        filters.where.insert(0, "q.nth = 1")
    if shape.period:
        filters.where += [
            f"q.start_day <= q.{side} AND q.end_day >= q.{side}"
            for side, given in zip(("from_day", "to_day"), shape.period, strict=True)
            if given
        ]
    nth = ", ROW_NUMBER() OVER (PARTITION BY l.leaf_id, e.person_id ORDER BY e.first_day, e.event_id) AS nth" if shape.first else ""
    own = "".join(f", e.{name}" for name in columns_read(shape))
    inner = f"""
    SELECT l.*, e.person_id, e.event_id, e.visit_id, e.concept_id, {start} AS start_day, {end} AS end_day{own}{nth}
    FROM {_matched(shape, table, records)}"""
    return f"SELECT {_selected(shape)} FROM ({inner}\n) AS q{filters.text()}"


def _matched(shape: LeafShape, table: str, records: str) -> str:
    joins, on = [f"{table} AS l"], []
    if shape.by_concept:
        joins.append(f"JOIN {SETS} AS c ON c.set_id = l.concept_set")
        on.append("e.concept_id = c.concept_id")
    if shape.by_source:
        joins.append(f"JOIN {SETS} AS s ON s.set_id = l.source_set")
        on.append("e.source_concept_id = s.concept_id")
    joins.append(f"JOIN {records} AS e ON {' AND '.join(on)}" if on else f"CROSS JOIN {records} AS e")
    return " ".join(joins)


def _days(shape: LeafShape) -> tuple[str, str]:
    if shape.adjusted is None:
        return "e.first_day", "e.last_day"
    raw = {"start_day": "e.first_day", "end_day": "e.last_day"}
    start, end = shape.adjusted
    return f"{raw[start]} + l.start_offset", f"{raw[end]} + l.end_offset"


def _selected(shape: LeafShape) -> str:
    from_user, to_user = shape.period or (False, False)
    start, end = ("q.from_day" if from_user else "q.start_day"), ("q.to_day" if to_user else "q.end_day")
    counted = nothing("number")
    if shape.counted == "length":
        counted = f"CAST({end} - {start} AS DOUBLE)"
    elif shape.counted is not None:
        counted = f"CAST({_COUNTED.get(shape.counted, shape.counted).replace('concept_id', 'q.concept_id')} AS DOUBLE)"
        counted = counted if shape.counted in _COUNTED or shape.counted == "concept_id" else f"CAST(q.{shape.counted} AS DOUBLE)"
    values = ("q.leaf_id", "q.person_id", "q.event_id", start, end, "q.start_day", "q.visit_id", counted)
    return ", ".join(f"{value} AS {name}" for value, name in zip(values, COLUMNS, strict=True))


def uses(shape: LeafShape) -> str:
    """The domain's table."""
    return DOMAINS[shape.domain].table

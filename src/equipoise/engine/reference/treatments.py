"""Treatments of indexed persons from their records, one person after the other: what the plain interpreter finds lines from."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa

from equipoise.engine.lines.treatments import Treatments
from equipoise.engine.prepared import PreparedSets
from equipoise.engine.reference.person import Person
from equipoise.engine.shapes import Shape
from equipoise.study.model import LineAnchor, LinesOfTherapy

_GIVEN: Shape = {"person_id": pa.int64(), "day": pa.int32(), "end_day": pa.int32(), "drug": pa.string()}
_DAYS: Shape = {"person_id": pa.int64(), "day": pa.int32()}
Row = dict[str, object]


def treatments_of(
    asked: Iterable[tuple[Person, int]], lines: LinesOfTherapy, prepared: PreparedSets, *, up_to_index: bool = False
) -> Treatments:
    """Persons with their index days; days count from there. `up_to_index`: only records that start by then."""
    given: list[Row] = []
    anchors: list[Row] = []
    local: list[Row] = []
    index: list[Row] = []
    for person, index_day in asked:
        key = person.person_id
        seen = [(prepared.names[number], one) for number, one in person.events if not up_to_index or one.start <= index_day]
        index.append({"person_id": key, "day": 0})
        for drug in lines.drugs:
            for name, one in seen:
                end = None if one.end is None else one.end - index_day
                given += [{"person_id": key, "day": one.start - index_day, "end_day": end, "drug": drug.drug}] if name in drug.sets else []
        local += [{"person_id": key, "day": one.start - index_day} for name, one in seen if name in lines.local]
        found = _anchor({one.start - index_day for name, one in seen if name in lines.anchor.sets}, lines.anchor) if lines.anchor else None
        anchors += [] if found is None else [{"person_id": key, "day": found}]
    return Treatments(
        _table(given, _GIVEN),
        _table(anchors, _DAYS) if lines.anchor else None,
        _table(index, _DAYS),
        _table(local, _DAYS) if lines.local else None,
    )


def _anchor(days: set[int], rule: LineAnchor) -> int | None:
    """The first day that counts."""
    if rule.confirmed_within is None:
        return min(days, default=None)
    return min((day for day in days if any(day < later <= day + rule.confirmed_within for later in days)), default=None)


def _table(rows: list[Row], shape: Shape) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=pa.schema(list(shape.items())))

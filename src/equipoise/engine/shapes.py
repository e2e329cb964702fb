"""The columns of every answer that an engine gives, in order, with their types."""

from __future__ import annotations

from typing import TypeAlias

import pyarrow as pa

Shape: TypeAlias = dict[str, pa.DataType]

EVENT_COLUMNS: Shape = {
    "request": pa.string(),
    "set": pa.string(),
    "person_id": pa.int64(),
    "day": pa.int32(),
    "end_day": pa.int32(),
    "concept_id": pa.int64(),
    "value": pa.float64(),
    "unit_concept_id": pa.int64(),
    "record_id": pa.int64(),
    "range_low": pa.float64(),
    "range_high": pa.float64(),
}
PERSON_COLUMNS: Shape = {
    "person_id": pa.int64(),
    "birth_date": pa.date32(),
    "sex": pa.string(),
    "race_concept_id": pa.int64(),
    "ethnicity_concept_id": pa.int64(),
}
FOLLOW_UP_COLUMNS: Shape = {
    "person_id": pa.int64(),
    "death_date": pa.date32(),
    "last_record_date": pa.date32(),
    "observation_start": pa.date32(),
    "observation_end": pa.date32(),
}
SOURCE_CODE_COLUMNS: Shape = {"person_id": pa.int64(), "vocabulary": pa.string(), "code": pa.string()}
RECORDED_COLUMNS: Shape = {"domain": pa.string(), "window": pa.int32(), "concept_id": pa.int64(), "person_id": pa.int64()}
NAME_COLUMNS: Shape = {"concept_id": pa.int64(), "name": pa.string()}
COHORT_COLUMNS: Shape = {"person_id": pa.int64(), "index_date": pa.date32(), "arm": pa.int8()}
TIER_COLUMN: Shape = {"tier": pa.string()}
"""After the cohort's columns, for an index by sessions."""


def session_columns(treatments: int) -> Shape:
    """The columns of sessions, for so many treatments."""
    deciding = {f"d{place}": pa.bool_() for place in range(treatments)}
    return {"person_id": pa.int64(), "nth": pa.int32(), "session_date": pa.date32(), **TIER_COLUMN, "treatment": pa.string(), **deciding}


def shaped(found: pa.Table, columns: Shape) -> pa.Table:
    """The table with exactly these columns, in this order, of these types."""
    return pa.Table.from_arrays([found[name].cast(kind) for name, kind in columns.items()], names=list(columns))

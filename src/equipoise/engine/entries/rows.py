"""Sets of a study that are cohort definitions: their entries as rows, which an engine takes for records."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from equipoise.cohort.circe.model import CohortExpression
from equipoise.cohort.circe.reading import parse_circe
from equipoise.study.model import CodeSet

COLUMNS: dict[str, pa.DataType] = {
    "set_id": pa.int32(),
    "person_id": pa.int64(),
    "start_day": pa.int32(),
    "end_day": pa.int32(),
    "record_id": pa.int64(),
}
"""Days from 1970-01-01. `record_id` numbers the entries of all sets, by set, person and day."""


def definitions(code_sets: tuple[CodeSet, ...]) -> Iterator[tuple[int, CohortExpression]]:
    """The sets that are definitions, with their numbers."""
    return ((number, parse_circe(one.circe)) for number, one in enumerate(code_sets) if one.circe is not None)


def as_entries(rows: pa.Table) -> pa.Table:
    """Entries from cohort rows whose definition ids are numbers of sets; columns as `COLUMNS`."""
    found = rows.sort_by([(name, "ascending") for name in ("cohort_definition_id", "subject_id", "cohort_start_date", "cohort_end_date")])
    columns: list[pa.ChunkedArray[Any]] = [
        found["cohort_definition_id"],
        found["subject_id"],
        found["cohort_start_date"].cast(pa.date32()).cast(pa.int32()),
        found["cohort_end_date"].cast(pa.date32()).cast(pa.int32()),
        pa.chunked_array([pa.array(range(1, found.num_rows + 1), pa.int64())]),
    ]
    typed = [column.cast(kind) for column, kind in zip(columns, COLUMNS.values(), strict=True)]
    return pa.Table.from_arrays(typed, names=list(COLUMNS))

"""A folder of Parquet files as Python rows: dicts with lower-case names, ids as int, days as counts since 1970. The oracle's only input."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar

import pyarrow.parquet as pq

from equipoise.engine.clinical import CLINICAL_TABLES, ClinicalTable
from equipoise.kernel.days import to_day

Row = dict[str, object]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Record:
    """A row of a clinical table. `row` tells rows of one table apart."""

    table_no: int
    row: int
    person_id: int
    record_id: int | None
    concept_id: int
    source_concept_id: int
    start: int
    end: int | None
    value: float | None
    unit: int | None
    range_low: float | None
    range_high: float | None


def read_table(folder: Path, name: str) -> list[Row]:
    """All rows of a table; none when the folder does not hold it."""
    files = [path for path in folder.glob("*.parquet") if path.stem.lower() == name]
    rows = [row for path in files for row in pq.read_table(path).to_pylist()]
    return [{column.lower(): value for column, value in row.items()} for row in rows]


def read_records(folder: Path, persons: set[int]) -> list[Record]:
    """The clinical records of known persons that have a start date."""
    found = [
        _record(number, table, row, cells)
        for number, table in enumerate(CLINICAL_TABLES)
        for row, cells in enumerate(read_table(folder, table.name))
    ]
    return [record for record in found if record is not None and record.person_id in persons]


def _record(table_no: int, table: ClinicalTable, row: int, cells: Row) -> Record | None:
    person, start = whole(cells.get("person_id")), day(cells.get(table.start))
    if person is None or start is None:
        return None
    return Record(
        table_no=table_no,
        row=row,
        person_id=person,
        record_id=whole(cells.get(table.record_id)),
        concept_id=whole(cells.get(table.concept)) or 0,
        source_concept_id=whole(cells.get(table.source_concept)) or 0,
        start=start,
        end=day(cells.get(table.end or "")),
        value=number(cells.get(table.value or "")),
        unit=whole(cells.get(table.unit or "")),
        range_low=number(cells.get(table.range_low or "")),
        range_high=number(cells.get(table.range_high or "")),
    )


def whole(value: object) -> int | None:
    """An id: 5, 5.0 and "5.0" are the same."""
    return _read(lambda: int(float(str(value)))) if value is not None else None


def number(value: object) -> float | None:
    """A finite float64, or None."""
    found = _read(lambda: float(str(value))) if value is not None else None
    return found if found is not None and math.isfinite(found) else None


def day(value: object) -> int | None:
    """A date, a timestamp or a text that begins with an ISO date, as a day count."""
    if isinstance(value, datetime):
        return to_day(value.date())
    if isinstance(value, date):
        return to_day(value)
    return _read(lambda: to_day(date.fromisoformat(str(value)[:10]))) if value is not None else None


def birth_day(person: Row) -> int | None:
    """The birth date; a missing or impossible month or day counts as 1."""
    year, month, of_month = (whole(person.get(f"{part}_of_birth")) for part in ("year", "month", "day"))
    if year is None:
        return None
    tries = [(month or 1, of_month or 1), (month or 1, 1), (1, 1)]
    found = [_read(lambda parts=parts: to_day(date(year, *parts))) for parts in tries]  # type: ignore[misc]
    return next((one for one in found if one is not None), None)


def _read(how: Callable[[], T]) -> T | None:
    try:
        return how()
    except ValueError:
        return None

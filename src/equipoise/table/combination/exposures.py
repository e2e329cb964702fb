"""Exposures beside the arms: for each class, whether the person is exposed in each window, at the index, and from which day on.

Exposed in a window: a record of the class starts in it, or its days of supply (start to end of the record) reach into it. Records that
belong to the study treatment itself (`not_counted`) are taken out first, record by record, whatever class they lie in.

Misleads when an exposure ends without a record of it: the end of a supply is not the last day it was taken. A record whose end is
unknown counts on its first day alone; one that began more than `LONGEST_SUPPLY` days before a window is not seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa

from equipoise.engine.contract import EventRequest
from equipoise.study.model import Combination, ExposureClass, Window
from equipoise.table.arrow import Bools, Floats, NewColumn, numbers
from equipoise.table.records import Records, no_records

LONGEST_SUPPLY = 365
"""Days before the earliest window in which the start of a supply is looked for."""
AT_INDEX = "at index"
"""The window that every study has: the part of its main window up to the index day."""
NOT_COUNTED = "combination, not counted"


def windows_of(block: Combination) -> dict[str, tuple[int, int]]:
    """First and last day of every window by name, `AT_INDEX` first."""
    return {AT_INDEX: block.index_window, **{window.name: (window.start, window.end) for window in block.windows}}


def exposure_column(of: str, window: str) -> str:
    """The column of the analysis table that says whether a person is exposed to a class in a window: 1 or 0."""
    return f"combination {of}, {window}"


def first_column(of: str) -> str:
    """The column with the first day from 1 to the horizon on which a person is exposed to a class; null without one."""
    return f"combination {of}, first day"


def combination_names(block: Combination | None) -> tuple[str, ...]:
    """All columns of the block in order."""
    if block is None:
        return ()
    windows = windows_of(block)
    return tuple(
        name for one in block.classes for name in (*(exposure_column(one.name, window) for window in windows), first_column(one.name))
    )


def combination_requests(block: Combination | None) -> Iterator[EventRequest]:
    """All records of each class that may count, and those that are not counted."""
    if block is None:
        return
    earliest = min(start for start, _ in windows_of(block).values())
    for one in block.classes:
        yield EventRequest(_request(one), one.sets, Window(start=earliest - LONGEST_SUPPLY, end=block.horizon))
    if (out := block.not_counted) is not None:
        yield EventRequest(NOT_COUNTED, out.sets, Window(start=out.start, end=out.end))


def _request(one: ExposureClass) -> str:
    return f"combination {one.name}"


def combination_columns(block: Combination | None, records: Mapping[str, Records], n: int) -> dict[str, NewColumn]:
    """Columns by name, for n persons. records: by request."""
    if block is None:
        return {}
    out = records.get(NOT_COUNTED, no_records())
    columns: dict[str, NewColumn] = {}
    for one in block.classes:
        found = without(records.get(_request(one), no_records()), out)
        for window, days in windows_of(block).items():
            columns[exposure_column(one.name, window)] = pa.array(exposed(found, days, n).astype(np.int8), pa.int8())
        columns[first_column(one.name)] = numbers(first_exposed(found, block.horizon, n))
    return columns


def without(found: Records, out: Records) -> Records:
    """The records that are not among `out`: the same person, day, concept and record id."""
    gone = set(zip(*(key.tolist() for key in _identity(out)), strict=True))
    if not gone:
        return found
    kept = [key not in gone for key in zip(*(key.tolist() for key in _identity(found)), strict=True)]
    return found.take(np.array(kept, dtype=bool))


def _identity(records: Records) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], ...]:
    return records.row, records.day, records.concept, records.record


def last_days(records: Records) -> Floats:
    """(m,) the last day of each record: its end, where known and not before its start."""
    day = records.day.astype(np.float64)
    return day if records.end is None else np.fmax(day, records.end)


def exposed(records: Records, days: tuple[int, int], n: int) -> Bools:
    """(n,) whether any record reaches into the days, both ends included."""
    start, end = days
    inside = (records.day <= end) & (last_days(records) >= start)
    return np.bincount(records.row[inside], minlength=n) > 0


def first_exposed(records: Records, horizon: int, n: int) -> Floats:
    """(n,) the first day from 1 to the horizon with an exposure; NaN without one."""
    first = np.full(n, np.inf)
    after = (last_days(records) >= 1) & (records.day <= horizon)
    np.minimum.at(first, records.row[after], np.maximum(records.day[after], 1).astype(np.float64))
    return np.where(np.isfinite(first), first, np.nan)

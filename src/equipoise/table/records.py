"""Events of an engine as sorted columns, request by request, and the few sums over a person's records that outcomes and covariates need.

Letters: n persons of the cohort (row 0 ... n - 1, sorted by person_id), m records of one request, sorted by row, day, record id.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pyarrow as pa

from equipoise.table.arrow import Bools, Floats, Ints, coded, real, whole


@dataclass(frozen=True, slots=True)
class Records:
    """The m records of one request. row: person's row. day: from index. set_code: number of the code set. value: NaN when absent.
    unit: unit concept, 0 when absent. low, high: the laboratory's limits of normal in the record's unit, NaN when absent; end: last day
    of the record (of a dispensing, of its supply), NaN when unknown. low, high, end: None where a request has none to tell."""

    row: Ints
    day: Ints
    set_code: Ints
    concept: Ints
    value: Floats
    unit: Ints
    record: Ints
    low: Floats | None = None
    high: Floats | None = None
    end: Floats | None = None

    def take(self, where: Bools | Ints | slice) -> Records:
        """The records chosen, in the same order."""

        def kept(name: str) -> Any:
            column = getattr(self, name)
            return None if column is None else column[where]

        return Records(*map(kept, Records.__slots__))


def by_request(events: pa.Table, person_ids: Ints) -> dict[str, Records]:
    """The events of `Engine.events`, split by request. Requests without a record are absent; see `no_records`."""
    if events.num_rows == 0:
        return {}
    request, names = coded(events["request"])
    every = Records(
        row=np.searchsorted(person_ids, whole(events["person_id"])),
        day=whole(events["day"]),
        set_code=coded(events["set"])[0],
        concept=whole(events["concept_id"]),
        value=real(events["value"]),
        unit=whole(events["unit_concept_id"]),
        record=whole(events["record_id"]),
        low=real(events["range_low"]),
        high=real(events["range_high"]),
        end=real(events["end_day"]),
    )
    if np.any(request[1:] < request[:-1]):
        order = np.argsort(request, kind="stable")
        request, every = request[order], every.take(order)
    ends = np.cumsum(np.bincount(request, minlength=len(names)))
    return {name: every.take(slice(ends[i - 1] if i else 0, ends[i])) for i, name in enumerate(names)}


def no_records() -> Records:
    """An empty request."""
    whole_numbers = np.zeros(0, dtype=np.int64)
    numbers = np.zeros(0, dtype=np.float64)
    return Records(whole_numbers, whole_numbers, whole_numbers, whole_numbers, numbers, whole_numbers, whole_numbers, numbers, numbers)


def starts_of(row: Ints) -> Ints:
    """Where each person's records begin, in records sorted by row."""
    return np.flatnonzero(np.r_[True, row[1:] != row[:-1]]) if len(row) else np.zeros(0, dtype=np.int64)


def first_day(records: Records, n: int) -> Floats:
    """(n,) the day of each person's first record; infinity without one."""
    out = np.full(n, np.inf)
    starts = starts_of(records.row)
    out[records.row[starts]] = records.day[starts]
    return out


def counted(records: Records, n: int, what: Literal["records", "dates", "sets"]) -> Ints:
    """(n,) each person's distinct records, start dates or sets. A record that lies in two sets counts once, except among sets."""
    if what == "records" and np.all(records.set_code == records.set_code[:1]):
        return np.bincount(records.row, minlength=n)
    keys = {
        "records": (records.concept, records.record, records.day, records.row),
        "dates": (records.day, records.row),
        "sets": (records.set_code, records.row),
    }[what]
    order = np.lexsort(keys)
    new = np.zeros(len(order), dtype=bool)
    new[:1] = True
    for key in keys:
        new[1:] |= key[order][1:] != key[order][:-1]
    return np.bincount(records.row[order][new], minlength=n)


def nearest(records: Records, n: int, target: int) -> tuple[Bools, Floats]:
    """Whether each person has a record, and the value nearest to day `target`; ties: the earlier day, then the smaller record id."""
    out, starts = np.full(n, np.nan), starts_of(records.row)
    if len(starts):
        distance = np.abs(records.day - target)
        least = np.repeat(np.minimum.reduceat(distance, starts), np.diff(np.r_[starts, len(distance)]))
        position = np.where(distance == least, np.arange(len(distance)), len(distance))
        chosen = np.minimum.reduceat(position, starts)
        out[records.row[chosen]] = records.value[chosen]
    return np.isfinite(out), out

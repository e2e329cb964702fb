"""From records of treatment to sorted arrays: one row for each drug of each person on each day that counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from equipoise.engine.lines.columns import named, present, true, whole
from equipoise.engine.lines.compiled import CompiledPack, Flags, Ints
from equipoise.engine.lines.treatments import Treatments


@dataclass(frozen=True, slots=True)
class Exposures:
    """Sorted by person, day and drug, each once. `person`: place in `ids`. `end`: last day covered; `until`: last day of its gap."""

    ids: Ints
    person: Ints
    day: Ints
    drug: Ints
    end: Ints
    until: Ints


@dataclass(frozen=True, slots=True)
class _Rows:
    """Records in any order."""

    person: Ints
    day: Ints
    drug: Ints
    end: Ints
    until: Ints
    ordered: Flags | None = None

    def where(self, keep: Flags) -> _Rows:
        """The rows kept."""
        ordered = None if self.ordered is None else self.ordered[keep]
        return _Rows(self.person[keep], self.day[keep], self.drug[keep], self.end[keep], self.until[keep], ordered)

    def keys(self) -> tuple[Ints, int]:
        """A number that sorts rows by person, drug and day, and how many days lie between two drugs."""
        first, last = int(self.day.min()), int(self.day.max())
        span = last - first + 2
        return (self.person * (int(self.drug.max()) + 1) + self.drug) * span + (self.day - first), span


def exposures(treatments: Treatments, rules: CompiledPack) -> Exposures:
    """What counts of the records: products taken apart, local drugs and unconfirmed orders left out."""
    ids, rows = _rows(treatments.administrations, rules)
    rows = _without_local(rows, ids, treatments.local, rules)
    rows = _without_open_orders(rows, rules)
    return _sorted(rows, ids)


def _rows(table: pa.Table, rules: CompiledPack) -> tuple[Ints, _Rows]:
    names, code = named(table, "drug")
    inside, begin, count = _contents(names, rules)
    times = np.where(present(table, "person_id") & present(table, "day"), count[code], 0)
    again = np.repeat(np.arange(len(code)), times)
    within = np.arange(len(again)) - np.repeat(np.cumsum(times) - times, times)
    drug = inside[begin[code[again]] + within]
    gap = _gap_of_route(table, rules)[again]
    ids, person = np.unique(whole(table, "person_id")[again], return_inverse=True)
    day = whole(table, "day")
    end = np.maximum(day, _recorded_end(table, day))[again]
    ordered = true(table, "ordered")[again] if "ordered" in table.column_names else None
    return ids, _Rows(person, day[again], drug, end, end + np.where(gap < 0, rules.gap[drug], gap), ordered)


def _contents(names: list[str | None], rules: CompiledPack) -> tuple[Ints, Ints, Ints]:
    """The drugs that each name holds, one list after the other; where each begins, and how many. A last, empty one is for null."""
    number = {drug: place for place, drug in enumerate(rules.drugs)}
    contained = rules.pack.contained()
    lists = [sorted(number[drug] for drug in contained.get(name or "", ())) for name in [*names, None]]
    count = np.array([len(one) for one in lists], np.int64)
    return np.array([drug for one in lists for drug in one], np.int64), np.cumsum(count) - count, count


def _gap_of_route(table: pa.Table, rules: CompiledPack) -> Ints:
    """Days of the record's own route; -1 where it has none that the pack knows."""
    if "route" not in table.column_names:
        return np.full(len(table), -1, np.int64)
    names, code = named(table, "route")
    gap = rules.pack.gap
    return np.array([*(gap[name].days if name in gap else -1 for name in names), -1], np.int64)[code]


def _recorded_end(table: pa.Table, day: Ints) -> Ints:
    end = day
    if "days_supply" in table.column_names:
        end = day + whole(table, "days_supply", 1) - 1
    if "end_day" in table.column_names:
        end = np.where(present(table, "end_day"), whole(table, "end_day"), end)
    return end


def _without_local(rows: _Rows, ids: Ints, local: pa.Table | None, rules: CompiledPack) -> _Rows:
    if local is None or not rules.pack.local or not len(rows.day):
        return rows
    who, session = whole(local, "person_id"), whole(local, "day")
    known = np.isin(who, ids) & present(local, "person_id") & present(local, "day")
    person, session = np.searchsorted(ids, who[known]), session[known]
    if not len(person):
        return rows
    low = min(int(rows.day.min()), int(session.min()))
    span = max(int(rows.day.max()), int(session.max())) - low + 1 + max(rule.last_day for rule in rules.pack.local)
    keys, drop = rows.person * span + rows.day - low, np.zeros(len(rows.day), np.bool_)
    for rule in rules.pack.local:
        some = np.isin(rows.drug, [rules.drugs.index(drug) for drug in rules.pack.drugs_of(rule.drugs)])
        near = (person * span + session - low)[:, None] + np.arange(rule.last_day + 1)
        drop |= some & np.isin(keys, near.ravel())
    return rows.where(~drop)


def _without_open_orders(rows: _Rows, rules: CompiledPack) -> _Rows:
    if rows.ordered is None or rules.pack.orders is None or not rows.ordered.any():
        return rows
    keys, span = rows.keys()
    distinct = np.append(np.unique(keys), np.iinfo(np.int64).max)
    own = keys[rows.ordered]
    following = distinct[np.searchsorted(distinct, own, side="right")]
    confirmed = (following // span == own // span) & (following - own <= rules.pack.orders.confirmed_within)
    keep = ~rows.ordered
    keep[rows.ordered] = confirmed
    return rows.where(keep)


def _sorted(rows: _Rows, ids: Ints) -> Exposures:
    """One row a person, day and drug: the latest end, the latest end of its gap."""
    if not len(rows.day):
        return Exposures(ids, rows.person, rows.day, rows.drug, rows.end, rows.until)
    low, drugs = int(rows.day.min()), int(rows.drug.max()) + 1
    span = int(rows.day.max()) - low + 1
    keys = (rows.person * span + (rows.day - low)) * drugs + rows.drug
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    first = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
    end, until = (np.maximum.reduceat(one[order], first) for one in (rows.end, rows.until))
    rest, drug = np.divmod(keys[first], drugs)
    person, day = np.divmod(rest, span)
    return Exposures(ids, person, day + low, drug, end, until)

"""Sums over a person's records agree with plain loops."""

from __future__ import annotations

import math

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from equipoise.table.records import Records, by_request, counted, first_day, nearest, no_records, starts_of

N = 5
FACTS = st.lists(st.tuples(st.integers(0, N - 1), st.integers(-4, 4), st.integers(0, 6), st.integers(0, 2)), max_size=30)


def make(facts: list[tuple[int, int, int, int]]) -> Records:
    """Facts: (row, day, record id, set). A record id belongs to one concept and value."""
    rows = sorted(set(facts), key=lambda fact: (fact[0], fact[1], fact[2], fact[3]))
    row, day, record, sets = (np.array([fact[k] for fact in rows], dtype=np.int64) for k in range(4))
    return Records(row, day, sets, record % 3, record * 1.5, np.zeros_like(row), record)


@given(FACTS)
def test_first_day(facts: list[tuple[int, int, int, int]]) -> None:
    expected = [min((day for row, day, _, _ in facts if row == person), default=math.inf) for person in range(N)]
    assert first_day(make(facts), N).tolist() == expected


@given(FACTS)
def test_counts_of_records_dates_and_sets(facts: list[tuple[int, int, int, int]]) -> None:
    records = make(facts)
    of = {person: [fact for fact in facts if fact[0] == person] for person in range(N)}
    assert counted(records, N, "records").tolist() == [len({(day, record) for _, day, record, _ in of[p]}) for p in range(N)]
    assert counted(records, N, "dates").tolist() == [len({day for _, day, _, _ in of[p]}) for p in range(N)]
    assert counted(records, N, "sets").tolist() == [len({s for _, _, _, s in of[p]}) for p in range(N)]


@given(FACTS, st.integers(-5, 5))
def test_nearest_ties_go_to_the_earlier_day_then_the_smaller_id(facts: list[tuple[int, int, int, int]], target: int) -> None:
    has, value = nearest(make(facts), N, target)
    for person in range(N):
        mine = [(abs(day - target), day, record) for row, day, record, _ in facts if row == person]
        assert has[person] == bool(mine)
        if mine:
            assert value[person] == min(mine)[2] * 1.5


def test_a_record_in_two_sets_counts_once() -> None:
    records = make([(0, 1, 5, 0), (0, 1, 5, 1), (0, 1, 6, 0)])
    assert counted(records, 1, "records").tolist() == [2]
    assert counted(records, 1, "sets").tolist() == [2]


def test_no_records() -> None:
    empty = no_records()
    assert starts_of(empty.row).tolist() == []
    assert counted(empty, 3, "records").tolist() == [0, 0, 0]
    assert first_day(empty, 2).tolist() == [math.inf, math.inf]
    assert nearest(empty, 2, 0)[0].tolist() == [False, False]


def test_events_are_split_by_request_in_several_chunks() -> None:
    def chunk(request: list[str], person: list[int], unit: list[int | None]) -> pa.Table:
        n = len(request)
        return pa.table(
            {
                "request": pa.array(request),
                "set": pa.array(["s"] * n),
                "person_id": pa.array(person, pa.int64()),
                "day": pa.array(range(n), pa.int32()),
                "end_day": pa.nulls(n, pa.int32()),
                "concept_id": pa.array([7] * n, pa.int64()),
                "value": pa.array([None] * n, pa.float64()),
                "unit_concept_id": pa.array(unit, pa.int64()),
                "record_id": pa.array(range(n), pa.int64()),
                "range_low": pa.nulls(n, pa.float64()),
                "range_high": pa.array([40.0 + k for k in range(n)], pa.float64()),
            }
        )

    events = pa.concat_tables([chunk(["x", "x", "y"], [10, 30, 10], [None, 8840, None]), chunk(["z"], [20], [8840])])
    found = by_request(events, np.array([10, 20, 30]))
    assert {name: records.row.tolist() for name, records in found.items()} == {"x": [0, 2], "y": [0], "z": [1]}
    assert found["x"].unit.tolist() == [0, 8840]
    assert (found["y"].high.tolist(), np.isnan(found["y"].low).all()) == ([42.0], True)
    assert np.isnan(found["x"].value).all()
    assert by_request(events.slice(0, 0), np.array([10])) == {}

"""Composites beside a plain loop, and values in other units."""

from __future__ import annotations

import numpy as np
import pytest

from equipoise.study.model import Code, CodeSet, Composite, EventOutcome, RecordsMember, ValueMember, Window, Without
from equipoise.table.events.composites import first_met, meeting, member_request, without_request, without_window
from equipoise.table.records import Records, no_records


def records(row: list[int], day: list[int], value: list[float] | None = None, unit: int = 0) -> Records:
    zero = np.zeros(len(row), dtype=np.int64)
    values = np.array(value if value is not None else [0.0] * len(row))
    return Records(np.array(row, dtype=np.int64), np.array(day, dtype=np.int64), zero, zero, values, zero + unit, zero)


@pytest.mark.parametrize("within", [None, 0, 3, 20])
@pytest.mark.parametrize("need", [1, 2, 3])
def test_a_plain_loop_finds_the_same_days(need, within):
    rng = np.random.default_rng(need)
    members = []
    for size in (90, 40, 60):
        row, day = rng.integers(0, 40, size), rng.integers(-20, 30, size)
        order = np.lexsort((day, row))
        members.append(records(row[order].tolist(), day[order].tolist()))
    got = first_met(members, need, within, 41)
    for person in range(41):
        days = [part.day[part.row == person] for part in members]
        reach = 1000 if within is None else within
        met = [t for t in range(-20, 30) if sum(bool(np.any((own <= t) & (own >= t - reach))) for own in days) >= need]
        assert got[person] == (met[0] if met else np.inf)


def test_nobody_meets_anything_without_records():
    assert np.all(np.isinf(first_met([no_records(), no_records()], 1, None, 3)))


def test_values_are_compared_in_the_unit_of_the_threshold():
    bilirubin = CodeSet(name="bili", codes=(Code(vocabulary="LOINC", code="1975-2", match="exact"),))
    member = ValueMember(sets=("bili",), comparison=">", threshold=3.0, unit="mg/dL")
    umol_per_l = records([0, 1, 2], [1, 1, 1], [51.31, 51.32, np.nan], unit=8749)
    assert meeting(member, umol_per_l, (bilirubin,)).row.tolist() == [1]
    other = records([0], [1], [99.0], unit=9529)
    assert meeting(member, other, (bilirubin,)).row.tolist() == []


def test_conversion_does_not_push_a_value_over_the_threshold():
    albumin = CodeSet(name="alb", codes=(Code(vocabulary="LOINC", code="1751-7", match="exact"),))
    member = ValueMember(sets=("alb",), comparison=">", threshold=3.4, unit="g/dL")
    assert 34 * 0.1 > 3.4
    assert meeting(member, records([0, 1], [1, 1], [34.0, 34.1], unit=8636), (albumin,)).row.tolist() == [1]


def test_a_record_needs_no_value():
    assert meeting(RecordsMember(sets=("a",)), records([4], [1], [np.nan]), ()).row.tolist() == [4]


def test_names_and_windows_of_requests():
    rule = Composite(members=(RecordsMember(sets=("a",)),), at_least=1, without=Without(sets=("b",)))
    outcome = EventOutcome(name="x", sets=("a",), composite=rule)
    assert (member_request("outcome", outcome, 0), without_request(outcome)) == ("outcome x member 0", "without x")
    assert without_window(rule, Window(start=28, end=56)) == Window(start=0, end=56)
    assert without_window(Composite(members=rule.members, at_least=1), Window()) is None

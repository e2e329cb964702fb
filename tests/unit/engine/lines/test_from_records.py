"""The anchor day: the first record, or the first that another confirms."""

from __future__ import annotations

import pyarrow as pa
import pytest

from equipoise.engine.lines.from_records import anchor_days


@pytest.mark.parametrize(
    ("days", "within", "expected"),
    [
        ([5, 3, 9], None, [3]),
        ([5, 3, 9], 2, [3]),
        ([0, 100, 190], 90, [100]),
        ([0, 91], 90, []),
        ([0, 90], 90, [0]),
        ([0, 0], 90, []),
        ([], None, []),
        ([], 90, []),
    ],
)
def test_anchor_of_one_person(days, within, expected):
    records = pa.table({"person_id": pa.array([4] * len(days), pa.int64()), "day": pa.array(days, pa.int32())})
    assert anchor_days(records, within)["day"].to_pylist() == expected


def test_another_persons_record_confirms_nothing():
    records = pa.table({"person_id": pa.array([2, 1, 1], pa.int64()), "day": pa.array([10, 9, 300], pa.int32())})
    assert anchor_days(records, 90).to_pylist() == []
    assert anchor_days(records).to_pylist() == [{"person_id": 1, "day": 9}, {"person_id": 2, "day": 10}]

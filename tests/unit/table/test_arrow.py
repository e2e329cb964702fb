"""Arrow columns read as numpy, in one chunk, several, or none."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from equipoise.table.arrow import categories, coded, numbers, real, whole


def test_null_becomes_zero_or_nan() -> None:
    days = pa.chunked_array([pa.array([date(1970, 1, 2), None], pa.date32())])
    assert whole(days).tolist() == [1, 0]
    np.testing.assert_array_equal(real(days), [1.0, np.nan])
    assert whole(pa.chunked_array([pa.array([True, None, False])])).tolist() == [1, 0, 0]


@pytest.mark.parametrize("split", [[["b", None], ["a", "b"]], [["b", None, "a", "b"]]])
def test_strings_as_numbers(split: list[list[str | None]]) -> None:
    codes, names = coded(pa.chunked_array([pa.array(part, pa.string()) for part in split]))
    assert [names[code] if code >= 0 else None for code in codes] == ["b", None, "a", "b"]
    codes, names = coded(pa.chunked_array([], pa.string()))
    assert (codes.tolist(), names) == ([], [])


def test_a_dictionary_keeps_all_its_levels() -> None:
    column = pa.chunked_array([categories(np.array([2, 2]), ("x", "y", "z")), categories(np.array([0]), ("x", "y", "z"))])
    codes, names = coded(column)
    assert codes.tolist() == [2, 2, 0]
    assert names == ["x", "y", "z"]


def test_nan_becomes_null() -> None:
    assert numbers(np.array([1.0, np.nan])).to_pylist() == [1.0, None]
    assert numbers(np.array([3], dtype=np.int64)).type == pa.float64()

"""Arrow columns read as numpy: what null becomes, and strings as numbers."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Bools: TypeAlias = NDArray[np.bool_]
Column: TypeAlias = "pa.ChunkedArray[Any]"
NewColumn: TypeAlias = "pa.Array[Any]"


def whole(column: Column) -> Ints:
    """An integer, boolean or date column as int64; null becomes 0."""
    if pa.types.is_date(column.type):
        column = column.cast(pa.int32())
    as_int: Any = column.cast(pa.int64())
    return np.asarray(_filled(as_int, 0).to_numpy(), dtype=np.int64)


def _filled(column: Any, value: int) -> Any:
    """Without nulls; copied only if there are any."""
    return column.fill_null(value) if column.null_count else column


def real(column: Column) -> Floats:
    """A number or date column as float64; null becomes NaN."""
    if pa.types.is_date(column.type):
        column = column.cast(pa.int32())
    return np.asarray(column.cast(pa.float64()).to_numpy(), dtype=np.float64)


def coded(column: Column) -> tuple[Ints, list[str]]:
    """A column of strings or a dictionary column as numbers (-1 where null), and the string of each number.

    A dictionary column keeps its whole dictionary in its order, whether each string occurs or not.
    """
    encoded: Any = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    encoded = encoded.unify_dictionaries().combine_chunks()
    chunk: Any = encoded if isinstance(encoded, pa.Array) else pa.concat_arrays(encoded.chunks or [pa.array([], encoded.type)])
    codes = np.asarray(_filled(chunk.indices.cast(pa.int64()), -1), dtype=np.int64)
    names: list[str] = chunk.dictionary.to_pylist()
    return codes, names


def numbers(values: Floats | Ints) -> NewColumn:
    """A float64 column; NaN becomes null."""
    values = np.asarray(values, dtype=np.float64)
    return pa.array(values, pa.float64(), mask=np.isnan(values))


def categories(codes: Ints, levels: tuple[str, ...]) -> NewColumn:
    """A dictionary column whose dictionary holds every level in order."""
    return pa.DictionaryArray.from_arrays(pa.array(codes, pa.int32()), pa.array(levels, pa.string()))

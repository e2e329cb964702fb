"""Columns of Arrow tables as numpy arrays, nulls filled."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from equipoise.engine.lines.compiled import Flags, Ints

MISSING = -1
"""The number of a name that is null."""


def whole(table: pa.Table, name: str, missing: int = 0) -> Ints:
    """A column of whole numbers; nulls are `missing`."""
    column: Any = table[name]
    column = column.fill_null(missing) if column.null_count else column
    return np.asarray(column.to_numpy(), np.int64)


def present(table: pa.Table, name: str) -> Flags:
    """Where the column is not null."""
    return np.asarray(table[name].is_valid().to_numpy(), np.bool_)


def true(table: pa.Table, name: str) -> Flags:
    """Where the column is true."""
    column: Any = table[name]
    return np.asarray(column.fill_null(False).to_numpy(), np.bool_)


def named(table: pa.Table, name: str) -> tuple[list[str | None], Ints]:
    """The distinct names of a column of strings, encoded or not, and each row's number among them; `MISSING` for null."""
    column: Any = table[name]
    column = column if pa.types.is_dictionary(column.type) else pc.dictionary_encode(column)
    column = column.unify_dictionaries()
    names = column.chunk(0).dictionary.to_pylist() if column.num_chunks else []
    numbers: list[Ints] = [np.asarray(chunk.indices.fill_null(MISSING).to_numpy(zero_copy_only=False), np.int64) for chunk in column.chunks]
    return names, np.concatenate([np.zeros(0, np.int64), *numbers])


def earliest(table: pa.Table) -> tuple[Ints, Ints]:
    """Persons of a table of persons and days, ascending, and the earliest day of each; rows with a null are left out."""
    kept = present(table, "person_id") & present(table, "day")
    person, day = whole(table, "person_id")[kept], whole(table, "day")[kept]
    order = np.lexsort((day, person))
    ids, first = np.unique(person[order], return_index=True)
    return ids, day[order][first]

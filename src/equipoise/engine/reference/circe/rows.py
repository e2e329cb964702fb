"""A folder of Parquet files in memory, a table as columns. Days are counted from 1970-01-01; what cannot be read as its kind is None."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from equipoise.engine.errors import MISSING_COLUMN, UNREADABLE_TABLE
from equipoise.engine.reference.tables import day, number, whole
from equipoise.engine.sql.duckdb_files import check_path, parquet_tables
from equipoise.kernel.errors import Where, closest


def _text(value: object) -> str | None:
    return None if value is None else str(value)


@dataclass(slots=True)
class Table:
    """A table of the CDM; one that is not there has no rows. Columns have lower-case names; one that is not there is all None."""

    name: str
    rows: pa.Table
    _read: dict[tuple[str, str], Sequence[object]] = field(default_factory=dict)

    @property
    def length(self) -> int:
        """How many rows."""
        return self.rows.num_rows

    def must_have(self, *columns: str) -> None:
        """Raise EQ-ENGINE-004 for the first column that a table that is there lacks."""
        names = self.rows.column_names
        for column in columns if names else ():
            if column not in names:
                where = Where(table=self.name, column=column)
                raise MISSING_COLUMN.error(f"no column {column}", where, did_you_mean=closest(column, names))

    def ids(self, column: str) -> Sequence[int | None]:
        """Whole numbers."""
        return self._values(column, whole)  # type: ignore[return-value]

    def days(self, column: str) -> Sequence[int | None]:
        """Day counts."""
        return self._values(column, day)  # type: ignore[return-value]

    def numbers(self, column: str) -> Sequence[float | None]:
        """Finite numbers."""
        return self._values(column, number)  # type: ignore[return-value]

    def texts(self, column: str) -> Sequence[str | None]:
        """Text."""
        return self._values(column, _text)  # type: ignore[return-value]

    def _values(self, column: str, read: Callable[[object], object]) -> Sequence[object]:
        key = (column, read.__name__)
        if key not in self._read:
            self._read[key] = self._converted(column, read)
        return self._read[key]

    def _converted(self, column: str, read: Callable[[object], object]) -> Sequence[object]:
        if column not in self.rows.column_names:
            return [None] * self.length
        values = self.rows[column]
        if read is day and pa.types.is_date32(values.type):
            return values.cast(pa.int32()).to_pylist()
        if read is whole and pa.types.is_integer(values.type):
            return values.to_pylist()
        return [read(value) for value in values.to_pylist()]


@dataclass(slots=True)
class Cdm:
    """The CDM of one site."""

    folder: Path
    files: dict[str, list[Path]]
    _tables: dict[str, Table] = field(default_factory=dict)

    def table(self, name: str) -> Table:
        """A table by name, read once."""
        if name not in self._tables:
            self._tables[name] = _read_table(name, self.files.get(name, []))
        return self._tables[name]


def open_cdm(folder: Path, site: str) -> Cdm:
    """Find the tables; nothing is read yet. Raises EQ-ENGINE-001."""
    check_path(folder, site)
    return Cdm(folder, parquet_tables(folder))


def _read_table(name: str, files: list[Path]) -> Table:
    if not files:
        return Table(name, pa.table({}))
    try:
        parts = [pq.read_table(path) for path in files]
    except (OSError, pa.ArrowInvalid):
        raise UNREADABLE_TABLE.error("the table cannot be read", Where(table=name)) from None
    lower = [part.rename_columns([column.lower() for column in part.column_names]) for part in parts]
    return Table(name, pa.concat_tables(lower, promote_options="permissive"))

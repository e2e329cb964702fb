"""SQL in DuckDB's spelling, and the few phrases that are not spelled the same everywhere: sqlglot turns the text into other dialects.

Days are whole numbers counted from 1970-01-01 all the way through; they become dates again in the last statement.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Literal

import pyarrow as pa

from equipoise.engine.sql.warehouse import Source

ColumnKind = Literal["id", "number", "text", "day"]
_TYPES = {"id": "BIGINT", "number": "DOUBLE", "text": "VARCHAR", "day": "INT"}
_WRITTEN = {pa.int64(): "BIGINT", pa.float64(): "DOUBLE", pa.string(): "VARCHAR", pa.int32(): "INT", pa.bool_(): "BOOLEAN"}
_EPOCH = "CAST('1970-01-01' AS DATE)"
FAR_FUTURE = 47481
"""31 December 2099, in days."""


def nothing(kind: ColumnKind) -> str:
    """A null of a kind."""
    return f"CAST(NULL AS {_TYPES[kind]})"


def date_of(day: str) -> str:
    """The date of a day number."""
    return f"{_EPOCH} + CAST({day} AS INT)"


def year_of(day: str) -> str:
    """The calendar year of a day number."""
    return f"EXTRACT(YEAR FROM {date_of(day)})"


def read(source: Source, column: str, kind: ColumnKind) -> str:
    """A column of a site's table in the type that the engine wants; null where it cannot be read as such, or is not there.

    Not a number counts as null: by subtraction, since comparisons with it may be answered from Parquet's statistics, which leave it out.
    """
    if column not in source.columns:
        return nothing(kind)
    name = '"' + source.columns[column].replace('"', '""') + '"'
    if kind == "day":
        return f"CAST(DATE_DIFF('DAY', {_EPOCH}, {_as_date(name, column in source.dates)}) AS INT)"
    if kind == "id" and column in source.integers:
        return name
    cast = "CAST" if kind == "text" or (kind == "number" and column in source.numbers) else "TRY_CAST"
    value = f"{cast}({name} AS {_TYPES[kind]})"
    return f"CASE WHEN {value} - {value} = 0 THEN {value} END" if kind == "number" else value


def _as_date(name: str, dated: bool) -> str:
    """A date, or text that says one as 2020-01-31 (perhaps with a time) or 20200131."""
    if dated:
        return f"CAST({name} AS DATE)"
    text = f"CAST({name} AS VARCHAR)"
    compact = f"SUBSTRING({text}, 1, 4) || '-' || SUBSTRING({text}, 5, 2) || '-' || SUBSTRING({text}, 7, 2)"
    return f"COALESCE(TRY_CAST({text} AS DATE), TRY_CAST({compact} AS DATE))"


@cache
def spelled(text: str, dialect: str) -> str:
    """The statement in a dialect. What translates is imported only where there is something to translate."""
    if dialect == "duckdb":
        return text
    from equipoise.engine.circe.sql.dialects import RULES
    from equipoise.engine.sql.statements import parsed

    return parsed(text).transform(RULES[dialect], copy=False).sql(dialect=dialect, comments=False)


def literal(rows: pa.Table) -> str:
    """A small table written out."""
    kinds = [_WRITTEN[one.type] for one in rows.schema]
    if rows.num_rows == 0:
        nulls = (f"CAST(NULL AS {kind}) AS {name}" for kind, name in zip(kinds, rows.column_names, strict=True))
        return f"SELECT {', '.join(nulls)} WHERE 1 = 0"
    written_rows = zip(*(column.to_pylist() for column in rows.columns), strict=True)
    first, *rest = (tuple(map(_literal, row)) for row in written_rows)
    typed = tuple(f"CAST({value} AS {kind})" for value, kind in zip(first, kinds, strict=True))
    listed = ", ".join("(" + ", ".join(row) + ")" for row in (typed, *rest))
    return f"SELECT * FROM (VALUES {listed}) AS v({', '.join(rows.column_names)})"


def _literal(value: object) -> str:
    if value is None:
        return "NULL"
    return str(value).upper() if isinstance(value, bool) else _quoted(value) if isinstance(value, str) else repr(value)


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def chained(steps: Iterable[tuple[str, str]], result: str) -> str:
    """Steps (name and query) and the result's query as one statement."""
    named = ",\n".join(f"{name} AS MATERIALIZED ({query})" for name, query in steps)
    return f"WITH {named}\n{result}" if named else result


def union(selects: list[str]) -> str:
    """All rows of all."""
    return "\nUNION ALL\n".join(selects)

"""DuckDB under the engine: embedded, nothing to start, reads Parquet where it lies."""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import duckdb
import pyarrow as pa

from equipoise.engine.errors import NO_CDM, OUT_OF_MEMORY, QUERY_FAILED, UNREADABLE_TABLE
from equipoise.engine.sql.duckdb_files import check_path, parquet_tables, read_parquet
from equipoise.engine.sql.warehouse import VOCABULARY, Source
from equipoise.kernel.errors import EquipoiseError, Where

if TYPE_CHECKING:
    from sqlglot import exp

_CDM = "cdm"
_INTEGERS = frozenset({"BIGINT", "INTEGER", "SMALLINT", "TINYINT", "UINTEGER", "USMALLINT", "UTINYINT"})
_NESTED = re.compile(r"\[\d*\]$|^(STRUCT|MAP|UNION)\b")
"""Types that no column of a CDM has: such a column is taken as absent."""
_UNSAFE_OPTIMIZERS = "statistics_propagation"
"""It takes Parquet's statistics for the whole truth, and they leave NaN out: casts of NaN ids then count as never null."""


class DuckDBWarehouse:
    """A private in-memory DuckDB with the site's files in view, read only."""

    dialect = "duckdb"
    chains = True

    def __init__(
        self,
        path: Path,
        site: str,
        tables: frozenset[str],
        memory_limit: str | None = None,
        threads: int = 1,
        *,
        vocabulary: Path | None = None,
    ) -> None:
        """`vocabulary`: a folder of Parquet files apart, whose tables of the vocabulary count in place of the CDM's own."""
        check_path(path, site)
        if vocabulary:
            check_path(vocabulary, site)
        self.site = site
        self._spill = Path(tempfile.gettempdir()) / f"equipoise-{uuid4().hex}"
        self._connection = duckdb.connect(config=_settings(self._spill, memory_limit, threads))
        try:
            self._connection.execute("SET enable_progress_bar = false")
            self.sources = self._parquet(path, tables) if path.is_dir() else self._attached(path, tables)
            self.sources |= self._parquet(vocabulary, tables & VOCABULARY) if vocabulary else {}
        except BaseException:
            self.close()
            raise

    def run(self, *statements: exp.Expr | str) -> None:
        """Run statements that return nothing."""
        text = ";\n".join(self._text(statement) for statement in statements)
        try:
            self._connection.execute(text)
        except duckdb.Error as failure:
            raise self._explained(failure) from None

    def ask(self, query: exp.Expr | str) -> pa.Table:
        """Run a query."""
        try:
            found: pa.Table = self._connection.sql(self._text(query)).to_arrow_table()
        except duckdb.Error as failure:
            raise self._explained(failure) from None
        return found

    def keep(self, name: str, query: str) -> None:
        """Make a temporary table of a query's rows."""
        self.run(f"CREATE OR REPLACE TEMPORARY TABLE {name} AS {query}")

    def lend(self, name: str, rows: pa.Table) -> None:
        """Make rows visible under a name; they are not copied."""
        self._connection.register(name, rows)

    def close(self) -> None:
        """Close, and remove what was put aside on disk."""
        self._connection.close()
        shutil.rmtree(self._spill, ignore_errors=True)

    def _text(self, statement: exp.Expr | str) -> str:
        return statement if isinstance(statement, str) else statement.sql(dialect=self.dialect, comments=False)

    def _parquet(self, folder: Path, tables: frozenset[str]) -> dict[str, Source]:
        found = {name: files for name, files in parquet_tables(folder).items() if name in tables}
        return {name: self._described(name, read_parquet(files)) for name, files in found.items()}

    def _attached(self, path: Path, tables: frozenset[str]) -> dict[str, Source]:
        quoted = str(path).replace("'", "''")
        try:
            self._connection.execute(f"ATTACH '{quoted}' AS {_CDM} (READ_ONLY)")
            listed = self._connection.execute(
                "SELECT table_schema, table_name FROM information_schema.tables WHERE table_catalog = ? ORDER BY table_schema", [_CDM]
            ).fetchall()
        except duckdb.Error:
            raise NO_CDM.error("not a DuckDB file that can be opened for reading", Where(file=path, site=self.site)) from None
        own = _schema_with("person", listed) or "main"
        apart = _schema_with("concept", [one for one in listed if one[0] == own] or listed) or _schema_with("concept", listed)
        return {
            name.lower(): self._described(name.lower(), f"{_CDM}.{_quoted(schema)}.{_quoted(name)}")
            for schema, name in listed
            if name.lower() in tables and schema == (apart if apart and name.lower() in VOCABULARY else own)
        }

    def _described(self, table: str, relation: str) -> Source:
        try:
            described = self._connection.sql(f"SELECT * FROM {relation}")
            kinds = {
                name: kind for name, kind in zip(described.columns, map(str, described.types), strict=True) if not _NESTED.search(kind)
            }
        except duckdb.Error:
            raise self._unreadable(table) from None
        dates = frozenset(name.lower() for name, kind in kinds.items() if kind.startswith(("DATE", "TIMESTAMP")))
        integers = frozenset(name.lower() for name, kind in kinds.items() if kind in _INTEGERS)
        return Source(table, {name.lower(): name for name in kinds}, dates, relation, integers)

    def _unreadable(self, table: str) -> EquipoiseError:
        return UNREADABLE_TABLE.error("the table cannot be read", Where(site=self.site, table=table))

    def _explained(self, failure: duckdb.Error) -> EquipoiseError:
        if isinstance(failure, duckdb.OutOfMemoryException):
            return OUT_OF_MEMORY.error("out of memory", Where(site=self.site))
        broken = next((table for table, source in self.sources.items() if not self._readable(source)), None)
        if broken:
            return self._unreadable(broken)
        return QUERY_FAILED.error(f"the query failed ({type(failure).__name__})", Where(site=self.site))

    def _readable(self, source: Source) -> bool:
        """Whether every value of the table can be read; only asked after a failure."""
        columns = ", ".join(map(_quoted, source.columns.values()))
        try:
            self._connection.execute(f"SELECT BIT_XOR(HASH({columns})) FROM {source.relation}").fetchall()
        except duckdb.Error:
            return False
        return True


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _schema_with(table: str, listed: list[tuple[str, str]]) -> str | None:
    """The first schema that has the table."""
    return next((schema for schema, name in listed if name.lower() == table), None)


def _settings(spill: Path, memory_limit: str | None, threads: int) -> dict[str, str | bool | int | float | list[str]]:
    limit: dict[str, str | bool | int | float | list[str]] = {"memory_limit": memory_limit} if memory_limit else {}
    return limit | {
        "threads": threads,
        "temp_directory": str(spill),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "python_enable_replacements": False,
        "preserve_insertion_order": False,
        "disabled_optimizers": _UNSAFE_OPTIMIZERS,
    }

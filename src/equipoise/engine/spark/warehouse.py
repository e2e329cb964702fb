"""Spark under the engine: tables are views of a session; each step is written as Parquet once and read by those that follow."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import pyarrow as pa
from sqlglot import exp

from equipoise.engine.errors import QUERY_FAILED, UNREADABLE_TABLE
from equipoise.engine.spark.errors import NO_FOLDER, NO_TABLES
from equipoise.engine.spark.parts import in_parts
from equipoise.engine.spark.place import Place, escaped
from equipoise.engine.spark.session import open_session
from equipoise.engine.sql.duckdb_files import check_path, parquet_tables
from equipoise.engine.sql.warehouse import Source
from equipoise.kernel.errors import EquipoiseError, Where

_INTEGERS = frozenset({"tinyint", "smallint", "int", "bigint"})
_NUMBERS = _INTEGERS | {"float", "double"}
Value = TypeVar("Value")


class SparkWarehouse:
    """One session of Spark with the CDM's tables in view."""

    dialect = "spark"
    chains = False

    def __init__(self, place: Place, tables: frozenset[str], threads: int = 2, memory: str | None = None) -> None:
        if place.folder:
            check_path(place.folder, place.name)
        self.site = place.name
        self._views: set[str] = set()
        self._own_folder: Path | None = None
        self._session, self._ours, local = open_session(threads, memory)
        try:
            self._folder = self._scratch(place, local)
            self.sources = self._files(place.folder, tables) if place.folder else self._catalog(place, tables)
        except BaseException:
            self.close()
            raise

    def run(self, *statements: exp.Expr | str) -> None:
        """Run statements that return nothing."""
        for statement in statements:
            self._try(partial(self._session.sql, self._text(statement)))

    def ask(self, query: exp.Expr | str) -> pa.Table:
        """Run a query."""
        found: pa.Table = self._try(lambda: self._session.sql(self._text(query)).toArrow())
        return found

    def keep(self, name: str, query: str) -> None:
        """Write a query's rows; let the name stand for what was written."""
        path = f"{self._folder}/{name}-{uuid4().hex[:8]}"
        self._try(lambda: self._written(name, query, path))

    def lend(self, name: str, rows: pa.Table) -> None:
        """Hand rows to Spark."""
        self._try(lambda: self._show(name, self._session.createDataFrame(rows)))

    def close(self) -> None:
        """Remove what was made; end the session if it was begun here."""
        for name in self._views:
            with suppress(*_failures()):
                self._session.catalog.dropTempView(name)
        if self._ours:
            self._session.stop()
        if self._own_folder:
            shutil.rmtree(self._own_folder, ignore_errors=True)

    def _scratch(self, place: Place, local: bool) -> str:
        if place.scratch:
            return f"{place.scratch.rstrip('/')}/equipoise-{uuid4().hex}"
        if not local:
            raise NO_FOLDER.error("no scratch folder is named", Where(site=self.site))
        self._own_folder = Path(tempfile.mkdtemp(prefix="equipoise-spark-"))
        return self._own_folder.as_uri()

    def _files(self, folder: Path, tables: frozenset[str]) -> dict[str, Source]:
        found = {name: files for name, files in parquet_tables(folder).items() if name in tables}
        return {name: self._described(name, partial(self._read, files)) for name, files in found.items()}

    def _read(self, files: list[Path]) -> Any:
        return self._session.read.option("mergeSchema", str(len(files) > 1).lower()).parquet(*map(escaped, files))

    def _catalog(self, place: Place, tables: frozenset[str]) -> dict[str, Source]:
        found: dict[str, Source] = {}
        for schema in filter(None, (place.schema, place.vocabulary)):
            try:
                listed = sorted(table.name for table in self._session.catalog.listTables(schema) if not table.isTemporary)
            except _failures():
                raise NO_TABLES.error(f"no such schema: {schema}", Where(site=self.site)) from None
            for name in listed:
                if name.lower() in tables:
                    found[name.lower()] = self._described(name.lower(), partial(self._session.table, f"{schema}.{name}"))
        if not found:
            raise NO_TABLES.error(f"the schema holds no table of a CDM: {place.schema}", Where(site=self.site))
        return found

    def _described(self, table: str, read: Callable[[], Any]) -> Source:
        try:
            frame = read()
            kinds = dict(frame.dtypes)
        except _failures():
            raise UNREADABLE_TABLE.error("the table cannot be read", Where(site=self.site, table=table)) from None
        view = f"cdm_{table}"
        self._show(view, frame)
        by_name = {name.lower(): kind for name, kind in kinds.items()}
        return Source(
            table,
            {name.lower(): name for name in kinds},
            frozenset(name for name, kind in by_name.items() if kind == "date" or kind.startswith("timestamp")),
            view,
            frozenset(name for name, kind in by_name.items() if kind in _INTEGERS),
            frozenset(name for name, kind in by_name.items() if kind in _NUMBERS or kind.startswith("decimal")),
        )

    def _show(self, name: str, frame: Any) -> None:
        frame.createOrReplaceTempView(name)
        self._views.add(name)

    def _written(self, name: str, query: str, path: str) -> None:
        schema = self._session.sql(query).schema
        for part in in_parts(query):
            frame = self._session.sql(part).to(schema)
            frame.write.mode("append").parquet(path)
        self._show(name, self._session.read.schema(schema).parquet(path))

    def _text(self, statement: exp.Expr | str) -> str:
        return statement if isinstance(statement, str) else statement.sql(dialect=self.dialect, comments=False)

    def _try(self, work: Callable[[], Value]) -> Value:
        try:
            return work()
        except _failures() as failure:
            raise self._explained(failure) from None

    def _explained(self, failure: BaseException) -> EquipoiseError:
        return QUERY_FAILED.error(f"the query failed ({type(failure).__name__})", Where(site=self.site))


def _failures() -> tuple[type[BaseException], ...]:
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    return PySparkException, Py4JError

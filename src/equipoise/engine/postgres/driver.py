"""The ADBC driver for PostgreSQL, its errors made ours. Rows go in and come out as Arrow tables, by COPY in its binary form."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pyarrow as pa

from equipoise.engine.errors import OUT_OF_MEMORY, QUERY_FAILED
from equipoise.engine.postgres.errors import CONNECTION_LOST, NO_DRIVER, NO_SCRATCH, NO_SERVER, NOT_ALLOWED
from equipoise.kernel.errors import EquipoiseError, ErrorKind, Where

_REASONS: dict[str, tuple[ErrorKind, str]] = {
    "08": (CONNECTION_LOST, "the connection was lost"),
    "25006": (NO_SCRATCH, "the session may only read: a standby, or a user for whom transactions are read only"),
    "42501": (NOT_ALLOWED, "the query needs a right that the user does not have"),
    "53": (OUT_OF_MEMORY, "the server has too little memory or disk"),
    "57P": (CONNECTION_LOST, "the server ended the session"),
}
"""What a state of SQL means, by how it begins."""


class Driver:
    """A connection. Every failure is an `EquipoiseError` that quotes nothing of the server's."""

    def __init__(self, uri: str, site: str) -> None:
        try:
            from adbc_driver_manager import Error
            from adbc_driver_postgresql import dbapi
        except ImportError:
            raise NO_DRIVER.error("adbc-driver-postgresql is not installed") from None
        self._failure: type[Exception] = Error
        self._site = site
        try:
            self._connection: Any = dbapi.connect(uri, autocommit=True)
        except Error as failure:
            raise NO_SERVER.error(f"no connection{_state(failure)}", Where(site=site)) from None

    def execute(self, statement: str) -> None:
        """Run a statement."""
        with self._connection.cursor() as cursor:
            try:
                cursor.execute(statement)
            except self._failure as failure:
                raise self._explained(failure) from None

    def ask(self, query: str) -> pa.Table:
        """Run a query."""
        with self._connection.cursor() as cursor:
            try:
                cursor.execute(query)
                found: pa.Table = cursor.fetch_arrow_table()
            except self._failure as failure:
                raise self._explained(failure) from None
        return found

    def rows(self, query: str) -> list[dict[str, Any]]:
        """The rows of a small answer."""
        found: list[dict[str, Any]] = self.ask(query).to_pylist()
        return found

    def ingest(self, name: str, rows: pa.Table, schema: str | None) -> None:
        """Make a table of rows: a temporary one, or one in a schema."""
        where: dict[str, Any] = {"temporary": True} if schema is None else {"db_schema_name": schema}
        with self._connection.cursor() as cursor:
            try:
                cursor.adbc_ingest(name, rows, mode="create", **where)
            except self._failure as failure:
                raise self._explained(failure) from None

    def quietly(self, *statements: str) -> None:
        """Run statements of which each may fail."""
        for statement in statements:
            with suppress(EquipoiseError):
                self.execute(statement)

    def close(self) -> None:
        """End the session."""
        with suppress(self._failure):
            self._connection.close()

    def _explained(self, failure: Any) -> EquipoiseError:
        state = str(getattr(failure, "sqlstate", None) or "")
        for begins, (kind, what) in _REASONS.items():
            if state.startswith(begins):
                return kind.error(what, Where(site=self._site))
        if not self._alive():
            return CONNECTION_LOST.error("the connection was lost", Where(site=self._site))
        return QUERY_FAILED.error(f"the query failed{_state(failure)}", Where(site=self._site))

    def _alive(self) -> bool:
        with self._connection.cursor() as cursor:
            try:
                cursor.execute("SELECT 1")
            except self._failure:
                return False
        return True


def _state(failure: object) -> str:
    state = getattr(failure, "sqlstate", None)
    return f" (SQLSTATE {state})" if state else ""

"""PostgreSQL under the engine: the CDM is read where it lies. What is made on the way: temporary tables, or tables of a scratch schema."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pyarrow as pa
from sqlglot import exp

from equipoise.engine.postgres.address import Address
from equipoise.engine.postgres.driver import Driver
from equipoise.engine.postgres.errors import NO_SCHEMA, NO_SCRATCH, NOT_ALLOWED
from equipoise.engine.postgres.found import ALLOWED, SCHEMAS, Found, chosen, columns_of, quoted, tables_in
from equipoise.engine.sql.warehouse import VOCABULARY, Source
from equipoise.kernel.errors import Where

_MADE = re.compile(r"\beq_\w+")
_SETTINGS = (
    "SET work_mem = '256MB'",
    "SET temp_buffers = '64MB'",
    "SET jit = off",
    "SET from_collapse_limit = 12",
    "SET join_collapse_limit = 12",
    "SET standard_conforming_strings = on",
)


class PostgresWarehouse:
    """One session on the server."""

    dialect = "postgres"
    chains = False

    def __init__(self, address: Address, site: str, tables: frozenset[str]) -> None:
        self.site = site
        self._scratch: str | None = None
        self._mark = f"eq_{uuid4().hex[:8]}_"
        self._made: list[str] = []
        self._driver = Driver(address.uri, site)
        try:
            for setting in _SETTINGS:
                self._driver.execute(setting)
            usable = {str(row["name"]): bool(row["usable"]) for row in self._driver.rows(SCHEMAS)}
            self.sources = self._found(address, tables, usable)
            self._prepare(address, usable)
        except BaseException:
            self.close()
            raise

    def run(self, *statements: exp.Expr | str) -> None:
        """Run statements that return nothing."""
        for statement in statements:
            self._driver.execute(self._text(statement))

    def ask(self, query: exp.Expr | str) -> pa.Table:
        """Run a query."""
        return self._driver.ask(self._text(query))

    def keep(self, name: str, query: str) -> None:
        """Make a table of a query's rows, replacing what had its name, and let the planner know how large it is."""
        own = self._own(name)
        self._driver.execute(f"DROP TABLE IF EXISTS {own}")
        self._made.append(own)
        self._driver.execute(f"CREATE {self._kind()} TABLE {own} AS {self._text(query)}")
        self._driver.execute(f"ANALYZE {own}")

    def lend(self, name: str, rows: pa.Table) -> None:
        """Copy rows into a table of that name."""
        own = self._own(name)
        self._driver.execute(f"DROP TABLE IF EXISTS {own}")
        self._made.append(own)
        self._driver.ingest(self._bare(name), rows, self._scratch)
        self._driver.execute(f"ANALYZE {own}")

    def close(self) -> None:
        """Remove what was made in the scratch schema; end the session."""
        if self._scratch is not None:
            self._driver.quietly(*(f"DROP TABLE IF EXISTS {name}" for name in dict.fromkeys(self._made)))
        self._driver.close()

    def _kind(self) -> str:
        return "TEMPORARY" if self._scratch is None else "UNLOGGED"

    def _bare(self, name: str) -> str:
        return name if self._scratch is None else self._mark + name.removeprefix("eq_")

    def _own(self, name: str) -> str:
        return f"pg_temp.{name}" if self._scratch is None else f"{quoted(self._scratch)}.{self._bare(name)}"

    def _text(self, statement: exp.Expr | str) -> str:
        text = statement if isinstance(statement, str) else statement.sql(dialect=self.dialect, comments=False)
        return text if self._scratch is None else _MADE.sub(lambda found: self._own(found[0]), text)

    def _found(self, address: Address, tables: frozenset[str], usable: dict[str, bool]) -> dict[str, Source]:
        found = self._in_schema(address.schema, tables, usable)
        if address.vocabulary is not None:
            apart = self._in_schema(address.vocabulary, tables & VOCABULARY, usable)
            found = {name: one for name, one in found.items() if name not in VOCABULARY} | apart
        for name, one in found.items():
            if not one.readable:
                raise NOT_ALLOWED.error("the table may not be read", Where(site=self.site, table=name))
        return {name: one.source() for name, one in found.items()}

    def _in_schema(self, name: str, tables: frozenset[str], usable: dict[str, bool]) -> dict[str, Found]:
        schema = chosen(name, usable)
        if schema is None:
            raise NO_SCHEMA.error(f"no such schema: {name}", Where(site=self.site))
        if not usable[schema]:
            raise NOT_ALLOWED.error(f"the schema may not be used: {name}", Where(site=self.site))
        found = tables_in(schema, self._driver.rows(columns_of(schema)), tables)
        if not found:
            raise NO_SCHEMA.error(f"the schema holds no table of a CDM: {name}", Where(site=self.site))
        return found

    def _prepare(self, address: Address, usable: dict[str, bool]) -> None:
        """Make sure that there is room for what is made on the way."""
        if address.scratch is None:
            if not self._flag(ALLOWED):
                raise NO_SCRATCH.error("temporary tables are not permitted here", Where(site=self.site))
            return
        schema = chosen(address.scratch, usable)
        if schema is None:
            raise NO_SCRATCH.error(f"no such schema: {address.scratch}", Where(site=self.site))
        literal = "'" + quoted(schema).replace("'", "''") + "'"
        if not self._flag(f"SELECT has_schema_privilege(to_regnamespace({literal}), 'CREATE, USAGE') AS here"):
            raise NO_SCRATCH.error(f"tables may not be made in the schema: {address.scratch}", Where(site=self.site))
        self._scratch = schema

    def _flag(self, query: str) -> bool:
        answer: dict[str, Any] = self._driver.rows(query)[0]
        return all(answer.values())

"""Which of the CDM's tables a PostgreSQL schema has, under which names, with columns of which types."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from equipoise.engine.sql.warehouse import Source

_INTEGERS = frozenset({"smallint", "integer", "bigint"})
_NUMBERS = _INTEGERS | {"numeric", "real", "double precision"}

SCHEMAS = "SELECT CAST(n.nspname AS TEXT) AS name, has_schema_privilege(n.oid, 'USAGE') AS usable FROM pg_namespace AS n ORDER BY n.nspname"
ALLOWED = "SELECT has_database_privilege(current_database(), 'TEMPORARY') AS temporary"


@dataclass(slots=True)
class Found:
    """A table as it lies there: columns with their types."""

    schema: str
    name: str
    readable: bool
    kinds: dict[str, str] = field(default_factory=dict)

    def source(self) -> Source:
        """The table as the engine wants it told."""
        kinds = {name.lower(): kind for name, kind in self.kinds.items()}
        return Source(
            self.name.lower(),
            {name.lower(): name for name in self.kinds},
            frozenset(name for name, kind in kinds.items() if kind == "date" or kind.startswith("timestamp")),
            f"{quoted(self.schema)}.{quoted(self.name)}",
            frozenset(name for name, kind in kinds.items() if kind in _INTEGERS),
            frozenset(name for name, kind in kinds.items() if kind in _NUMBERS),
        )


def quoted(name: str) -> str:
    """A name as an identifier."""
    return '"' + name.replace('"', '""') + '"'


def chosen(name: str, schemas: Iterable[str]) -> str | None:
    """The schema of that name, else the first whose name differs in case alone."""
    known = list(schemas)
    return name if name in known else next((one for one in known if one.lower() == name.lower()), None)


def columns_of(schema: str) -> str:
    """A query of all tables and views of a schema with their columns, those with lower-case names first."""
    literal = "'" + schema.replace("'", "''") + "'"
    return f"""
SELECT CAST(c.relname AS TEXT) AS name, CAST(a.attname AS TEXT) AS col,
    format_type(CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END, NULL) AS kind,
    has_any_column_privilege(c.oid, 'SELECT') AS readable
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type AS t ON t.oid = a.atttypid
WHERE n.nspname = {literal} AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
ORDER BY c.relname <> lower(c.relname), c.relname, a.attnum"""


def tables_in(schema: str, rows: Iterable[dict[str, object]], wanted: frozenset[str]) -> dict[str, Found]:
    """Tables by lower-case name, from the rows of `columns_of`."""
    found: dict[str, Found] = {}
    for row in rows:
        name = str(row["name"])
        if name.lower() in wanted:
            one = found.setdefault(name.lower(), Found(schema, name, bool(row["readable"])))
            if one.name == name:
                one.kinds[str(row["col"])] = str(row["kind"])
    return found

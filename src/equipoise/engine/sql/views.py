"""The site's tables as the engine's statements want them: fixed names, fixed types, only the columns that are read.

Types vary in the wild (ids as double or text, timestamps for dates): every column is cast, and what cannot be cast is null. Days are
counts since 1970-01-01.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from sqlglot import exp

from equipoise.engine.clinical import CLINICAL_TABLES, ClinicalTable
from equipoise.engine.errors import MISSING_COLUMN, MISSING_TABLE
from equipoise.engine.sql.statements import parsed, written
from equipoise.engine.sql.warehouse import Source, Warehouse
from equipoise.kernel.errors import Where, closest


@dataclass(frozen=True, slots=True)
class Wanted:
    """A column of a view: the CDM's column it is read from (None: no such column in this table), and as what."""

    column: str | None
    kind: Literal["id", "integer", "text", "date", "day", "number"] = "id"
    required: bool = False
    name: str = ""


def _ids(*columns: str) -> tuple[Wanted, ...]:
    return tuple(Wanted(column.rstrip("*"), "id", column.endswith("*")) for column in columns)


_OTHER_TABLES: dict[str, tuple[Wanted, ...]] = {
    "person": (
        *_ids("person_id*", "gender_concept_id", "race_concept_id", "ethnicity_concept_id"),
        Wanted("year_of_birth", "integer", required=True),
        Wanted("month_of_birth", "integer"),
        Wanted("day_of_birth", "integer"),
    ),
    "observation_period": (
        *_ids("person_id*"),
        Wanted("observation_period_start_date", "date", required=True),
        Wanted("observation_period_end_date", "date", required=True),
    ),
    "death": (*_ids("person_id*"), Wanted("death_date", "date", required=True)),
    "concept": (
        *_ids("concept_id*"),
        Wanted("vocabulary_id", "text", required=True),
        Wanted("concept_code", "text", required=True),
        Wanted("standard_concept", "text"),
        Wanted("concept_name", "text"),
    ),
    "concept_relationship": (
        *_ids("concept_id_1*", "concept_id_2*"),
        Wanted("relationship_id", "text", required=True),
        Wanted("invalid_reason", "text"),
    ),
    "concept_ancestor": _ids("ancestor_concept_id*", "descendant_concept_id*"),
}


def _of_records(table: ClinicalTable) -> tuple[Wanted, ...]:
    return (
        Wanted("person_id", "id", required=True),
        Wanted(table.record_id, "id", name="record_id"),
        Wanted(table.concept, "id", required=True, name="concept_id"),
        Wanted(table.source_concept, "id", name="source_concept_id"),
        Wanted(table.start, "day", required=True, name="start_day"),
        Wanted(table.end, "day", name="end_day"),
        Wanted(table.value, "number", name="value"),
        Wanted(table.unit, "id", name="unit_concept_id"),
        Wanted(table.range_low, "number", name="range_low"),
        Wanted(table.range_high, "number", name="range_high"),
    )


_TABLES = _OTHER_TABLES | {table.name: _of_records(table) for table in CLINICAL_TABLES}
TABLES_READ = frozenset(_TABLES)
ESSENTIAL = ("person", "concept")

_PERSON_BORN = """
CREATE TEMPORARY VIEW cdm_person_born AS
SELECT person_id, gender_concept_id, race_concept_id, ethnicity_concept_id,
    COALESCE(
        TRY_CAST(year_of_birth || '-' || COALESCE(NULLIF(month_of_birth, 0), 1) || '-' || COALESCE(NULLIF(day_of_birth, 0), 1) AS DATE),
        TRY_CAST(year_of_birth || '-' || COALESCE(NULLIF(month_of_birth, 0), 1) || '-1' AS DATE),
        TRY_CAST(year_of_birth || '-1-1' AS DATE)
    ) AS birth_date
FROM cdm_person
"""
"""A missing month or day of birth counts as 1; so does one that no calendar has."""


def views(warehouse: Warehouse) -> Iterator[str]:
    """A temporary view for every table read: the CDM's name with `cdm_` before it. Absent tables are empty views.

    Raises EQ-ENGINE-002 when `person` or `concept` is absent, EQ-ENGINE-004 when a column is that the CDM requires.
    """
    for name in ESSENTIAL:
        if name not in warehouse.sources:
            raise MISSING_TABLE.error(f"no table {name}", Where(site=warehouse.site, table=name))
    for name, wanted in _TABLES.items():
        source = warehouse.sources.get(name)
        if source is None:
            yield f"CREATE TEMPORARY VIEW cdm_{name} AS SELECT {_columns(name, (), frozenset(), warehouse.dialect)} WHERE FALSE"
            continue
        _check(source, wanted, warehouse.site)
        columns = _columns(name, tuple(source.columns.items()), source.dates, warehouse.dialect)
        yield f"CREATE TEMPORARY VIEW cdm_{name} AS SELECT {columns} FROM {source.relation}"
    yield written(_PERSON_BORN, warehouse.dialect)


def absent(warehouse: Warehouse) -> tuple[str, ...]:
    """A sentence for every table that the site lacks, in a fixed order."""
    return tuple(f"no table {name}: taken as empty" for name in _TABLES if name not in warehouse.sources)


def _check(source: Source, wanted: tuple[Wanted, ...], site: str) -> None:
    for one in wanted:
        if one.required and one.column not in source.columns:
            where = Where(site=site, table=source.table, column=one.column)
            raise MISSING_COLUMN.error(f"no column {one.column}", where, did_you_mean=closest(str(one.column), source.columns))


@cache
def _columns(table: str, spelled: tuple[tuple[str, str], ...], dates: frozenset[str], dialect: str) -> str:
    """The select list of a view; written once for all sites whose table looks alike."""
    there = dict(spelled)
    columns = (exp.alias_(_read(one, there, dates), one.name or one.column) for one in _TABLES[table])
    return ", ".join(column.sql(dialect=dialect) for column in columns)


def _read(wanted: Wanted, there: dict[str, str], dates: frozenset[str]) -> exp.Expr:
    to = exp.DataType.build({"id": "BIGINT", "integer": "INT", "text": "TEXT", "number": "DOUBLE"}.get(wanted.kind, "DATE"))
    if wanted.column not in there:
        return exp.cast(exp.null(), "INT" if wanted.kind == "day" else to)
    value: exp.Expr = exp.column(there[wanted.column], quoted=True)
    written_out = to.is_type("DATE") and wanted.column not in dates
    value = _date_of_text(value) if written_out else _try_cast(value, to)
    return day_count(value) if wanted.kind == "day" else _number(value) if wanted.kind == "number" else value


def _try_cast(value: exp.Expr, to: exp.DataType) -> exp.Expr:
    return exp.TryCast(this=value, to=to, safe=True)


def _date_of_text(value: exp.Expr) -> exp.Expr:
    """A date written as 2020-01-31, perhaps with a time, or as 20200131 (text or number)."""
    compact = parsed("SUBSTRING(given, 1, 4) || '-' || SUBSTRING(given, 5, 2) || '-' || SUBSTRING(given, 7, 2)")
    text, date = exp.cast(value, "TEXT"), exp.DataType.build("DATE")
    compact = exp.replace_tree(compact, lambda node: text.copy() if isinstance(node, exp.Column) else node)
    return exp.func("COALESCE", _try_cast(text, date), _try_cast(compact, date.copy()))


def day_count(date: exp.Expr) -> exp.Expr:
    """Days from 1970-01-01 to the date."""
    epoch = exp.cast(exp.Literal.string("1970-01-01"), "DATE")
    return exp.cast(exp.DateDiff(this=date, expression=epoch, unit=exp.var("DAY")), "INT")


def _number(value: exp.Expr) -> exp.Expr:
    """Null for what is not a finite number.

    By subtraction: DuckDB answers comparisons with NaN, and `isnan`, from Parquet statistics, and those leave NaN out.
    """
    nothing = exp.Sub(this=value, expression=value.copy())
    return exp.case().when(nothing.eq(0), value.copy())

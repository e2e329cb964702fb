"""The site's tables as the engine's statements want them: fixed names, fixed types, only the columns that are read.

Types vary in the wild (ids as double or text, timestamps for dates): every column is cast, and what cannot be cast is null. Days are
counts since 1970-01-01.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from equipoise.engine.clinical import CLINICAL_TABLES, ClinicalTable
from equipoise.engine.errors import MISSING_COLUMN, MISSING_TABLE
from equipoise.engine.sql.statements import parsed
from equipoise.engine.sql.warehouse import Source, Warehouse
from equipoise.kernel.errors import Where, closest

_OTHER_TABLES = {
    "person": {
        "person_id": "BIGINT*",
        "gender_concept_id": "BIGINT",
        "year_of_birth": "INT*",
        "month_of_birth": "INT",
        "day_of_birth": "INT",
        "race_concept_id": "BIGINT",
        "ethnicity_concept_id": "BIGINT",
    },
    "observation_period": {
        "person_id": "BIGINT*",
        "observation_period_start_date": "DATE*",
        "observation_period_end_date": "DATE*",
    },
    "death": {"person_id": "BIGINT*", "death_date": "DATE*"},
    "concept": {"concept_id": "BIGINT*", "vocabulary_id": "TEXT*", "concept_code": "TEXT*", "standard_concept": "TEXT"},
    "concept_relationship": {
        "concept_id_1": "BIGINT*",
        "concept_id_2": "BIGINT*",
        "relationship_id": "TEXT*",
        "invalid_reason": "TEXT",
    },
    "concept_ancestor": {"ancestor_concept_id": "BIGINT*", "descendant_concept_id": "BIGINT*"},
}
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
ESSENTIAL = ("person", "concept")
TABLES_READ = frozenset(_OTHER_TABLES) | {table.name for table in CLINICAL_TABLES}


def views(warehouse: Warehouse) -> Iterator[exp.Expr]:
    """A temporary view for every table read: the CDM's name with `cdm_` before it. Absent tables are empty views.

    Raises EQ-ENGINE-002 when `person` or `concept` is absent, EQ-ENGINE-004 when a column is that the CDM requires.
    """
    for name in ESSENTIAL:
        if name not in warehouse.sources:
            raise MISSING_TABLE.error(f"no table {name}", Where(site=warehouse.site, table=name))
    for name, columns in _OTHER_TABLES.items():
        yield _view(warehouse, name, {column: _column_of(warehouse, name, column, kind) for column, kind in columns.items()})
    yield parsed(_PERSON_BORN)
    for table in CLINICAL_TABLES:
        yield _view(warehouse, table.name, _clinical(warehouse, table))


def absent(warehouse: Warehouse) -> tuple[str, ...]:
    """A sentence for every table that the site lacks, in a fixed order."""
    names = (*_OTHER_TABLES, *(table.name for table in CLINICAL_TABLES))
    return tuple(f"no table {name}: taken as empty" for name in names if name not in warehouse.sources)


def _view(warehouse: Warehouse, name: str, columns: dict[str, exp.Expr]) -> exp.Expr:
    source = warehouse.sources.get(name)
    query = exp.select(*(exp.alias_(value, column) for column, value in columns.items()))
    query = query.from_(source.relation.copy()) if source else query.where(exp.false())
    return exp.Create(
        this=exp.table_(f"cdm_{name}"), kind="VIEW", expression=query, properties=exp.Properties(expressions=[exp.TemporaryProperty()])
    )


def _column_of(warehouse: Warehouse, table: str, column: str, kind: str) -> exp.Expr:
    """The column cast; `*` after the type means that it must be there if the table is."""
    return _cast(warehouse.sources.get(table), warehouse.site, column, kind)


def _cast(source: Source | None, site: str, column: str | None, kind: str) -> exp.Expr:
    required, to = kind.endswith("*"), exp.DataType.build(kind.rstrip("*"))
    if source is not None and column in source.columns:
        there = exp.column(source.columns[column], quoted=True)
        return _date_of_text(there) if to.is_type("DATE") and column not in source.dates else _try_cast(there, to)
    if source is not None and required:
        raise MISSING_COLUMN.error(
            f"no column {column}", Where(site=site, table=source.table, column=column), did_you_mean=closest(str(column), source.columns)
        )
    return exp.cast(exp.null(), to)


def _try_cast(value: exp.Expr, to: exp.DataType) -> exp.Expr:
    return exp.TryCast(this=value, to=to, safe=True)


def _date_of_text(value: exp.Expr) -> exp.Expr:
    """A date written as 2020-01-31, perhaps with a time, or as 20200131 (text or number)."""
    compact = parsed("SUBSTRING(given, 1, 4) || '-' || SUBSTRING(given, 5, 2) || '-' || SUBSTRING(given, 7, 2)")
    text, date = exp.cast(value, "TEXT"), exp.DataType.build("DATE")
    compact = exp.replace_tree(compact, lambda node: text.copy() if isinstance(node, exp.Column) else node)
    return exp.func("COALESCE", _try_cast(text, date), _try_cast(compact, date.copy()))


def _clinical(warehouse: Warehouse, table: ClinicalTable) -> dict[str, exp.Expr]:
    source, site = warehouse.sources.get(table.name), warehouse.site
    return {
        "person_id": _cast(source, site, "person_id", "BIGINT*"),
        "record_id": _cast(source, site, table.record_id, "BIGINT"),
        "concept_id": _cast(source, site, table.concept, "BIGINT*"),
        "source_concept_id": _cast(source, site, table.source_concept, "BIGINT"),
        "start_day": day_count(_cast(source, site, table.start, "DATE*")),
        "end_day": day_count(_cast(source, site, table.end, "DATE")),
        "value": _number(_cast(source, site, table.value, "DOUBLE")),
        "unit_concept_id": _cast(source, site, table.unit, "BIGINT"),
    }


def day_count(date: exp.Expr) -> exp.Expr:
    """Days from 1970-01-01 to the date."""
    epoch = exp.cast(exp.Literal.string("1970-01-01"), "DATE")
    return exp.cast(exp.DateDiff(this=date, expression=epoch, unit=exp.var("DAY")), "INT")


def _number(value: exp.Expr) -> exp.Expr:
    """Null for not-a-number. Asked by function: DuckDB's comparison with NaN trusts Parquet statistics, which leave NaN out."""
    return exp.case().when(exp.not_(exp.IsNan(this=value)), value.copy())

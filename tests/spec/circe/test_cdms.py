"""CDMs as they come: a DuckDB file, upper-case names, dates as text, tables in parts, columns that are absent."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from equipoise.cohort.circe.model import (
    CohortExpression,
    Concept,
    ConceptSet,
    ConditionOccurrence,
    DateOffset,
    Death,
    DrugExposure,
    ProcedureOccurrence,
)
from equipoise.engine.circe.generating import Generated, Request, generate, open_for_cohorts
from equipoise.engine.circe.opening import open_warehouse
from equipoise.engine.reference.circe.interpreter import Interpreter
from equipoise.engine.sql.warehouse import Warehouse
from equipoise.kernel.errors import EquipoiseError

A = 1
MADE = """
CREATE TABLE "{0}PERSON" AS SELECT 1 AS "PERSON_ID", 8532 AS "GENDER_CONCEPT_ID", 1980 AS "YEAR_OF_BIRTH";
CREATE TABLE "{0}OBSERVATION_PERIOD" AS SELECT 1.0::DOUBLE AS "PERSON_ID", '2020-01-01 00:00:00' AS "OBSERVATION_PERIOD_START_DATE",
    TIMESTAMP '2020-12-31 00:00:00' AS "OBSERVATION_PERIOD_END_DATE";
CREATE TABLE "{0}CONDITION_OCCURRENCE" AS SELECT 1 AS "CONDITION_OCCURRENCE_ID", 1 AS "PERSON_ID", 101 AS "CONDITION_CONCEPT_ID",
    '20200203' AS "CONDITION_START_DATE";
CREATE TABLE "{0}CONCEPT" AS SELECT '101' AS "CONCEPT_ID", NULL::VARCHAR AS "INVALID_REASON";
"""


def opened_by_all(cdm: Path) -> list[Warehouse | Interpreter]:
    return [open_for_cohorts(cdm, "here"), *([open_warehouse(str(cdm), "reference")] if cdm.is_dir() else [])]


def generated(opened: Warehouse | Interpreter, *expressions: CohortExpression) -> Generated:
    try:
        return generate(opened, [Request(place, one) for place, one in enumerate(expressions, start=1)])
    finally:
        opened.close()


def rows_of(cdm: Path, *expressions: CohortExpression) -> list[tuple[int, str, str]]:
    """On DuckDB, and the same on the reference where that can read the CDM."""
    found, *others = [generated(opened, *expressions) for opened in opened_by_all(cdm)]
    assert found.failed == ()
    assert [one.rows for one in others] == [found.rows for _ in others]
    return [(row["subject_id"], str(row["cohort_start_date"]), str(row["cohort_end_date"])) for row in found.rows.to_pylist()]


@pytest.fixture(params=["file", "folder"])
def upper_case(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "cdm.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(MADE.format(""))
        if request.param == "file":
            return path
        for name in ("PERSON", "OBSERVATION_PERIOD", "CONDITION_OCCURRENCE", "CONCEPT"):
            (tmp_path / "parts" / name).mkdir(parents=True)
            connection.execute(f"COPY \"{name}\" TO '{tmp_path}/parts/{name}/part.parquet' (FORMAT parquet)")
    return tmp_path / "parts"


def test_upper_case_names_and_odd_types(upper_case: Path, say):
    index = ConditionOccurrence(codeset_id=A, condition_type=(Concept(concept_id=5),))
    assert rows_of(upper_case, say.define(ConditionOccurrence(codeset_id=A))) == [(1, "2020-02-03", "2020-12-31")]
    assert rows_of(upper_case, say.define(index)) == []


def test_an_end_of_records_without_ends_or_supply(upper_case: Path, say):
    exit_at_end = DateOffset(date_field="EndDate")
    assert rows_of(upper_case, say.define(ConditionOccurrence(), end_strategy=exit_at_end)) == [(1, "2020-02-03", "2020-02-04")]
    assert rows_of(upper_case, say.define(DrugExposure(codeset_id=A))) == []


def test_a_path_that_is_no_cdm(tmp_path: Path):
    with pytest.raises(EquipoiseError) as refused:
        open_for_cohorts(tmp_path / "nothing", "here")
    assert refused.value.code == "EQ-ENGINE-001"


@pytest.mark.parametrize(("table", "column"), [("condition_occurrence", "condition_start_date"), ("observation_period", "person_id")])
def test_a_column_without_which_there_are_no_records_is_named(tmp_path: Path, say, table: str, column: str):
    """The definition that needs it fails with its place; what needs other tables alone goes on."""
    with duckdb.connect() as connection:
        connection.execute(MADE.format(""))
        connection.execute("CREATE TABLE DEATH AS SELECT 1 AS person_id, DATE '2020-03-01' AS death_date")
        for name in ("PERSON", "OBSERVATION_PERIOD", "CONDITION_OCCURRENCE", "CONCEPT", "DEATH"):
            left_out = f" EXCLUDE ({column})" if name.lower() == table else ""
            connection.execute(f"COPY (SELECT *{left_out} FROM {name}) TO '{tmp_path}/{name}.parquet' (FORMAT parquet)")
    for opened in opened_by_all(tmp_path):
        found = generated(opened, say.define(ConditionOccurrence(codeset_id=A)), say.define(Death()))
        told = [(one.id, problem.kind.code, problem.where.table, problem.where.column) for one in found.failed for problem in one.problems]
        assert told[0] == (1, "EQ-ENGINE-004", table, column)
        assert found.rows["cohort_definition_id"].to_pylist() == ([2] if table == "condition_occurrence" else [])


@pytest.mark.parametrize("there", ["a file", "an address", "nowhere"])
def test_what_the_reference_cannot_read(tmp_path: Path, say, there: str):
    (tmp_path / "cdm.duckdb").touch()
    (tmp_path / "condition_occurrence.parquet").write_bytes(b"PAR1")
    with pytest.raises(EquipoiseError) as refused:
        open_warehouse({"a file": str(tmp_path / "cdm.duckdb"), "an address": "postgresql://here/cdm"}.get(there, "nowhere"), "reference")
    assert refused.value.code == {"nowhere": "EQ-ENGINE-001"}.get(there, "EQ-ENGINE-104")
    found = generated(open_warehouse(str(tmp_path), "reference"), say.define(ConditionOccurrence(codeset_id=A)))
    assert [problem.kind.code for one in found.failed for problem in one.problems] == ["EQ-ENGINE-003"]


def test_the_vocabulary_of_cdm_5_3_and_tables_that_it_lacks(tmp_path: Path, say):
    """5.3 has no procedure_end_date and calls the visit's admission otherwise: what is asked of them finds nothing, with a note."""
    with duckdb.connect() as connection:
        connection.execute(MADE.format(""))
        connection.execute("CREATE TABLE PROCEDURE_OCCURRENCE AS SELECT 1 AS procedure_occurrence_id, 1 AS person_id, "
                           "101 AS procedure_concept_id, DATE '2020-03-01' AS procedure_date")  # fmt: skip
        for name in ("PERSON", "OBSERVATION_PERIOD", "PROCEDURE_OCCURRENCE", "CONCEPT"):
            connection.execute(f"COPY {name} TO '{tmp_path}/{name}.parquet' (FORMAT parquet)")
    exit_at_end = DateOffset(date_field="EndDate")
    assert rows_of(tmp_path, say.define(ProcedureOccurrence(codeset_id=A), end_strategy=exit_at_end)) == [(1, "2020-03-01", "2020-03-02")]


@pytest.mark.parametrize("kind", ["folders", "schemas"])
def test_the_vocabulary_may_lie_apart(tmp_path: Path, say, kind: str):
    """Where the CDM has an empty vocabulary of its own in a folder, the one named counts."""
    path = tmp_path / "cdm.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(MADE.format(""))
        connection.execute("CREATE SCHEMA vocab; CREATE TABLE vocab.CONCEPT AS FROM CONCEPT")
        connection.execute("CREATE TABLE vocab.CONCEPT_ANCESTOR AS SELECT 7 AS ancestor_concept_id, 101 AS descendant_concept_id")
        connection.execute("DROP TABLE CONCEPT" if kind == "schemas" else "DELETE FROM CONCEPT")
        for folder, schema in (("cdm", "main"), ("vocab", "vocab")) if kind == "folders" else ():
            (tmp_path / folder).mkdir()
            for (name,) in connection.execute("SELECT table_name FROM duckdb_tables() WHERE schema_name = ?", [schema]).fetchall():
                connection.execute(f"COPY {schema}.{name} TO '{tmp_path}/{folder}/{name}.parquet' (FORMAT parquet)")
    cdm = str(path) if kind == "schemas" else f"{tmp_path}/cdm?vocabulary={tmp_path}/vocab"
    sets = (ConceptSet(id=9, items=(say.item(7, include_descendants=True),)),)
    warehouse = open_warehouse(cdm)
    found = generate(warehouse, [Request(1, say.define(ConditionOccurrence(codeset_id=9), sets=sets))])
    warehouse.close()
    assert found.rows["subject_id"].to_pylist() == [1]

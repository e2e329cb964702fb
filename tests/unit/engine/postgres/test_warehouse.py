"""A CDM in PostgreSQL as sites have it: names in capitals, a vocabulary apart, few rights."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime

import pyarrow as pa
import pytest

from engines.postgres import Server, free_port
from equipoise.cohort.circe.model import CohortExpression, ConceptSet, ConceptSetItem, ConditionOccurrence, PrimaryCriteria
from equipoise.cohort.circe.model import Concept as CirceConcept
from equipoise.engine.circe.generating import Request, generate
from equipoise.engine.circe.opening import open_warehouse
from equipoise.engine.sql.warehouse import Warehouse
from equipoise.kernel.errors import EquipoiseError

DEFINITION = CohortExpression(
    concept_sets=(ConceptSet(id=1, items=(ConceptSetItem(concept=CirceConcept(concept_id=101)),)),),
    primary_criteria=PrimaryCriteria(criteria_list=(ConditionOccurrence(codeset_id=1),)),
)
ROWS = [{"cohort_definition_id": 1, "subject_id": 7, "cohort_start_date": date(2020, 2, 3), "cohort_end_date": date(2020, 12, 31)}]
CLINICAL = {
    "PERSON": {"PERSON_ID": [7], "YEAR_OF_BIRTH": [1980]},
    "OBSERVATION_PERIOD": {
        "PERSON_ID": pa.array([7.0]),
        "OBSERVATION_PERIOD_START_DATE": ["2020-01-01 00:00:00"],
        "OBSERVATION_PERIOD_END_DATE": pa.array([datetime(2020, 12, 31)], pa.timestamp("us")),
    },
    "CONDITION_OCCURRENCE": {
        "CONDITION_OCCURRENCE_ID": [1, 2, 3],
        "PERSON_ID": ["7", "7", "no number"],
        "CONDITION_CONCEPT_ID": ["101.0", "1e400", "101"],
        "CONDITION_START_DATE": ["20200203", "2020-02-31", "2020-02-01"],
    },
}
CONCEPTS = {"CONCEPT": {"CONCEPT_ID": ["101"], "INVALID_REASON": pa.array([None], pa.string())}}


def tables(columns: dict[str, dict[str, object]]) -> dict[str, pa.Table]:
    return {name: pa.table(one) for name, one in columns.items()}


@pytest.fixture
def schemas(postgres: Server) -> Iterator[tuple[str, str, str]]:
    """The CDM, the vocabulary, and an empty schema."""
    names = postgres.load(tables(CLINICAL)), postgres.load(tables(CONCEPTS)), postgres.load({})
    yield names
    postgres.execute(*(f'DROP SCHEMA "{name}" CASCADE' for name in names))


@pytest.fixture
def user(postgres: Server, schemas: tuple[str, str, str]) -> Iterator[Server]:
    """A user who may read the CDM and make nothing but temporary tables."""
    cdm, vocabulary, _ = schemas
    postgres.execute(
        "CREATE ROLE reader LOGIN",
        *(f'GRANT USAGE ON SCHEMA "{name}" TO reader' for name in (cdm, vocabulary)),
        *(f'GRANT SELECT ON ALL TABLES IN SCHEMA "{name}" TO reader' for name in (cdm, vocabulary)),
    )
    yield Server(postgres.uri.replace(postgres.uri.split("//")[1].split("@")[0], "reader", 1))
    postgres.execute("GRANT TEMPORARY ON DATABASE postgres TO PUBLIC", "DROP OWNED BY reader", "DROP ROLE reader")


def rows(warehouse: Warehouse) -> list[dict[str, object]]:
    try:
        made = generate(warehouse, [Request(1, DEFINITION)])
    finally:
        warehouse.close()
    assert made.failed == ()
    return list(made.rows.to_pylist())


def refused(opening: Callable[[], Warehouse]) -> str:
    with pytest.raises(EquipoiseError) as error:
        opening()
    return error.value.code


def test_capitals_odd_types_and_a_vocabulary_apart(user: Server, schemas: tuple[str, str, str]):
    cdm, vocabulary, _ = schemas
    assert rows(open_warehouse(user.address(schema=cdm.upper(), vocabulary=vocabulary))) == ROWS


def test_nothing_is_left_in_the_scratch_schema(postgres: Server, user: Server, schemas: tuple[str, str, str]):
    cdm, vocabulary, scratch = schemas
    postgres.execute("REVOKE TEMPORARY ON DATABASE postgres FROM PUBLIC")
    assert refused(lambda: open_warehouse(user.address(schema=cdm, vocabulary=vocabulary))) == "EQ-ENGINE-036"
    parameters = {"schema": cdm, "vocabulary": vocabulary, "scratch": scratch}
    assert refused(lambda: open_warehouse(user.address(**parameters))) == "EQ-ENGINE-036"
    assert refused(lambda: open_warehouse(user.address(**parameters | {"scratch": "nowhere"}))) == "EQ-ENGINE-036"
    postgres.execute(f'GRANT USAGE, CREATE ON SCHEMA "{scratch}" TO reader')
    assert rows(open_warehouse(user.address(**parameters))) == ROWS
    assert postgres.ask(f"SELECT CAST(c.relname AS TEXT) AS name FROM pg_class c WHERE c.relnamespace = '{scratch}'::regnamespace") == []


def test_what_may_not_be_read(postgres: Server, user: Server, schemas: tuple[str, str, str]):
    cdm, vocabulary, empty = schemas
    assert refused(lambda: open_warehouse(user.address(schema=empty))) == "EQ-ENGINE-035"
    assert refused(lambda: open_warehouse(postgres.address(schema=empty))) == "EQ-ENGINE-034"
    assert refused(lambda: open_warehouse(postgres.address(schema="nowhere"))) == "EQ-ENGINE-034"
    postgres.execute(f'REVOKE SELECT ON "{cdm}"."PERSON" FROM reader')
    assert refused(lambda: open_warehouse(user.address(schema=cdm, vocabulary=vocabulary))) == "EQ-ENGINE-035"


def test_a_lost_session_ends_the_run(postgres: Server, user: Server, schemas: tuple[str, str, str]):
    warehouse = open_warehouse(user.address(schema=schemas[0], vocabulary=schemas[1]))
    postgres.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'reader'")
    with pytest.raises(EquipoiseError) as lost:
        rows(warehouse)
    assert lost.value.code == "EQ-ENGINE-037"


@pytest.mark.usefixtures("postgres")
def test_no_server(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PGPASSWORD", "geheim")
    with pytest.raises(EquipoiseError) as error:
        open_warehouse(f"postgresql://me@127.0.0.1:{free_port()}/hospital")
    assert error.value.code == "EQ-ENGINE-033"
    assert "geheim" not in str(error.value)


def test_an_engine_that_does_not_fit():
    assert refused(lambda: open_warehouse("postgresql://me@db/hospital", "duckdb")) == "EQ-ENGINE-104"
    assert refused(lambda: open_warehouse("cdm.duckdb", "postgres")) == "EQ-ENGINE-104"

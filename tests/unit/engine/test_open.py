"""CDMs as they come: names, types, layouts, and what is said when one cannot be read."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing
from datetime import date, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from equipoise.cohort.plan import CohortPlan
from equipoise.engine.errors import MISSING_COLUMN, MISSING_TABLE, NO_CDM, NO_NUMBERS, REPEATED_PERSON, UNREADABLE_TABLE
from equipoise.engine.open import open_cdm
from equipoise.kernel.errors import EquipoiseError
from equipoise.study.model import Arm, Code, CodeSet, Index

Tables = dict[str, dict[str, list[object]]]
CANARY = "canary-4711"
SETS = (
    CodeSet(name="a", codes=(Code(vocabulary="Test", code="A", match="exact"),)),
    CodeSet(name="b", codes=(Code(vocabulary="Test", code="B", match="exact"),)),
)
PLAN = CohortPlan(
    index=Index(sets=("a", "b")),
    period_start=date(2000, 1, 1),
    period_end=date(2030, 1, 1),
    arms=(Arm(name="A", role="target", sets=("a",)), Arm(name="B", role="comparator", sets=("b",))),
    steps=(),
)
EXPECTED = [
    {"person_id": 1, "index_date": date(2020, 1, 31), "arm": 1},
    {"person_id": 2, "index_date": date(2020, 2, 1), "arm": 0},
]


def plain() -> Tables:
    return {
        "person": {"person_id": [1, 2], "gender_concept_id": [8532, 8507], "year_of_birth": [1980, 1981]},
        "concept": {
            "concept_id": [101, 102],
            "vocabulary_id": ["Test", "Test"],
            "concept_code": ["A", "B"],
            "standard_concept": ["S", "S"],
        },
        "drug_exposure": {
            "drug_exposure_id": [1, 2],
            "person_id": [1, 2],
            "drug_concept_id": [101, 102],
            "drug_exposure_start_date": [date(2020, 1, 31), date(2020, 2, 1)],
        },
    }


def write(folder: Path, tables: Tables) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, columns in tables.items():
        pq.write_table(pa.table(columns), folder / f"{name}.parquet")
    return folder


def found(path: Path) -> list[dict[str, object]]:
    with closing(open_cdm(path, "Mercy")) as engine:
        engine.prepare(SETS)
        return engine.cohort(PLAN).rows.to_pylist()


def refused(path: Path) -> EquipoiseError:
    with pytest.raises(EquipoiseError) as raised:
        found(path)
    return raised.value


def test_a_folder_of_parquet_files(tmp_path):
    assert found(write(tmp_path, plain())) == EXPECTED


def test_names_in_upper_case(tmp_path):
    upper = {name.upper(): {column.upper(): values for column, values in columns.items()} for name, columns in plain().items()}
    assert found(write(tmp_path, upper)) == EXPECTED


def test_a_path_with_letters_that_mean_something_to_a_database(tmp_path):
    assert found(write(tmp_path / "o'site [1] *", plain())) == EXPECTED


def test_a_table_in_several_files_whose_types_and_columns_differ(tmp_path):
    tables = plain()
    drug = tables.pop("drug_exposure")
    write(tmp_path, tables)
    parts = tmp_path / "DRUG_EXPOSURE"
    parts.mkdir()
    pq.write_table(pa.table({name: values[:1] for name, values in drug.items()}), parts / "part-0.parquet")
    second = {name: values[1:] for name, values in drug.items()} | {"person_id": [2.0], "drug_source_concept_id": [0]}
    pq.write_table(pa.table(second), parts / "part-1.parquet")
    assert found(tmp_path) == EXPECTED


@pytest.mark.parametrize(
    "start",
    [
        pytest.param([datetime(2020, 1, 31, 23, 59), datetime(2020, 2, 1)], id="timestamps"),
        pytest.param(["2020-01-31", "2020-02-01"], id="text"),
        pytest.param(["2020-01-31 10:00:00", "2020-02-01T00:00:00"], id="text with times"),
        pytest.param(["20200131", "20200201"], id="compact text"),
        pytest.param([20200131, 20200201], id="numbers"),
    ],
)
@pytest.mark.parametrize("cast", [int, float, str, lambda one: f"{one}.0"], ids=["int", "float", "text", "decimal text"])
def test_types_as_they_come(tmp_path, start: list[object], cast: Callable[[object], object]):
    tables = plain()
    for columns in tables.values():
        for name in columns:
            if name.endswith("_id") and name != "vocabulary_id":
                columns[name] = [cast(value) for value in columns[name]]
    tables["drug_exposure"]["drug_exposure_start_date"] = start
    assert found(write(tmp_path, tables)) == EXPECTED


def test_missing_ids_written_as_not_a_number(tmp_path):
    tables = plain()
    nan = float("nan")
    tables["drug_exposure"] = {name: [*values, values[-1]] for name, values in tables["drug_exposure"].items()}
    tables["drug_exposure"]["person_id"] = [1.0, 2.0, nan]
    tables["drug_exposure"]["drug_source_concept_id"] = [nan, nan, 5.0]
    mapped = {"concept_id_1": [201.0, nan], "concept_id_2": [101.0, 101.0], "relationship_id": ["Maps to", "Maps to"]}
    tables["concept_relationship"] = mapped
    tables["concept"]["concept_id"] = [201, 102]
    assert found(write(tmp_path, tables)) == EXPECTED


@pytest.mark.parametrize("schema", ["main", "cdm_54"])
def test_a_duckdb_file_is_read_and_not_written(tmp_path, schema):
    write(tmp_path / "parquet", plain())
    path = tmp_path / "site.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
        for name in plain():
            connection.execute(f"CREATE TABLE {schema}.{name.upper()} AS FROM read_parquet('{tmp_path}/parquet/{name}.parquet')")
    before = path.read_bytes()
    assert found(path) == EXPECTED
    assert path.read_bytes() == before


def test_absent_tables_are_empty_and_noted(tmp_path):
    with closing(open_cdm(write(tmp_path, plain()), "Mercy")) as engine:
        assert "no table death: taken as empty" in engine.notes
        assert not any("drug_exposure" in note for note in engine.notes)
        engine.prepare(SETS)
        rows = engine.cohort(PLAN).rows
        assert engine.follow_up(rows)["death_date"].to_pylist() == [None, None]


def test_no_clinical_table_at_all(tmp_path):
    tables = plain()
    del tables["drug_exposure"]
    assert found(write(tmp_path, tables)) == []


@pytest.mark.parametrize("name", ["person", "concept"])
def test_without_an_essential_table(tmp_path, name):
    tables = plain()
    del tables[name]
    error = refused(write(tmp_path, tables))
    assert (error.code, error.problems[0].where.site, error.problems[0].where.table) == (MISSING_TABLE.code, "Mercy", name)


def test_without_a_required_column(tmp_path):
    tables = plain()
    tables["drug_exposure"]["drug_exposure_startdate"] = tables["drug_exposure"].pop("drug_exposure_start_date")
    problem = refused(write(tmp_path, tables)).problems[0]
    assert problem.kind == MISSING_COLUMN
    assert (problem.where.table, problem.where.column) == ("drug_exposure", "drug_exposure_start_date")
    assert problem.did_you_mean == "drug_exposure_startdate"


def test_person_ids_that_are_not_numbers(tmp_path):
    tables = plain()
    tables["person"]["person_id"] = [CANARY, "P2"]
    error = refused(write(tmp_path, tables))
    assert error.code == NO_NUMBERS.code
    assert CANARY not in str(error)


def test_a_person_listed_twice(tmp_path):
    tables = plain()
    tables["person"]["person_id"] = [1, 1]
    assert refused(write(tmp_path, tables)).code == REPEATED_PERSON.code


def test_no_such_path_an_empty_folder_and_a_file_of_another_kind(tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "note.txt").write_text(CANARY)
    for name in ("nowhere", "empty", "note.txt"):
        error = refused(tmp_path / name)
        assert error.code == NO_CDM.code
        assert CANARY not in str(error)


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def not_parquet(path: Path) -> None:
    path.write_text(CANARY * 50)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def damaged_pages(path: Path) -> None:
    """The footer is whole; the pages are not."""
    held = bytearray(path.read_bytes())
    held[4:-600] = bytes(len(held) - 604)
    path.write_bytes(held)


@pytest.mark.parametrize("damage", [cut_short, not_parquet, empty, damaged_pages])
@pytest.mark.parametrize("name", ["person", "concept", "drug_exposure"])
def test_a_damaged_file_names_site_and_table_and_nothing_else(tmp_path, damage, name):
    tables = plain()
    tables[name] = {column: values * 500 for column, values in tables[name].items()} | {
        "note_text": [f"{CANARY} {place}" for place in range(1000)]
    }
    damage(write(tmp_path, tables) / f"{name}.parquet")
    error = refused(tmp_path)
    problem = error.problems[0]
    assert (problem.kind, problem.where.site, problem.where.table) == (UNREADABLE_TABLE, "Mercy", name)
    assert CANARY not in str(error)
    assert error.__cause__ is None
    assert error.__suppress_context__


def test_values_that_cannot_be_cast_are_missing_and_never_quoted(tmp_path):
    tables = plain()
    tables["drug_exposure"]["drug_exposure_start_date"] = [CANARY, "2020-02-01"]
    assert found(write(tmp_path, tables)) == EXPECTED[1:]


def test_nothing_stays_on_disk(tmp_path, monkeypatch):
    spill = tmp_path / "spill"
    spill.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(spill))
    found(write(tmp_path / "site", plain()))
    assert list(spill.iterdir()) == []
    shutil.rmtree(spill)

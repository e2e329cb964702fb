"""Circe definitions give the rows that OHDSI's own implementation gave, on two CDMs and in Circe's own tests."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from equipoise.cohort.circe.reading import read_circe
from equipoise.engine.circe.generating import Generated, Options, Request, generate
from equipoise.engine.circe.opening import open_warehouse
from equipoise.engine.sql.warehouse import Warehouse
from equipoise.kernel.errors import EquipoiseError

BEHAVIOURAL = (
    "CohortGeneration_5_0_0_Test.allCriteriaTest",
    "CohortGeneration_5_0_0_Test.firstOccurrenceTest",
    "CohortGeneration_5_0_0_Test.testCensorEvents",
    "CohortGeneration_5_0_0_Test.testCensorWindow",
    "CohortGeneration_5_0_0_Test.testContinuousExposure",
    "CohortGeneration_5_0_0_Test.testContinuousExposureCensor",
    "CohortGeneration_5_0_0_Test.testCorrelatedCriteriaCounts",
    "CohortGeneration_5_0_0_Test.testEraWithDupes",
    "CohortGeneration_5_0_0_Test.testFixedOffset",
    "CohortGeneration_5_0_0_Test.testFixedOffsetCensor",
    "CohortGeneration_5_0_0_Test.testGroups",
    "CohortGeneration_5_0_0_Test.testLimits",
    "CohortGeneration_5_0_0_Test.testMixedConceptsets",
    "CohortGeneration_5_0_0_Test.testSimpleInclusionRule",
    "CohortGeneration_5_2_0_Test.testConditionStatusCriteria",
)
Run = Callable[..., Generated]
Cohorts = dict[int, Counter[tuple[object, ...]]]


def by_cohort(rows: pa.Table) -> Cohorts:
    columns = [rows[name].cast(pa.string()).to_pylist() for name in ("subject_id", "cohort_start_date", "cohort_end_date")]
    found: Cohorts = defaultdict(Counter)
    for cohort, *row in zip(rows["cohort_definition_id"].to_pylist(), *columns, strict=True):
        found[cohort][tuple(row)] += 1
    return found


@pytest.fixture
def run(circe_engine: str, open_on: Callable[[str, Path], Warehouse]) -> Run:
    """Run definitions on a folder's CDM; every test runs on every engine."""

    def made(cdm: Path, requests: list[Request], options: Options | None = None) -> Generated:
        warehouse = open_on(circe_engine, cdm)
        try:
            return generate(warehouse, requests, options)
        finally:
            warehouse.close()

    return made


@pytest.fixture(scope="module")
def library(shared: Path) -> list[Request]:
    files = sorted((shared / "circe" / "definitions").glob("*.json"))
    return [Request(int(file.stem), read_circe(file), file) for file in files]


def different(got: Cohorts, library: list[Request], *answers: Cohorts) -> list[int]:
    return [one.id for one in library if all(got[one.id] != answer[one.id] for answer in answers)]


def test_the_public_library_on_the_synthetic_cdm(shared: Path, library: list[Request], run: Run):
    """Exactly the expected rows; where ties matter, those of the lower event id and no others."""
    made = run(shared / "circe" / "cdm", library)
    got, expected = by_cohort(made.rows), by_cohort(pq.read_table(shared / "circe" / "expected.parquet"))
    assert made.failed == ()
    assert different(got, library, expected) == []
    assert made.rows.num_rows == sum(cohort.total() for cohort in expected.values())
    opposite = by_cohort(pq.read_table(shared / "circe" / "expected_tie_desc.parquet"))
    sensitive = [one for one in library if one.id in opposite]
    assert sensitive
    assert len(different(got, sensitive, opposite)) == len(sensitive)


def test_the_public_library_on_synthea(shared: Path, library: list[Request], run: Run):
    made = run(shared / "circe" / "synthea27nj_cdm", library)
    assert made.failed == ()
    assert different(by_cohort(made.rows), library, by_cohort(pq.read_table(shared / "circe" / "expected_synthea27nj.parquet"))) == []


def test_one_at_a_time_and_all_at_once_are_the_same(shared: Path, library: list[Request], circe_engine: str, run: Run):
    """Few on Spark, where a batch costs the same whatever its size, and few where definitions are never run together."""
    some = library[:: 180 if circe_engine in ("spark", "reference") else 18]
    together = run(shared / "circe" / "cdm", some, Options(with_statistics=True))
    alone = run(shared / "circe" / "cdm", some, Options(with_statistics=True, batch=1))
    assert together.rows.equals(alone.rows)
    assert together.rows.equals(run(shared / "circe" / "cdm", some, Options(batch=1)).rows)
    assert together.rows.equals(run(shared / "circe" / "cdm", some, Options(batch=7)).rows)
    assert together.statistics == alone.statistics


@pytest.fixture(params=BEHAVIOURAL)
def behaviour(request: pytest.FixtureRequest, shared: Path) -> Path:
    return shared / "circe" / "behavioural-tests" / str(request.param)


def write_tables(folder: Path, tables: dict[str, list[dict[str, object]]]) -> None:
    for name, rows in tables.items():
        columns = sorted({column for row in rows for column in row})
        pq.write_table(pa.table({column: pa.array([row.get(column) for row in rows]) for column in columns}), folder / f"{name}.parquet")


def attempts(behaviour: Path) -> Iterator[tuple[int, Path, bool]]:
    for one in json.loads((behaviour / "test.json").read_text())["cohorts"]:
        yield one["cohortId"], behaviour / one["file"], one["file"].endswith("_throws.json")


def test_circes_own_tests(behaviour: Path, tmp_path: Path, run: Run):
    tables = json.loads((behaviour / "input.json").read_text())
    write_tables(tmp_path, {"person": [{"person_id": 1, "year_of_birth": 1980}]} | tables)
    requests, refused = [], []
    for cohort, file, throws in attempts(behaviour):
        try:
            requests.append(Request(cohort + 1000 * throws, read_circe(file), file))
        except EquipoiseError:
            refused.append(cohort + 1000 * throws)
    made = run(tmp_path, requests, Options(with_statistics=True))
    expected = json.loads((behaviour / "expected.json").read_text())
    wanted: Cohorts = defaultdict(Counter)
    for row in expected.get("cohort", []):
        wanted[row["cohort_definition_id"]][(str(row["subject_id"]), row["cohort_start_date"], row["cohort_end_date"])] += 1
    assert dict(by_cohort(made.rows)) == dict(wanted)
    assert {*refused, *(one.id for one in made.failed)} == {cohort + 1000 for cohort, _, throws in attempts(behaviour) if throws}
    for name in expected.keys() - {"cohort"}:
        assert made.statistics
        assert sort_records(made.statistics.tables[name].to_pylist()) == sort_records(expected[name])


def sort_records(rows: list[dict[str, int]]) -> list[list[tuple[str, int]]]:
    return sorted(sorted(row.items()) for row in rows)


def test_inclusion_statistics_are_those_of_the_reference(shared: Path, library: list[Request], circe_engine: str, run: Run):
    """Of 60 definitions that have rules; of few on Spark."""
    with_rules = [one for one in library if one.expression.inclusion_rules]
    some = with_rules[::2][:60] if circe_engine != "spark" else with_rules[::20]
    made = run(shared / "circe" / "cdm", some, Options(with_statistics=True))
    expected = generate(open_warehouse(str(shared / "circe" / "cdm"), "reference"), some, Options(with_statistics=True))
    assert made.rows.equals(expected.rows)
    assert made.statistics == expected.statistics
    assert made.statistics
    assert made.statistics.tables["cohort_inclusion_stats"].num_rows > len(some)


def test_statistics_agree_with_the_rows(shared: Path, library: list[Request], run: Run):
    """Persons in a cohort with rules and a limit of one are the events that meet all of them, when all events are kept."""
    with_rules = [one for one in library if one.expression.inclusion_rules and one.expression.expression_limit.type == "First"]
    made = run(shared / "circe" / "cdm", with_rules, Options(with_statistics=True))
    assert made.statistics
    summary = made.statistics.tables["cohort_summary_stats"]
    best = summary.filter(pc.equal(summary["mode_id"], 1)).to_pylist()
    persons = {cohort: len({row[0] for row in rows}) for cohort, rows in by_cohort(made.rows).items()}
    censored = {one.id for one in with_rules if one.expression.end_strategy is not None}
    compared = [
        (row["final_count"], persons.get(row["cohort_definition_id"], 0)) for row in best if row["cohort_definition_id"] not in censored
    ]
    assert compared
    assert [one for one in compared if one[0] != one[1]] == []

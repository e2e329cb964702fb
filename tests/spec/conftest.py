"""A CDM written as literal tables in a test, opened by every engine, and asked.

    drug_exposure
    person | concept | start | end
    1      | A       | 0     | 14

Day 0 is 1 January 2020; a date may be written out instead. `A` to `F` are standard concepts 101 to 106 of the vocabulary `Test`;
the sets `a` to `f` hold one of them each. `person`, `id`, `concept`, `source`, `start`, `end`, `value`, `unit` stand for the
table's own columns.
Persons not listed are women born on 1 January 1980; an empty cell is null.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from equipoise.cohort.plan import CohortPlan, PlanStep
from equipoise.engine.contract import CodeSetFound, CohortRows, Engine
from equipoise.engine.open import open_cdm
from equipoise.engine.reference.engine import ReferenceEngine
from equipoise.omop.tables import arrow_schema, clinical_tables, table
from equipoise.study.model import Arm, Code, CodeSet, Criterion, Index, LinesOfTherapy

ENGINES: dict[str, Callable[[Path, str], Engine]] = {"duckdb": open_cdm, "reference": ReferenceEngine}
DAY_0 = date(2020, 1, 1)
LETTERS = "ABCDEF"
TEST_SETS = tuple(CodeSet(name=one.lower(), codes=(Code(vocabulary="Test", code=one, match="exact"),)) for one in LETTERS)
VOCABULARY = "concept\nconcept_id | vocabulary_id | concept_code | standard_concept\n" + "\n".join(
    f"{101 + place} | Test | {letter} | S" for place, letter in enumerate(LETTERS)
)
Rows = list[dict[str, object]]


@dataclass(frozen=True)
class Site:
    engine: Engine
    found: tuple[CodeSetFound, ...]
    persons: tuple[int, ...]

    def index(self, day: int | str = 0) -> pa.Table:
        return pa.table(
            {"person_id": pa.array(self.persons, pa.int64()), "index_date": pa.array([read_day(str(day))] * len(self.persons), pa.date32())}
        )

    def holds(self, criterion: Criterion, day: int | str = 0) -> dict[int, bool]:
        answer = self.engine.criteria(self.index(day), (criterion,))
        return dict(zip(answer["person_id"].to_pylist(), answer["c0"].to_pylist(), strict=True))

    def cohort(
        self, *steps: Criterion, index: Index | None = None, arms: tuple[str, str] = ("a", "b"), period: tuple[int, int] = (-9999, 9999)
    ) -> CohortRows:
        plan = CohortPlan(
            index=index or Index(sets=arms),
            period_start=DAY_0 + timedelta(period[0]),
            period_end=DAY_0 + timedelta(period[1]),
            arms=(Arm(name="first", role="target", sets=(arms[0],)), Arm(name="second", role="comparator", sets=(arms[1],))),
            steps=tuple(PlanStep(f"step {place}", step) for place, step in enumerate(steps, start=1)),
        )
        return self.engine.cohort(plan)

    def indexed(self, *steps: Criterion, **plan: object) -> dict[int, tuple[int, int]]:
        """Day and arm of the index by person."""
        rows = self.cohort(*steps, **plan).rows.to_pylist()  # type: ignore[arg-type]
        return {row["person_id"]: ((row["index_date"] - DAY_0).days, row["arm"]) for row in rows}


def read_day(cell: str) -> date:
    return date.fromisoformat(cell) if "-" in cell[1:] else DAY_0 + timedelta(int(cell))


def read_block(block: str) -> tuple[str, Rows]:
    name, header, *lines = [line.strip() for line in block.strip().splitlines()]
    columns = [full_name(name, cell.strip()) for cell in header.split("|")]
    rows = [dict(zip(columns, (cell.strip() for cell in line.split("|")), strict=True)) for line in lines]
    return name, [{column: read_cell(name, column, cell) for column, cell in row.items()} for row in rows]


def full_name(name: str, short: str) -> str:
    of = table(name)
    roles = {
        "id": of.id_column,
        "concept": of.concept_column,
        "source": of.source_concept_column,
        "start": of.date_column,
        "end": of.end_date_column,
    }
    return roles.get(short) or {"person": "person_id", "value": "value_as_number", "unit": "unit_concept_id"}.get(short, short)


def read_cell(name: str, column: str, cell: str) -> object:
    kind = arrow_schema(name).field(column).type
    if not cell:
        return None
    if kind == pa.date32():
        return read_day(cell)
    if kind == pa.int64():
        return 101 + LETTERS.index(cell) if cell in LETTERS else int(cell)
    return float(cell) if kind == pa.float64() else cell


def with_ids(name: str, rows: Rows) -> Rows:
    key = table(name).id_column
    return [({key: place} if key else {}) | row for place, row in enumerate(rows, start=1)]


def with_persons(tables: dict[str, Rows]) -> dict[str, Rows]:
    known = {row["person_id"] for row in tables.get("person", [])}
    mentioned = {row["person_id"] for of in clinical_tables() for row in tables.get(of.name, [])} | {
        row["person_id"] for name in ("death", "observation_period") for row in tables.get(name, [])
    }
    usual = {"gender_concept_id": 8532, "year_of_birth": 1980, "month_of_birth": 1, "day_of_birth": 1}
    return tables | {"person": [*tables.get("person", []), *({"person_id": one} | usual for one in sorted(mentioned - known))]}


def write_cdm(folder: Path, tables: dict[str, Rows]) -> None:
    for name, rows in tables.items():
        schema = pa.schema([field.with_nullable(True) for field in arrow_schema(name)])
        pq.write_table(pa.Table.from_pylist(with_ids(name, rows), schema=schema), folder / f"{name}.parquet")


@pytest.fixture(params=sorted(ENGINES))
def engine(request: pytest.FixtureRequest) -> Callable[[Path, str], Engine]:
    """How to open a CDM; every test runs on every engine listed."""
    return ENGINES[request.param]


@pytest.fixture
def site(engine: Callable[[Path, str], Engine], tmp_path: Path) -> Iterator[Callable[..., Site]]:
    opened: list[Engine] = []

    def make(text: str, sets: tuple[CodeSet, ...] = TEST_SETS, *, all_mentioned: bool = True, lines: LinesOfTherapy | None = None) -> Site:
        blocks = dict(read_block(block) for block in text.strip().split("\n\n") if block.strip())
        tables = {"concept": read_block(VOCABULARY)[1]} | blocks
        tables = with_persons(tables) if all_mentioned else tables
        write_cdm(tmp_path, tables)
        opened.append(engine(tmp_path, "here"))
        persons = tuple(sorted(int(str(row["person_id"])) for row in tables["person"]))
        return Site(opened[-1], opened[-1].prepare(sets, lines), persons)

    yield make
    for one in opened:
        one.close()

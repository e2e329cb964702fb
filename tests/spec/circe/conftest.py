"""A CDM written as literal tables, a cohort definition, and its rows as (person, first day, last day).

    drug_exposure
    id | person | concept | start | end | days_supply
    1  | 1      | A       | 0     |     | 30

Day 0 is 1 January 2020. `A` to `F` are concepts 101 to 106, and concept sets 1 to 6 hold one of them each. `id`, `concept`, `source`,
`start` and `end` stand for the columns of the table. An empty cell is null. All are observed from day -1000 to day 1000 and are women
born in 1980, unless the tables say otherwise.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from engines.opening import ENGINES
from equipoise.cohort.circe.model import (
    CohortExpression,
    Concept,
    ConceptSet,
    ConceptSetItem,
    CorrelatedCriteria,
    CriteriaGroup,
    Criterion,
    Endpoint,
    EndWindow,
    InclusionRule,
    LimitType,
    ObservationWindow,
    Occurrence,
    OccurrenceType,
    PrimaryCriteria,
    ResultLimit,
    Window,
)
from equipoise.engine.circe.generating import Generated, Options, Request, generate
from equipoise.engine.sql.warehouse import Warehouse
from operations.circe import Case
from operations.recording import literal_tests

DAY_0 = date(2020, 1, 1)
LETTERS = "ABCDEF"
Row = tuple[int, int, int]
Rows = list[dict[str, object]]

ROLES = {
    "condition_occurrence": ("condition_occurrence_id", "condition_concept_id", "condition_start_date", "condition_end_date"),
    "death": ("person_id", "cause_concept_id", "death_date", ""),
    "device_exposure": ("device_exposure_id", "device_concept_id", "device_exposure_start_date", "device_exposure_end_date"),
    "drug_exposure": ("drug_exposure_id", "drug_concept_id", "drug_exposure_start_date", "drug_exposure_end_date"),
    "measurement": ("measurement_id", "measurement_concept_id", "measurement_date", ""),
    "observation": ("observation_id", "observation_concept_id", "observation_date", ""),
    "procedure_occurrence": ("procedure_occurrence_id", "procedure_concept_id", "procedure_date", "procedure_end_date"),
    "specimen": ("specimen_id", "specimen_concept_id", "specimen_date", ""),
    "visit_detail": ("visit_detail_id", "visit_detail_concept_id", "visit_detail_start_date", "visit_detail_end_date"),
    "visit_occurrence": ("visit_occurrence_id", "visit_concept_id", "visit_start_date", "visit_end_date"),
    "condition_era": ("condition_era_id", "condition_concept_id", "condition_era_start_date", "condition_era_end_date"),
    "drug_era": ("drug_era_id", "drug_concept_id", "drug_era_start_date", "drug_era_end_date"),
    "dose_era": ("dose_era_id", "drug_concept_id", "dose_era_start_date", "dose_era_end_date"),
    "observation_period": ("observation_period_id", "", "observation_period_start_date", "observation_period_end_date"),
    "payer_plan_period": ("payer_plan_period_id", "", "payer_plan_period_start_date", "payer_plan_period_end_date"),
    "location_history": ("location_history_id", "", "start_date", "end_date"),
}
TEXT = {
    "stop_reason",
    "unique_device_id",
    "lot_number",
    "value_as_string",
    "specimen_source_id",
    "domain_id",
    "invalid_reason",
    "relationship_id",
}


def full_name(table: str, short: str) -> str:
    record, concept, start, end = ROLES.get(table, ("", "", "", ""))
    roles = {"id": record, "concept": concept, "start": start, "end": end, "source": concept.replace("_concept_id", "_source_concept_id")}
    return {"person": "person_id", "visit": "visit_occurrence_id", "value": "value_as_number"}.get(short, roles.get(short) or short)


def read_cell(column: str, cell: str) -> object:
    if not cell:
        return None
    if column in TEXT:
        return cell
    if column.endswith("_date"):
        return DAY_0 + timedelta(int(cell))
    if cell in LETTERS:
        return 101 + LETTERS.index(cell)
    return float(cell) if "." in cell else int(cell)


def read_tables(text: str) -> dict[str, Rows]:
    found: dict[str, Rows] = {}
    for block in filter(str.strip, text.split("\n\n")):
        name, header, *lines = [line.strip() for line in block.strip().splitlines()]
        columns = [full_name(name, cell.strip()) for cell in header.split("|")]
        cells = [[cell.strip() for cell in line.split("|")] for line in lines]
        found[name] = [{c: read_cell(c, cell) for c, cell in zip(columns, row, strict=True)} for row in cells]
    return found


def complete(tables: dict[str, Rows]) -> dict[str, Rows]:
    persons = sorted(
        {int(str(row["person_id"])) for name, rows in tables.items() if name != "visit" for row in rows if row.get("person_id")}
    )
    concepts: Rows = [{"concept_id": 101 + place, "invalid_reason": None} for place in range(len(LETTERS))]
    usual: dict[str, Rows] = {
        "person": [{"person_id": one, "gender_concept_id": 8532, "year_of_birth": 1980} for one in persons],
        "observation_period": [
            {
                "observation_period_id": one,
                "person_id": one,
                "observation_period_start_date": DAY_0 + timedelta(-1000),
                "observation_period_end_date": DAY_0 + timedelta(1000),
            }
            for one in persons
        ],
        "concept": concepts,
    }
    return usual | tables | {"concept": [*concepts, *tables.get("concept", [])]}


def type_of(column: str, rows: Rows) -> pa.DataType:
    if column.endswith("_date"):
        return pa.date32()
    if column in TEXT:
        return pa.string()
    return pa.float64() if any(isinstance(row.get(column), float) for row in rows) else pa.int64()


def write(folder: Path, tables: dict[str, Rows]) -> None:
    for name, rows in tables.items():
        columns = list(dict.fromkeys(column for row in rows for column in row))
        arrays = {column: pa.array([row.get(column) for row in rows], type_of(column, rows)) for column in columns}
        pq.write_table(pa.table(arrays), folder / f"{name}.parquet")


def record(test: str, tables: dict[str, Rows], expressions: tuple[CohortExpression, ...], *, with_statistics: bool) -> None:
    """Leave what a test asks where EQUIPOISE_RECORD says, for those who ask which operations the tests notice."""
    if not (where := os.environ.get("EQUIPOISE_RECORD")):
        return
    number = f"{len(list(Path(where).glob('*.case'))):05}"
    folder = Path(where) / number
    folder.mkdir()
    write(folder, tables)
    (Path(where) / f"{number}.case").write_bytes(pickle.dumps((test, folder, expressions, with_statistics)))


@pytest.fixture(params=[one for one in ENGINES if one != "spark"])
def circe_engine(request: pytest.FixtureRequest) -> str:
    """Every engine but Spark, which is asked all at once (`test_on_spark.py`)."""
    return str(request.param)


@pytest.fixture(scope="session")
def literal_cases(tmp_path_factory: pytest.TempPathFactory) -> list[Case]:
    """What all tests here ask."""
    return literal_tests(tmp_path_factory.mktemp("literal"))


@pytest.fixture
def written() -> Callable[[Path, dict[str, Rows]], None]:
    """How tables become a CDM."""
    return write


@pytest.fixture
def run(
    circe_engine: str, open_on: Callable[[str, Path], Warehouse], tmp_path: Path, request: pytest.FixtureRequest
) -> Callable[..., Generated]:
    """Run definitions over literal tables; every test runs on every engine. Tables that are asked again are not written again."""
    there: list[str] = []

    def made(text: str, *expressions: CohortExpression, options: Options | None = None) -> Generated:
        tables = complete(read_tables(text))
        if text not in there:
            write(tmp_path, tables)
            there[:] = [text]
        record(
            f"{request.path.name}::{request.node.originalname}",
            tables,
            expressions,
            with_statistics=options is not None and options.with_statistics,
        )
        warehouse = open_on(circe_engine, tmp_path)
        try:
            return generate(warehouse, [Request(place, one) for place, one in enumerate(expressions, start=1)], options)
        finally:
            warehouse.close()

    return made


@pytest.fixture
def cohort(run: Callable[..., Generated]) -> Callable[..., list[Row]]:
    """The rows of one definition."""

    def made(text: str, expression: CohortExpression) -> list[Row]:
        found = run(text, expression)
        assert found.failed == ()
        return [
            (row["subject_id"], (row["cohort_start_date"] - DAY_0).days, (row["cohort_end_date"] - DAY_0).days)
            for row in found.rows.to_pylist()
        ]

    return made


def item(concept: int, **flags: bool) -> ConceptSetItem:
    return ConceptSetItem(concept=Concept(concept_id=concept), **flags)


LETTER_SETS = tuple(ConceptSet(id=place, items=(item(100 + place),)) for place in range(1, 7))


def define(
    *primary: Criterion,
    limits: tuple[LimitType, LimitType, LimitType] = ("All", "All", "All"),
    observed: tuple[int, int] = (0, 0),
    rules: Sequence[CriteriaGroup] = (),
    sets: tuple[ConceptSet, ...] = (),
    **more: object,
) -> CohortExpression:
    """A definition; `limits` are the primary, the qualified and the expression limit."""
    own = {one.id for one in sets}
    return CohortExpression(
        concept_sets=(*sets, *(one for one in LETTER_SETS if one.id not in own)),
        primary_criteria=PrimaryCriteria(
            criteria_list=primary,
            observation_window=ObservationWindow(prior_days=observed[0], post_days=observed[1]),
            primary_criteria_limit=ResultLimit(type=limits[0]),
        ),
        qualified_limit=ResultLimit(type=limits[1]),
        expression_limit=ResultLimit(type=limits[2]),
        inclusion_rules=tuple(InclusionRule(name=f"rule {place}", expression=rule) for place, rule in enumerate(rules)),
        **more,  # type: ignore[arg-type]
    )


def point(days: int | None, side: int = 1) -> Endpoint:
    """Days from the index day; None is all days before (side -1) or after."""
    return Endpoint(days=None if days is None else abs(days), coeff=side if days is None else -1 if days < 0 else 1)  # type: ignore[arg-type]


def window(start: int | None, end: int | None, **flags: bool) -> Window:
    return Window(start=point(start, -1), end=point(end, 1), **flags)


def end_window(start: int | None, end: int | None, **flags: bool) -> EndWindow:
    return EndWindow(start=point(start, -1), end=point(end, 1), **flags)


def some(criterion: Criterion, at: Window | None = None, *, n: tuple[str, int] = ("at least", 1), **more: object) -> CorrelatedCriteria:
    """So many events, by default at least one at any time. `distinct` and `count_column` are of the occurrence."""
    kinds = {"exactly": OccurrenceType.EXACTLY, "at most": OccurrenceType.AT_MOST, "at least": OccurrenceType.AT_LEAST}
    column = more.pop("column", None)
    occurrence = Occurrence(type=kinds[n[0]], count=n[1], is_distinct=bool(more.pop("distinct", False)), count_column=column)  # type: ignore[arg-type]
    return CorrelatedCriteria(criteria=criterion, start_window=at or window(None, None), occurrence=occurrence, **more)  # type: ignore[arg-type]


def every(*criteria: CorrelatedCriteria, **more: object) -> CriteriaGroup:
    return CriteriaGroup(type="ALL", criteria_list=criteria, **more)  # type: ignore[arg-type]


@pytest.fixture
def say() -> SimpleNamespace:
    """Short words for the parts of a definition."""
    return SimpleNamespace(define=define, window=window, end_window=end_window, some=some, every=every, item=item)

"""Whatever is asked, of whatever CDM: `generate` gives rows or a code, never a traceback. Definitions are drawn from the shape of the
language, and from the public ones with something changed; CDMs from a small one with something broken."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from equipoise.cohort.circe.checking.all_checks import check
from equipoise.cohort.circe.describing.document import describe
from equipoise.cohort.circe.model import CohortExpression, Concept, ConceptSet, ConceptSetItem
from equipoise.cohort.circe.reading import parse_circe
from equipoise.engine.circe.generating import SCHEMA, Generated, Request, generate, open_for_cohorts
from equipoise.engine.circe.resume.parts import Parts
from equipoise.engine.sql.warehouse import Warehouse
from equipoise.kernel.errors import EquipoiseError, Problem

SHARED = Path(os.environ.get("EQUIPOISE_SHARED", "")) / "circe" / "definitions"
EXAMPLES = Path(__file__).resolve().parent / "examples"
T = TypeVar("T")
SLOW = settings(
    max_examples=25, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate), suppress_health_check=list(HealthCheck)
)
FIRST, LAST = date(2020, 1, 1), date(2020, 3, 1)
TABLES: dict[str, dict[str, list[Any]]] = {
    "person": {"person_id": [1, 2], "gender_concept_id": [8507, 8532], "year_of_birth": [1950, 1980]},
    "observation_period": {
        "observation_period_id": [1, 2],
        "person_id": [1, 2],
        "observation_period_start_date": [FIRST, FIRST],
        "observation_period_end_date": [LAST, LAST],
    },
    "condition_occurrence": {
        "condition_occurrence_id": [1, 2],
        "person_id": [1, 2],
        "condition_concept_id": [101, 102],
        "condition_start_date": [FIRST, LAST],
        "condition_end_date": [LAST, None],
        "visit_occurrence_id": [1, None],
    },
    "drug_exposure": {
        "drug_exposure_id": [1],
        "person_id": [1],
        "drug_concept_id": [101],
        "drug_exposure_start_date": [FIRST],
        "drug_exposure_end_date": [LAST],
        "days_supply": [30],
    },
    "measurement": {"measurement_id": [1], "person_id": [2], "measurement_concept_id": [101], "measurement_date": [FIRST]},
    "visit_occurrence": {"visit_occurrence_id": [1], "person_id": [1], "visit_concept_id": [101], "visit_start_date": [FIRST]},
    "concept": {"concept_id": [101, 102], "invalid_reason": [None, "D"]},
    "concept_ancestor": {"ancestor_concept_id": [101], "descendant_concept_id": [102]},
}


def write(folder: Path, tables: dict[str, pa.Table]) -> Path:
    folder.mkdir(exist_ok=True)
    for name, rows in tables.items():
        pq.write_table(rows, folder / f"{name}.parquet")
    return folder


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    tables = {name: pa.table(columns) for name, columns in TABLES.items()}
    warehouse = open_for_cohorts(write(tmp_path_factory.mktemp("sound") / "cdm", tables), "here")
    yield warehouse
    warehouse.close()


def with_concepts(expression: CohortExpression) -> CohortExpression:
    """The sets find somebody, so that what follows is not empty."""
    items = tuple(ConceptSetItem(concept=Concept(concept_id=one), include_descendants=True) for one in (101, 102))
    return replace(expression, concept_sets=tuple(ConceptSet(id=one, items=items[: one + 1]) for one in range(3)))


def answered(made: Generated, asked: int) -> None:
    assert made.rows.schema == SCHEMA
    assert all(problem.kind.code.startswith(("EQ-ENGINE-", "EQ-CIRCE-")) for one in made.failed for problem in one.problems)
    assert len({one.id for one in made.failed}) <= asked


@SLOW
@given(data=st.data())
def test_any_sound_definitions(expressions: st.SearchStrategy[CohortExpression], sound: Warehouse, data: st.DataObject) -> None:
    drawn = data.draw(st.lists(expressions.map(with_concepts), min_size=1, max_size=6))
    made = generate(sound, [Request(place, one) for place, one in enumerate(drawn)])
    answered(made, len(drawn))
    assert made.failed == (), "what was read can be run"


def tried(work: Callable[[], T]) -> T | tuple[Problem, ...]:
    """What it gives, or its problems."""
    try:
        return work()
    except EquipoiseError as error:
        return error.problems


NUMBERS = st.sampled_from([0, 1, -1, 2**31 - 1, -(2**31), 2**31, 2**63 - 1, 2**63, 10**30, 0.5, 1e300, -1e-300, 99999])
ODD = NUMBERS | st.sampled_from(
    ["", "x", "eq_codesets", "'; DROP TABLE person; --", "9999-12-31", "0001-01-01", "2023-02-29", "%\\_", None, True, [], {}]
)


def real_texts() -> list[str]:
    files = sorted(SHARED.glob("*.json"))[::23] if SHARED.is_dir() else []
    return [file.read_text(encoding="utf-8") for file in [*files, *sorted(EXAMPLES.glob("*.json"))]]


def leaves(tree: Any) -> Iterator[tuple[Any, Any]]:
    for step, inner in tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ():
        yield tree, step
        yield from leaves(inner)


@SLOW
@given(data=st.data())
def test_public_definitions_with_something_changed(sound: Warehouse, data: st.DataObject) -> None:
    tree = json.loads(data.draw(st.sampled_from(real_texts())))
    tree.pop("ConceptSets" if data.draw(st.integers(0, 9)) == 0 else "", None)
    for _ in range(data.draw(st.integers(1, 4))):
        holder, step = data.draw(st.sampled_from([one for one in leaves(tree) if "concept" not in one[0]]))
        if data.draw(st.booleans()):
            holder[step] = data.draw(ODD)
        else:
            holder.pop(step)
    read = tried(partial(parse_circe, json.dumps(tree), Path("1.json")))
    if isinstance(read, tuple):
        assert all(problem.kind.code.startswith("EQ-CIRCE-") for problem in read)
        assert all(problem.where.path or problem.where.line for problem in read), "the place is named"
        return
    assert describe(read)
    check(read)
    answered(generate(sound, [Request(1, read)]), 1)


BROKEN: dict[str, pa.Array] = {
    "text": pa.array(["x", "2020-13-45"]),
    "flags": pa.array([True, None]),
    "lists": pa.array([[1], [2]]),
    "objects": pa.array([{"a": 1}, {"a": 2}]),
    "no numbers": pa.array([float("nan"), float("inf")]),
    "huge": pa.array([2**64 - 1, 2**63], pa.uint64()),
    "bytes": pa.array([b"\xff", b""]),
    "exact": pa.array([Decimal("1.5"), Decimal("1e20")], pa.decimal128(38, 2)),
    "instants": pa.array([datetime(1, 1, 1), datetime(9999, 12, 31)], pa.timestamp("us", "UTC")),
    "nothing": pa.nulls(2),
    "negative": pa.array([-1, -(2**63)]),
}


def changed(rows: pa.Table, column: str, kind: str) -> pa.Table:
    position = rows.column_names.index(column)
    return rows.set_column(position, column, BROKEN[kind][: rows.num_rows])


@SLOW
@given(data=st.data())
def test_any_cdm(expressions: st.SearchStrategy[CohortExpression], tmp_path: Path, data: st.DataObject) -> None:
    """A table that is absent, a column that is absent, of another type or in capitals, a file that is no Parquet."""
    tables = {name: pa.table(columns) for name, columns in TABLES.items()}
    for _ in range(data.draw(st.integers(1, 3))):
        name = data.draw(st.sampled_from(sorted(tables)))
        column = data.draw(st.sampled_from(tables[name].column_names or [""]))
        how = data.draw(st.sampled_from(["table", "column", "capitals", *BROKEN]))
        if how == "table" and len(tables) > 1:
            del tables[name]
        elif how == "column" and tables[name].num_columns > 1:
            tables[name] = tables[name].drop_columns([column])
        elif how == "capitals":
            tables[name] = tables[name].rename_columns([one.upper() for one in tables[name].column_names])
        elif how in BROKEN:
            tables[name] = changed(tables[name], column, how)
    folder = tmp_path / f"{len(list(tmp_path.iterdir()))}"
    write(folder, tables)
    if data.draw(st.integers(0, 4)) == 0:
        (folder / f"{sorted(tables)[0]}.parquet").write_bytes(b"PAR1 no more")
    drawn = data.draw(st.lists(expressions.map(with_concepts), min_size=1, max_size=3))
    warehouse = tried(partial(open_for_cohorts, folder, "here"))
    if isinstance(warehouse, tuple):
        assert all(problem.kind.code.startswith("EQ-ENGINE-") for problem in warehouse)
        return
    try:
        answered(generate(warehouse, [Request(place, one) for place, one in enumerate(drawn)]), len(drawn))
    finally:
        warehouse.close()


def test_parts_that_are_anything_are_parts_that_are_not_there(tmp_path: Path) -> None:
    for place, text in enumerate(["", "[]", "3", '{"key": "k"}', '{"key": "k", "definitions": [[1]], "notes": [], "statistics": false}']):
        (tmp_path / str(place)).mkdir()
        (tmp_path / str(place) / "part.json").write_text(text, encoding="utf-8")
    (tmp_path / "file").write_text("x", encoding="utf-8")
    assert Parts(tmp_path, "k").kept({1: "a"}) == []

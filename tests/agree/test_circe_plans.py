"""Random cohort definitions over random CDMs: every engine finds what the reference finds, rows and statistics."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from drawn.circe_cdms import Tables, cdms, write
from drawn.circe_definitions import definitions, tables_of
from equipoise.cohort.circe.model import DOMAINS, CohortExpression
from equipoise.engine.circe.generating import Generated, Options, Request, generate
from equipoise.engine.circe.opening import open_warehouse
from equipoise.engine.sql.warehouse import Warehouse
from operations.merging import Answer, Questions

OpenOn = Callable[[str, Path], Warehouse]
QUICK = settings(deadline=None, suppress_health_check=list(HealthCheck), phases=(Phase.explicit, Phase.generate, Phase.shrink))


@st.composite
def questions(draw: st.DrawFn, most: int, overlapping: bool = False) -> tuple[Tables, list[CohortExpression]]:
    """A CDM, and definitions over three domains that have records in it."""
    domains = tuple(draw(st.lists(st.sampled_from(sorted(DOMAINS)), min_size=1, max_size=3, unique=True)))
    asked = draw(st.lists(definitions(domains), min_size=1, max_size=most))
    return draw(cdms(tables_of(domains), overlapping)), asked


def answer(opened: Warehouse, asked: list[CohortExpression]) -> Generated:
    try:
        return generate(opened, [Request(number, one) for number, one in enumerate(asked)], Options(with_statistics=True))
    finally:
        opened.close()


def agree(folder: Path, engine: str, open_on: OpenOn, asked: list[CohortExpression]) -> None:
    found, expected = (answer(one, asked) for one in (open_on(engine, folder), open_warehouse(str(folder), "reference")))  # type: ignore[arg-type]
    assert found.failed == expected.failed == ()
    assert found.rows.to_pylist() == expected.rows.to_pylist()
    assert found.statistics
    assert expected.statistics
    for name, rows in expected.statistics.tables.items():
        assert found.statistics.tables[name].to_pylist() == rows.to_pylist(), name


def rows_of(opened: Warehouse, together: Questions) -> list[list[Answer]]:
    try:
        made = generate(opened, together.requests())
    finally:
        opened.close()
    assert made.failed == ()
    return together.answers(made)


@pytest.fixture
def folders(tmp_path: Path) -> Callable[[], Path]:
    """A new folder for each example."""
    numbers = iter(range(1_000_000))
    return lambda: tmp_path / str(next(numbers))


@settings(QUICK, max_examples=100)
@given(question=questions(3))
def test_duckdb_finds_what_the_reference_finds(question: tuple[Tables, list[CohortExpression]], folders, open_on: OpenOn):
    tables, asked = question
    folder = folders()
    write(folder, tables)
    agree(folder, "duckdb", open_on, asked)


@settings(QUICK, max_examples=40)
@given(question=questions(2, overlapping=True))
def test_duckdb_where_observation_periods_overlap(question: tuple[Tables, list[CohortExpression]], folders, open_on: OpenOn):
    tables, asked = question
    folder = folders()
    write(folder, tables)
    agree(folder, "duckdb", open_on, asked)


@pytest.mark.parametrize(("engine", "examples"), [("postgres", 40), ("spark", 8)])
def test_a_server_finds_what_the_reference_finds(engine: str, examples: int, folders, open_on: OpenOn):
    """Many random CDMs are one, and their definitions one batch: to begin costs more than to ask."""
    drawn: list[tuple[Tables, list[CohortExpression]]] = []

    @settings(QUICK, max_examples=examples, phases=(Phase.generate,), database=None)
    @given(question=questions(2))
    def draw(question: tuple[Tables, list[CohortExpression]]) -> None:
        drawn.append(question)

    draw()
    together = Questions()
    for tables, asked in drawn:
        together.add(tables, asked)
    folder = folders()
    write(folder, together.tables)
    found, expected = (rows_of(one, together) for one in (open_on(engine, folder), open_warehouse(str(folder), "reference")))  # type: ignore[arg-type]
    assert [
        (tables, one)
        for (tables, asked), ours, theirs in zip(drawn, found, expected, strict=True)
        for one, rows, other in zip(asked, ours, theirs, strict=True)
        if rows != other
    ] == []

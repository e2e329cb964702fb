"""The same rows in the same order, whatever the number of threads, the memory, and the order in which records lie in their files."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from equipoise.cohort.circe.reading import read_circe
from equipoise.engine.circe.generating import Generated, Options, Request, generate, open_for_cohorts


@pytest.fixture(scope="module")
def some(shared: Path) -> list[Request]:
    """A fifth of the public definitions, sensitive ones among them."""
    files = sorted((shared / "circe" / "definitions").glob("*.json"), key=lambda file: int(file.stem))
    return [Request(int(file.stem), read_circe(file), file) for file in files[::5]]


def made(cdm: Path, asked: list[Request], threads: int, memory: str | None = None, batch: int = 600) -> Generated:
    warehouse = open_for_cohorts(cdm, "here", memory, threads)
    try:
        return generate(warehouse, asked, Options(with_statistics=True, batch=batch))
    finally:
        warehouse.close()


@pytest.fixture(scope="module")
def alone(shared: Path, some: list[Request]) -> Generated:
    return made(shared / "circe" / "cdm", some, 1)


@pytest.mark.parametrize(("threads", "memory"), [(2, None), (7, None), (3, "400MB")])
def test_threads_and_memory_change_nothing(shared: Path, some: list[Request], alone: Generated, threads: int, memory: str | None) -> None:
    again = made(shared / "circe" / "cdm", some, threads, memory)
    assert again.rows.num_rows > 1000
    assert again.rows.equals(alone.rows)
    assert again.statistics == alone.statistics


def test_one_definition_alone_on_many_threads(shared: Path, some: list[Request], alone: Generated) -> None:
    few = some[:: len(some) // 12]
    again = made(shared / "circe" / "cdm", few, 5, batch=1)
    wanted = {one.id for one in few}
    kept = [row for row in alone.rows.to_pylist() if row["cohort_definition_id"] in wanted]
    assert again.rows.to_pylist() == kept


def test_the_order_of_records_in_their_files_changes_nothing(shared: Path, some: list[Request], alone: Generated, tmp_path: Path) -> None:
    with duckdb.connect() as connection:
        for file in (shared / "circe" / "cdm").glob("*.parquet"):
            shuffled = f"SELECT * FROM '{file}' AS t ORDER BY HASH(t)"
            connection.execute(f"COPY ({shuffled}) TO '{tmp_path / file.name}' (FORMAT parquet, ROW_GROUP_SIZE 8192)")
    again = made(tmp_path, some, 4)
    assert again.rows.equals(alone.rows)
    assert again.statistics == alone.statistics

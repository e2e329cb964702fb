"""A folder of Parquet files as a CDM of any engine. Tests that take `circe_engine` run on each of them, or skip where one is absent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engines.postgres import Server
from equipoise.engine.circe.generating import open_for_cohorts
from equipoise.engine.circe.opening import open_warehouse
from equipoise.engine.reference.circe.interpreter import Interpreter
from equipoise.engine.sql.warehouse import Warehouse

ENGINES = ("reference", "duckdb", "postgres", "spark")
OpenOn = Callable[[str, Path], Warehouse | Interpreter]


@pytest.fixture(params=ENGINES)
def circe_engine(request: pytest.FixtureRequest) -> str:
    """The name of an engine."""
    return str(request.param)


@pytest.fixture
def open_on(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OpenOn]:
    """Open a folder's CDM on an engine; the caller closes it. What was loaded from the test's own folder is dropped afterwards."""
    servers: set[Server] = set()

    def made(engine: str, folder: Path) -> Warehouse | Interpreter:
        if engine == "postgres":
            server: Server = request.getfixturevalue("postgres")
            servers.add(server)
            return open_warehouse(server.address(schema=server.load_folder(folder)))
        if engine == "spark":
            request.getfixturevalue("spark")
            return open_warehouse(str(folder), "spark")
        if engine == "reference":
            return open_warehouse(str(folder), "reference")
        return open_for_cohorts(folder, "here", threads=2)

    yield made
    for server in servers:
        server.forget(tmp_path)

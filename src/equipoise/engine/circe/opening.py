"""The database that a CDM lies in, opened for cohort definitions."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from equipoise.engine.circe.domains import TABLES
from equipoise.engine.circe.errors import WRONG_ENGINE
from equipoise.engine.postgres.address import is_address, read_address
from equipoise.engine.sql.duckdb_warehouse import DuckDBWarehouse
from equipoise.engine.sql.warehouse import Warehouse

if TYPE_CHECKING:
    from equipoise.engine.reference.circe.interpreter import Interpreter

EngineName = Literal["duckdb", "postgres", "spark", "reference"]


@dataclass(frozen=True, slots=True)
class Means:
    """What an embedded engine may use; a server has limits of its own."""

    memory_limit: str | None = None
    threads: int = 2


def engine_of(cdm: str) -> EngineName:
    """The engine that reads such a CDM when none is named."""
    return "postgres" if is_address(cdm) else "duckdb"


def open_warehouse(cdm: str, engine: EngineName | None = None, means: Means | None = None) -> Warehouse | Interpreter:
    """Open a folder of Parquet files, a DuckDB file, an address of PostgreSQL, or, with Spark named, a schema of its catalog.

    Of files, the vocabulary may lie in a folder apart: `cdm?vocabulary=vocab`; in a DuckDB file, in another schema.
    `reference` reads a folder of Parquet files into memory: slow, and right.

    Raises EQ-ENGINE-001 and -003 (files), -031 to -036 (PostgreSQL), -041 to -044 (Spark), -104 when the engine cannot read what is named.
    """
    given, chosen = means or Means(), engine or engine_of(cdm)
    if is_address(cdm) != (chosen == "postgres"):
        raise WRONG_ENGINE.error(f"{chosen} does not read a CDM that is given as {'an address' if is_address(cdm) else 'a path'}")
    if chosen == "postgres":
        return _postgres(cdm)
    if chosen == "reference":
        if Path(cdm).is_file():
            raise WRONG_ENGINE.error("reference reads a folder of Parquet files, and this is a file")
        from equipoise.engine.reference.circe.interpreter import open_reference

        return open_reference(Path(cdm), Path(cdm).name)
    if chosen == "spark":
        return _spark(cdm, given)
    path, vocabulary = read_path(cdm)
    return DuckDBWarehouse(path, path.name, TABLES, given.memory_limit, given.threads, vocabulary=vocabulary)


def read_path(cdm: str) -> tuple[Path, Path | None]:
    """A path and, after `?vocabulary=`, the folder of the vocabulary's tables. A path that is there is taken as it stands."""
    before, mark, after = cdm.partition("?vocabulary=")
    return (Path(before), Path(after)) if mark and not Path(cdm).exists() else (Path(cdm), None)


def _postgres(cdm: str) -> Warehouse:
    from equipoise.engine.postgres.warehouse import PostgresWarehouse

    address = read_address(cdm)
    return PostgresWarehouse(address, f"{address.database}.{address.schema}", TABLES)


def _spark(cdm: str, means: Means) -> Warehouse:
    from equipoise.engine.spark.place import read_place
    from equipoise.engine.spark.warehouse import SparkWarehouse

    return SparkWarehouse(read_place(cdm), TABLES, means.threads, means.memory_limit)

"""Open a site's CDM, whatever holds it."""

from __future__ import annotations

from pathlib import Path

from equipoise.engine.circe.generating import open_for_cohorts
from equipoise.engine.contract import Engine
from equipoise.engine.sql.duckdb_warehouse import DuckDBWarehouse
from equipoise.engine.sql.engine import SqlEngine
from equipoise.engine.sql.views import TABLES_READ


def open_cdm(path: Path, site: str, memory_limit: str | None = None, threads: int = 1) -> Engine:
    """Open a folder of Parquet files or a DuckDB file (read only). `memory_limit` as DuckDB writes it (`2GB`).

    Raises EQ-ENGINE-001 when the path is neither, -002 and -004 for tables and columns that no study can do without, -003 for a table
    that cannot be read. Tables that the site lacks are empty; `notes` of the engine says which.
    """
    warehouse = DuckDBWarehouse(path, site, TABLES_READ, memory_limit, threads)
    try:
        return SqlEngine(warehouse, lambda: open_for_cohorts(path, site, memory_limit, threads))
    except BaseException:
        warehouse.close()
        raise

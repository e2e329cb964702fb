"""DuckDB as a warehouse: it says nothing of its own accord."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from equipoise.engine.sql.duckdb_warehouse import DuckDBWarehouse


def test_no_bar_of_its_own_on_the_output(tmp_path: Path) -> None:
    """DuckDB 2 draws a progress bar on standard output by default, terminal or not; progress is the command line's to show."""
    pq.write_table(pa.table({"person_id": [1]}), tmp_path / "person.parquet")
    with closing(DuckDBWarehouse(tmp_path, "here", frozenset({"person"}))) as warehouse:
        assert warehouse.ask("SELECT current_setting('enable_progress_bar') AS shown").to_pydict() == {"shown": [False]}

"""A CDM of any number of persons whose cohorts are known: copies of the conformance data, with simulated patients of the flagship.

    python benchmarks/scaled_cdm.py FOLDER PERSONS

Each copy is 3,000 persons with ids of their own and the same dates, so a definition finds in it exactly what the reference found in the
original: the right answer at any size is the expected one, so many times. Laboratory values are added until a person has about 200 events.
The flagship's patients come from the simulator. Vocabularies are joined. Files are written by table, some row groups a copy.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

import duckdb

from equipoise.simulate.network import simulate_network

SHARED = Path(os.environ.get("EQUIPOISE_SHARED", Path(__file__).resolve().parents[2] / "shared")) / "circe"
PERSONS_A_COPY = 3000
LABS_A_PERSON = 40
VOCABULARY = ("concept", "concept_ancestor", "concept_relationship")
NOT_OF_PERSONS = ("care_site", "location", "provider")
STRIDE = 10_000_000
"""Between the ids of two copies: larger than any id of the original."""
SIMULATED = 1_000_000_000_000
"""Added to the ids of simulated patients."""
_KEYS = {"concept": "concept_id", "concept_ancestor": "ancestor_concept_id, descendant_concept_id"}


def copies_of(persons: int) -> int:
    """How many copies make so many persons."""
    return max(1, persons // PERSONS_A_COPY)


def write_scaled_cdm(folder: Path, persons: int) -> None:
    """Write the CDM, unless it is there; it appears when it is whole."""
    if folder.is_dir():
        return
    part = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    connection = duckdb.connect(config={"memory_limit": "4GB", "threads": 2, "preserve_insertion_order": False})
    with tempfile.TemporaryDirectory(dir=part) as room:
        simulate_network(Path(room) / "net", 1, max(418, persons // 50), 11)
        (simulated,) = (one for one in (Path(room) / "net").iterdir() if one.is_dir())
        for file in sorted((SHARED / "cdm").glob("*.parquet")):
            _write(connection, file.stem, copies_of(persons), simulated, part)
        _labs(connection, copies_of(persons) * PERSONS_A_COPY, part)
    connection.close()
    part.rename(folder)


def _write(connection: duckdb.DuckDBPyConnection, table: str, copies: int, simulated: Path, part: Path) -> None:
    original, more = SHARED / "cdm" / f"{table}.parquet", simulated / f"{table}.parquet"
    (part / table).mkdir()
    if table in VOCABULARY:
        _copy(connection, _joined_vocabulary(table, original, more), part / table / "all.parquet")
        return
    if table in NOT_OF_PERSONS:
        _copy(connection, f"SELECT * FROM '{original}'", part / table / "all.parquet")
        return
    moved = _moved(connection, original, f"c.copy * {STRIDE}")
    _copy(
        connection,
        f"SELECT {moved} FROM '{original}' AS t CROSS JOIN (SELECT range AS copy FROM range({copies})) AS c",
        part / table / "copies.parquet",
    )
    if more.exists():
        _copy(connection, f"SELECT {_moved(connection, more, str(SIMULATED))} FROM '{more}' AS t", part / table / "simulated.parquet")


def _moved(connection: duckdb.DuckDBPyConnection, file: Path, by: str) -> str:
    """The columns, with ids of persons and records moved; times of day and codes as text, which no definition reads, are left out."""
    listed = []
    for name, kind in ((row[0], row[1]) for row in connection.execute(f"DESCRIBE SELECT * FROM '{file}'").fetchall()):
        if name.endswith(("_datetime", "_source_value")):
            continue
        is_id = (
            name.endswith("_id")
            and "concept" not in name
            and name not in ("care_site_id", "location_id", "provider_id", "unique_device_id")
        )
        listed.append(f"t.{name} + CAST({by} AS BIGINT) AS {name}" if is_id and kind in ("BIGINT", "INTEGER") else f"t.{name}")
    return ", ".join(listed)


def _joined_vocabulary(table: str, original: Path, more: Path) -> str:
    """Both vocabularies; of a concept in both, the original's row."""
    both = f"SELECT *, 0 AS later FROM '{original}' UNION ALL BY NAME SELECT *, 1 AS later FROM '{more}'"
    if table not in _KEYS:
        return f"SELECT DISTINCT * EXCLUDE (later) FROM ({both})"
    return f"SELECT * EXCLUDE (later) FROM ({both}) QUALIFY ROW_NUMBER() OVER (PARTITION BY {_KEYS[table]} ORDER BY later) = 1"


def _labs(connection: duckdb.DuckDBPyConnection, persons: int, part: Path) -> None:
    """Values of a concept that no definition names, spread over each person's years."""
    query = f"""
SELECT {2 * SIMULATED} + p.n * {LABS_A_PERSON} + k.n AS measurement_id,
    (p.n // {PERSONS_A_COPY}) * {STRIDE} + p.n % {PERSONS_A_COPY} + 1 AS person_id, CAST(2000000000 AS INTEGER) AS measurement_concept_id,
    CAST('2012-01-01' AS DATE) + CAST(hash(p.n, k.n) % 3650 AS INTEGER) AS measurement_date, 32856 AS measurement_type_concept_id,
    (hash(k.n, p.n) % 1000) / 10.0 AS value_as_number, 8840 AS unit_concept_id
FROM (SELECT range AS n FROM range({persons})) AS p CROSS JOIN (SELECT range AS n FROM range({LABS_A_PERSON})) AS k"""
    _copy(connection, query, part / "measurement" / "labs.parquet")


def _copy(connection: duckdb.DuckDBPyConnection, query: str, out: Path) -> None:
    connection.execute(f"COPY ({query}) TO '{out}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)")


def events_in(folder: Path) -> int:
    """Rows of tables of persons."""
    connection = duckdb.connect()
    tables = [one for one in sorted(folder.iterdir()) if one.is_dir() and one.name not in (*VOCABULARY, *NOT_OF_PERSONS, "person")]
    counts = [
        connection.execute(f"SELECT COUNT(*) FROM read_parquet('{one}/*.parquet', union_by_name = true)").fetchone() for one in tables
    ]
    return sum(int(count[0]) for count in counts if count)


if __name__ == "__main__":
    write_scaled_cdm(Path(sys.argv[1]), int(sys.argv[2]))

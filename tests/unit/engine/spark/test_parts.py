"""Parts of a union have its rows: held against DuckDB."""

from __future__ import annotations

import duckdb
import pytest
from sqlglot import transpile

from equipoise.engine.spark.parts import BRANCHES, in_parts

MANY = " UNION ALL ".join(f"SELECT {number % 5} AS a, {number} AS b" for number in range(2 * BRANCHES + 1))


def rows(query: str) -> list[tuple[object, ...]]:
    return sorted(duckdb.sql(transpile(query, read="spark", write="duckdb")[0]).fetchall())


@pytest.mark.parametrize(
    "query",
    [
        MANY,
        f"SELECT u.a + 1 AS c, n.x FROM ({MANY}) AS u JOIN (SELECT 3 AS x) AS n ON u.a = n.x WHERE u.b > 4",
        f"SELECT 7 AS c, 8 AS x UNION ALL SELECT u.a, u.b FROM ({MANY}) AS u",
    ],
)
def test_parts_are_the_whole(query: str):
    parts = in_parts(query)
    assert len(parts) > 2
    assert sorted(row for part in parts for row in rows(part)) == rows(query)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT 1 AS a",
        MANY.replace("UNION ALL", "UNION"),
        f"SELECT COUNT(*) AS n FROM ({MANY}) AS u",
        f"SELECT u.a FROM ({MANY}) AS u GROUP BY u.a",
        f"SELECT DISTINCT u.a FROM ({MANY}) AS u",
        f"SELECT ROW_NUMBER() OVER (ORDER BY u.b) AS n FROM ({MANY}) AS u",
    ],
)
def test_what_is_no_sum_of_parts_stays_whole(query: str):
    assert in_parts(query) == [query]

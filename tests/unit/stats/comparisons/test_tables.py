"""The faces for tables: columns and counts are the same, results print and are refused as they should. Numbers: tests/gold."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from equipoise.kernel.errors import EquipoiseError
from equipoise.stats import (
    contingency,
    contingency_table,
    direct_standardisation,
    mantel_haenszel,
    mantel_haenszel_tables,
    rate_ratio,
    table_2x2,
)


@pytest.fixture
def people() -> pd.DataFrame:
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"exposed": rng.integers(0, 2, 300), "site": rng.choice(["a", "b", "c"], 300)})
    return frame.assign(event=rng.random(300) < 0.2 + 0.2 * frame.exposed)


def test_columns_and_counts_agree(people: pd.DataFrame) -> None:
    found = mantel_haenszel(people.exposed, people.event, people.site)
    counts = [
        [[((part.exposed == e) & (part.event == o)).sum() for o in (1, 0)] for e in (1, 0)] for _, part in people.groupby("site", sort=True)
    ]
    assert found.tables.tolist() == counts
    assert found.strata == ("a", "b", "c")
    assert found.fit == mantel_haenszel_tables(counts).fit
    crossed = contingency(people.site, people.event)
    assert crossed.fit.table.tolist() == pd.crosstab(people.site, people.event).to_numpy().tolist()
    assert crossed.fit.fisher_p == contingency_table(crossed.fit.table).fit.fisher_p


def test_results_read_like_tables(people: pd.DataFrame) -> None:
    table = table_2x2(40, 160, 20, 180)
    assert list(table.summary().columns) == ["estimate", "se", "lower", "upper"]
    assert "Fisher's exact test" in repr(table)
    assert "over 3 strata" in repr(mantel_haenszel(people.exposed, people.event, people.site))
    assert "rate ratio (exact)" in rate_ratio(60, 51477.5, 30, 54308.7).summary().index
    assert repr(direct_standardisation([1, 2], [10, 20], [5, 5])).startswith("Directly standardised rate")
    assert "X-squared" in repr(contingency(people.site, people.event))


def test_refusals(people: pd.DataFrame) -> None:
    with pytest.raises(EquipoiseError, match="event must hold"):
        mantel_haenszel(people.exposed, people.exposed + 1, people.site)
    with pytest.raises(EquipoiseError, match="missing labels"):
        contingency(people.site.where(people.exposed == 1), people.event)
    with pytest.raises(EquipoiseError, match="EQ-EST-106"):
        table_2x2(1, 2, 3, -4)

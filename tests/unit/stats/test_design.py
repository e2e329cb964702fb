"""What goes in: data frames of every library that speaks Arrow, columns with gaps, and what is no number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from equipoise.kernel.errors import EquipoiseError
from equipoise.stats import balance, cox, effects, glm, kaplan_meier, match_coarsened, match_exactly, two_sample_tests

RNG = np.random.default_rng(7)
TABLE = pd.DataFrame(
    {
        "time": RNG.integers(1, 20, 60),
        "event": RNG.random(60) < 0.7,
        "age": RNG.normal(60, 9, 60),
        "arm": RNG.integers(0, 2, 60),
        "centre": RNG.choice(["north", "south east"], 60),
    }
)


class Foreign:
    """A data frame of another library: it has columns by name, and Arrow's stream of all of them."""

    def __init__(self, table: pa.Table) -> None:
        self._table, self.columns = table, table.column_names

    def __len__(self) -> int:
        return int(self._table.num_rows)

    def __getitem__(self, name: str) -> Any:
        return self._table[name]

    def of(self, *names: str) -> Foreign:
        return Foreign(self._table.select(list(names)))

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._table.__arrow_c_stream__(requested_schema)


FOREIGN = Foreign(pa.Table.from_pandas(TABLE, preserve_index=False))
NULLABLE = TABLE.convert_dtypes()


@pytest.mark.parametrize(
    "analysis",
    [
        lambda f, of: kaplan_meier(f["time"], f["event"], of("arm", "centre")),
        lambda f, of: cox(f["time"], f["event"], of("age", "arm"), strata=of("centre")),
        lambda f, of: glm(f["event"], of("age", "arm")),
        lambda f, of: balance(of("age", "time"), f["arm"]),
        lambda f, of: match_exactly(of("centre", "event"), f["arm"]),
        lambda f, of: match_coarsened(of("age", "time"), f["arm"], {"time": [5, 10]}),
        lambda f, of: two_sample_tests(f["age"], f["arm"]),
    ],
)
def test_a_data_frame_is_read_alike_whoever_made_it(analysis: Callable[..., Any]) -> None:
    expected = analysis(TABLE, lambda *names: TABLE[list(names)]).summary()
    arrow = pa.Table.from_pandas(TABLE, preserve_index=False)
    pd.testing.assert_frame_equal(analysis(FOREIGN, FOREIGN.of).summary(), expected)
    pd.testing.assert_frame_equal(analysis(arrow, lambda *names: arrow.select(list(names))).summary(), expected)
    pd.testing.assert_frame_equal(analysis(NULLABLE, lambda *names: NULLABLE[list(names)]).summary(), expected)


def test_a_gap_of_any_kind_is_named() -> None:
    gaps = pa.table({"age": [50.0, None, 61.0], "dose": [1, 2, None]})
    with pytest.raises(EquipoiseError, match="EQ-EST-106 missing or infinite values in age, dose"):
        glm([0, 1, 1], gaps)
    with pytest.raises(EquipoiseError, match=r"EQ-EST-106 .*event has missing"):
        kaplan_meier([1.0, 2.0, 3.0], pd.Series([1, None, 0], dtype="Int64"))


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: kaplan_meier(["a", "b"], [0, 1]), "time"),
        (lambda: glm([0, 1, 1], [["a"], ["b"], ["c"]]), "x"),
        (lambda: two_sample_tests(["a", "b", "c", "d"], [0, 0, 1, 1]), "value"),
        (lambda: effects([["a", "b", "c", "d"]]), "a column"),
    ],
)
def test_what_is_no_number_is_named(call: Callable[[], object], name: str) -> None:
    with pytest.raises(EquipoiseError, match=rf"EQ-EST-106 {name} does not hold numbers"):
        call()


def test_cut_points_of_a_column_that_is_not_there_are_refused() -> None:
    with pytest.raises(EquipoiseError, match="EQ-EST-106 cutpoints name a column"):
        match_coarsened(TABLE[["age"]], TABLE["arm"], {"agee": [50.0]})

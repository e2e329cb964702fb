"""Eight persons whose exposures and follow-up can be taken in at a glance."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pytest

from equipoise.network.site.combination.exposures import Exposures
from equipoise.network.site.combination.layout import Followed
from equipoise.study.model import Combination, ExposureClass, ExposureWindow
from equipoise.table.analysis_table import AnalysisTable
from equipoise.table.combination.exposures import AT_INDEX, exposure_column, first_column

NEVER = float("inf")
SINCE_A = [0, 10, NEVER, NEVER, 20, NEVER, 40, 95]
SINCE_B = [NEVER, 0, 5, NEVER, 10, 0, NEVER, NEVER]
TIME = [100.0, 8.0, 5.0, 50.0, 200.0, 14.0, 300.0, 300.0]
EVENT = [1, 1, 1, 0, 1, 1, 1, 0]
"""Label 0: A, 1: B, 2: none. -1 days stand for an exposure before the index."""


@pytest.fixture
def block() -> Combination:
    return Combination(
        classes=(ExposureClass(name="A", sets=("a",)), ExposureClass(name="B", sets=("b",))),
        windows=(ExposureWindow(name="W0", start=-30, end=0), ExposureWindow(name="W2", start=-30, end=90)),
        main_window="W0",
        outcome="os",
        grace=18,
    )


@pytest.fixture
def exposures(block: Combination) -> Exposures:
    columns: dict[str, list[float | None]] = {}
    for name, since in (("A", SINCE_A), ("B", SINCE_B)):
        for window, end in ((AT_INDEX, 0), ("W0", 0), ("W2", 90)):
            columns[exposure_column(name, window)] = [float(day <= end) for day in since]
        columns[first_column(name)] = [None if day in (0, NEVER) else float(day) for day in since]
    return Exposures(AnalysisTable(pa.table(columns), (), ()), block)


@pytest.fixture
def of() -> Followed:
    return Followed(np.arange(8), np.array(TIME), np.array(EVENT))


@pytest.fixture
def table() -> Callable[..., list[tuple[object, ...]]]:
    """Rows of a layout as plain tuples, sorted: person, label, entry, time, event."""

    def read(laid: object) -> list[tuple[object, ...]]:
        entry = getattr(laid, "entry", None)
        columns = [laid.who, laid.label, np.full(len(laid.who), -np.inf) if entry is None else entry, laid.time, laid.event]  # type: ignore[attr-defined]
        return sorted(zip(*(column.tolist() for column in columns), strict=True))

    return read

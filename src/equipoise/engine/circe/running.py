"""Run a program on a site's database."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa

from equipoise.engine.circe.batch import Batch
from equipoise.engine.circe.program import Program, Writer
from equipoise.engine.circe.sql.spelling import spelled
from equipoise.engine.sql.warehouse import Warehouse

Clock = Callable[[str, float], None]
"""Called with the name of a step and the seconds that it took."""


@dataclass(frozen=True, slots=True)
class Found:
    """Rows: cohort_definition_id and subject_id int64, cohort_start_date and cohort_end_date date32; sorted by all four."""

    rows: pa.Table


def run_batch(batch: Batch, warehouse: Warehouse, clock: Clock | None = None) -> Found:
    """The cohorts of a batch, all at once."""
    program = Writer(batch, warehouse.sources).write()
    for name, rows in program.lent.items():
        warehouse.lend(name, rows)
    *before, last = program.steps
    for step in before:
        began = time.perf_counter()
        warehouse.run(spelled(f"CREATE OR REPLACE TEMPORARY TABLE {step.name} AS {step.query}", warehouse.dialect))
        if clock:
            clock(step.name, time.perf_counter() - began)
    return Found(warehouse.ask(spelled(last.query, warehouse.dialect)))


def written_program(batch: Batch, warehouse: Warehouse) -> Program:
    """What would run."""
    return Writer(batch, warehouse.sources).write()

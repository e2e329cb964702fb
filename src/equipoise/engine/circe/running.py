"""Run a program on a site's database."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pyarrow as pa

from equipoise.engine.circe import tables
from equipoise.engine.circe.batch import Batch
from equipoise.engine.circe.program import Merged, Program, Writer
from equipoise.engine.circe.sql.spelling import chained, spelled
from equipoise.engine.circe.sql.statistics import counted, masks, persons
from equipoise.engine.circe.statistics import MOST_RULES, Statistics, statistics
from equipoise.engine.sql.warehouse import Warehouse

Clock = Callable[[str, float], None]
"""Called with the name of a step and the seconds that it took."""
_KEPT = "eq_result"
_SORTED = "cohort_definition_id, subject_id, cohort_start_date, cohort_end_date"
_FEW = 4
"""Definitions up to which a batch is one statement."""


@dataclass(frozen=True, slots=True)
class Found:
    """Rows: cohort_definition_id and subject_id int64, cohort_start_date and cohort_end_date date32; sorted by all four."""

    rows: pa.Table
    statistics: Statistics | None = None
    notes: tuple[str, ...] = ()
    """Sentences about columns that are asked for and not there."""


def run_batch(batch: Batch, warehouse: Warehouse, *, with_statistics: bool = False, clock: Clock | None = None) -> Found:
    """The cohorts of a batch, all at once."""
    program = Writer(batch, warehouse.sources).write()
    merged = program.merged(program.rows, *(_of_statistics(program, batch) if with_statistics else ()))
    for name, rows in merged.lent.items():
        warehouse.lend(name, rows)
    answers = _answers(merged, warehouse, clock, at_once=warehouse.chains and len(merged.results) == 1 and len(batch.definitions) <= _FEW)
    found = statistics(batch.definitions, answers[1], answers[2], answers[0]) if with_statistics else None
    return Found(answers[0], found, tuple(program.notes))


def _answers(merged: Merged, warehouse: Warehouse, clock: Clock | None, *, at_once: bool) -> list[pa.Table]:
    """The results; `at_once`: in one statement, which costs less where there is little to read and nothing to learn from sizes."""
    if at_once:
        with timed(clock, "all"):
            text = chained(((step.name, step.query) for step in merged.steps), merged.results[0])
            warehouse.keep(_KEPT, spelled(text, warehouse.dialect))
            return [warehouse.ask(f"SELECT * FROM {_KEPT} ORDER BY {_SORTED}")]
    for step in merged.steps:
        with timed(clock, step.name):
            warehouse.keep(step.name, spelled(step.query, warehouse.dialect))
    answers = []
    for number, query in enumerate(merged.results):
        with timed(clock, f"result_{number}"):
            answers.append(warehouse.ask(spelled(query, warehouse.dialect)))
    return answers


def _of_statistics(program: Program, batch: Batch) -> tuple[str, str]:
    roots = [one for one in batch.rule_roots if one[1] < MOST_RULES]
    if not roots:
        return "SELECT 0 AS ctx_id, 0 AS mode_id, 0 AS mask, 0 AS n WHERE 1 = 0", persons(program.final)
    rules = program.lend("rule_values", tables.rule_values(roots))
    of_events = program.step("masks", masks(program.qualified, program.rule_exceptions, rules))
    return counted(of_events), persons(program.final)


@contextmanager
def timed(clock: Clock | None, name: str) -> Iterator[None]:
    """Tell the clock what the block took."""
    began = time.perf_counter()
    yield
    if clock:
        clock(name, time.perf_counter() - began)

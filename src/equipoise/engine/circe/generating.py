"""Many cohort definitions on one CDM: in batches, so that memory is bounded; what fails is told, and the rest goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pyarrow as pa

from equipoise.cohort.circe.model import CohortExpression
from equipoise.engine.circe.batch import Batch
from equipoise.engine.circe.compiling import compile_definition
from equipoise.engine.circe.domains import TABLES
from equipoise.engine.circe.filters import SetNumbers
from equipoise.engine.circe.running import Clock, Found, run_batch
from equipoise.engine.circe.shapes import Definition
from equipoise.engine.circe.statistics import Statistics, joined
from equipoise.engine.postgres.errors import CONNECTION_LOST, NO_SCRATCH
from equipoise.engine.sql.duckdb_warehouse import DuckDBWarehouse
from equipoise.engine.sql.warehouse import Warehouse
from equipoise.kernel.errors import EquipoiseError, Problem

if TYPE_CHECKING:
    from equipoise.engine.reference.circe.interpreter import Interpreter

_ENDS_ALL = frozenset({CONNECTION_LOST.code, NO_SCRATCH.code})
"""Failures after which no other definition can be run."""
BATCH = 600
"""Definitions that are asked at once, unless told otherwise."""
_USUAL_STEPS = 30
"""Statements of a large batch, about."""
_COLUMNS: dict[str, pa.DataType] = {
    "cohort_definition_id": pa.int64(),
    "subject_id": pa.int64(),
    "cohort_start_date": pa.date32(),
    "cohort_end_date": pa.date32(),
}
SCHEMA = pa.schema(_COLUMNS)
Report = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Request:
    """A definition to run. `id` is unique among those asked together; `file` is named in problems."""

    id: int
    expression: CohortExpression
    file: Path | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """A definition that could not be run, and why."""

    id: int
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Generated:
    """What came of it. `rows` as `running.Found`; `notes`: sentences about what the CDM lacks; `asked`: ids of the definitions."""

    rows: pa.Table
    statistics: Statistics | None
    failed: tuple[Failed, ...]
    notes: tuple[str, ...] = ()
    asked: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Options:
    """How to run. `batch`: definitions at once; `clock` is told what each statement took."""

    with_statistics: bool = False
    batch: int = BATCH
    report: Report | None = None
    clock: Clock | None = None


def open_for_cohorts(path: Path, site: str, memory_limit: str | None = None, threads: int = 1) -> Warehouse:
    """A folder of Parquet files or a DuckDB file, for cohort definitions alone. Raises EQ-ENGINE-001 and -003."""
    return DuckDBWarehouse(path, site, TABLES, memory_limit, threads)


def generate(warehouse: Warehouse | Interpreter, requests: Iterable[Request], options: Options | None = None) -> Generated:
    """The cohorts of all definitions. Rows are sorted, and the same whatever the number of threads or of batches."""
    return together(in_batches(warehouse, requests, options), notes(warehouse))


def in_batches(warehouse: Warehouse | Interpreter, requests: Iterable[Request], options: Options | None = None) -> Iterator[Generated]:
    """What came of one batch after another."""
    given = options or Options()
    asked = list(requests)
    for begin in range(0, len(asked), given.batch):
        batch = asked[begin : begin + given.batch]
        parts: list[Found] = []
        failed: list[Failed] = []
        for outcome in _in_parts(warehouse, batch, replace(given, clock=_told(given, begin, len(batch), len(asked)))):
            (failed if isinstance(outcome, Failed) else parts).append(outcome)  # type: ignore[arg-type]
        rows = pa.concat_tables([part.rows.cast(SCHEMA) for part in parts] or [SCHEMA.empty_table()])
        found = joined([part.statistics for part in parts if part.statistics]) if given.with_statistics else None
        if given.report:
            given.report("cohorts", begin + len(batch), len(asked))
        noted = tuple(dict.fromkeys(note for part in parts for note in part.notes))
        yield Generated(rows, found, tuple(failed), noted, tuple(one.id for one in batch))


def together(parts: Iterable[Generated], lacking: tuple[str, ...] = ()) -> Generated:
    """All parts as one, sorted. `lacking`: sentences that come first among the notes."""
    every = list(parts)
    rows = pa.concat_tables([part.rows for part in every] or [SCHEMA.empty_table()])
    counted = [part.statistics for part in every if part.statistics]
    noted = dict.fromkeys((*lacking, *(note for part in every for note in part.notes)))
    failed = tuple(one for part in every for one in part.failed)
    asked = tuple(one for part in every for one in part.asked)
    return Generated(_sorted(rows), joined(counted) if counted else None, failed, tuple(noted), asked)


def _told(options: Options, begin: int, size: int, total: int) -> Clock | None:
    """A clock that also tells how far a batch is, as if each of its statements finished a like share of its definitions."""
    report, clock = options.report, options.clock
    if report is None:
        return clock
    steps = 0

    def tell(name: str, seconds: float) -> None:
        nonlocal steps
        steps += 1
        report("cohorts", begin + min(size - 1, size * steps // _USUAL_STEPS), total)
        if clock:
            clock(name, seconds)

    return tell


def _sorted(rows: pa.Table) -> pa.Table:
    return rows.sort_by([(name, "ascending") for name in SCHEMA.names])


def _one_by_one(site: Interpreter, requests: list[Request], options: Options) -> Iterator[Found | Failed]:
    for one in requests:
        try:
            yield site.cohort(one.id, one.expression, with_statistics=options.with_statistics)
        except EquipoiseError as error:
            yield Failed(one.id, _placed(error, one))


def _in_parts(warehouse: Warehouse | Interpreter, requests: list[Request], options: Options) -> Iterator[Found | Failed]:
    """One batch; when the database cannot do it at once, its halves; a definition that fails alone has failed."""
    if not hasattr(warehouse, "keep"):  # the reference keeps no relations
        yield from _one_by_one(warehouse, requests, options)
        return
    database = cast("Warehouse", warehouse)
    sets = SetNumbers()
    ready: list[Definition] = []
    for one in requests:
        try:
            ready.append(compile_definition(one.id, one.expression, sets))
        except EquipoiseError as error:
            yield Failed(one.id, _placed(error, one))
    if not ready:
        return
    try:
        yield run_batch(Batch.of(ready, sets), database, with_statistics=options.with_statistics, clock=options.clock)
    except EquipoiseError as error:
        if error.code in _ENDS_ALL:
            raise
        kept = {one.id for one in ready}
        left = [one for one in requests if one.id in kept]
        if len(left) == 1:
            yield Failed(left[0].id, _placed(error, left[0]))
            return
        middle = len(left) // 2
        yield from _in_parts(warehouse, left[:middle], options)
        yield from _in_parts(warehouse, left[middle:], options)


def _placed(error: EquipoiseError, request: Request) -> tuple[Problem, ...]:
    return tuple(replace(one, where=replace(one.where, file=request.file or one.where.file)) for one in error.problems)


def notes(warehouse: Warehouse | Interpreter) -> tuple[str, ...]:
    """A sentence for every table of the CDM that is not there."""
    usual = sorted(TABLES - {"location_history"})
    return tuple(f"no table {name}: taken as empty" for name in usual if name not in warehouse.sources)

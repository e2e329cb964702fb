"""`equipoise cohort generate`: who is in which cohort, from when to when."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
from rich.console import Console

from equipoise.cli.cohort.files import definitions_at
from equipoise.cli.errors import NO_SUCH_FILE, NOT_A_NUMBER, OUTPUT_IN_THE_WAY
from equipoise.cli.progress import Report, progress_bar
from equipoise.cohort.circe.reading import read_circe
from equipoise.engine.circe.generating import BATCH, SCHEMA, Generated, Options, Request, in_batches, notes, together
from equipoise.engine.circe.opening import EngineName, Means, engine_of, open_warehouse
from equipoise.engine.circe.resume.identity import definition_key, run_key, size_of
from equipoise.engine.circe.resume.parts import Parts
from equipoise.engine.sql.warehouse import Warehouse
from equipoise.kernel.errors import EquipoiseError, Problem, Where

if TYPE_CHECKING:
    from equipoise.engine.reference.circe.interpreter import Interpreter

SMALL_CDM = 1_000_000_000
"""Bytes of files."""
FEWER = 100
"""Definitions at once on what is larger."""
ONE_BY_ONE = 5
"""Of the reference, which runs each for itself."""
_DIGITS = 18
"""Of a cohort's id, at most."""


@dataclass(frozen=True, slots=True)
class GenerateOptions:
    """What the command was given."""

    cdm: str
    definitions: Path
    out: Path
    statistics: bool = False
    engine: EngineName | None = None
    means: Means | None = None
    batch: int | None = None
    fresh: bool = False
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Read:
    """Definitions that can be run, and what is wrong with the others."""

    requests: list[Request]
    problems: list[Problem]


def run(options: GenerateOptions) -> None:
    """Run all definitions that can be run and write their rows; then raise the problems of the others.

    What a run finished before it was cut off is not run again.
    """
    _must_be_free(options.out)
    if not options.definitions.exists():
        raise NO_SUCH_FILE.error("no such file or folder", Where(file=options.definitions))
    parts = parts_of(options)
    warehouse = open_warehouse(options.cdm, options.engine, options.means)
    try:
        with progress_bar(Console(stderr=True, quiet=options.quiet)) as report:
            read = read_all(definitions_at(options.definitions), report)
            made = resumed(options, warehouse, read.requests, parts, report)
    finally:
        warehouse.close()
    write(made, options.out)
    parts.remove()
    problems = [*read.problems, *(problem for one in made.failed for problem in one.problems)]
    sys.stdout.write(summary(made, len(read.requests) + len(read.problems), options.out))
    if problems:
        raise EquipoiseError(*problems)


def parts_of(options: GenerateOptions) -> Parts:
    """Where finished parts of this run lie until the output is whole. Raises EQ-CLI-004."""
    folder = options.out.with_name(f"{options.out.name}.parts")
    if folder.exists() and not folder.is_dir():
        raise OUTPUT_IN_THE_WAY.error("something else stands where unfinished work would be kept", Where(file=folder))
    parts = Parts(folder, run_key(options.cdm, options.engine or engine_of(options.cdm), with_statistics=options.statistics))
    if options.fresh:
        parts.remove()
    return parts


def resumed(
    options: GenerateOptions, warehouse: Warehouse | Interpreter, requests: list[Request], parts: Parts, report: Report
) -> Generated:
    """What was kept of the definitions, and the others run; each batch is kept when it is finished."""
    keys = {one.id: definition_key(one.file) for one in requests if one.file}
    kept = parts.kept(keys)
    known = frozenset().union(*(one.ids for one in kept))
    left = [one for one in requests if one.id not in known]
    made = [one.made for one in kept]
    for part in in_batches(warehouse, left, Options(options.statistics, options.batch or batch_of(options), report)):
        made.append(part)
        failed = {one.id for one in part.failed}
        _keep(parts, part, {one: keys[one] for one in part.asked if one not in failed}, options.out)
    return together(made, notes(warehouse))


def batch_of(options: GenerateOptions) -> int:
    """How many definitions are asked at once: all, where that is a matter of seconds; else fewer, so that what is finished can be kept."""
    if options.engine == "reference":
        return ONE_BY_ONE
    return BATCH if 0 < size_of(options.cdm) < SMALL_CDM else FEWER


def _keep(parts: Parts, part: Generated, finished: dict[int, str], out: Path) -> None:
    try:
        parts.keep(part, finished)
    except OSError:
        raise OUTPUT_IN_THE_WAY.error("nothing can be written beside the output", Where(file=out)) from None


def read_all(files: list[Path], report: Report) -> Read:
    """Read the definitions; the cohort's id is the file's name."""
    found = Read([], [])
    seen: dict[int, Path] = {}
    for place, file in enumerate(files, start=1):
        try:
            number = cohort_id(file)
            if (other := seen.setdefault(number, file)) is not file:
                raise NOT_A_NUMBER.error(f"the file's name is the number of {other.name} too", Where(file=file))
            found.requests.append(Request(number, read_circe(file), file))
        except EquipoiseError as error:
            found.problems.extend(error.problems)
        report("definitions read", place, len(files))
    return found


def cohort_id(file: Path) -> int:
    """The number that is the file's name. Raises EQ-CLI-005."""
    if not (file.stem.isascii() and file.stem.isdigit() and len(file.stem) <= _DIGITS):
        raise NOT_A_NUMBER.error("the file's name is no number of a cohort", Where(file=file))
    return int(file.stem)


def write(made: Generated, out: Path) -> None:
    """Write each table of statistics and, last, the rows; a file is there whole or not at all."""
    beside = made.statistics.tables if made.statistics else {}
    tables = {out.with_name(f"{out.stem}.{name}.parquet"): rows for name, rows in beside.items()} | {out: made.rows}
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        for path, rows in tables.items():
            _write(rows, path)
    except OSError:
        raise OUTPUT_IN_THE_WAY.error("nothing can be written here", Where(file=out)) from None


def _write(rows: pa.Table, path: Path) -> None:
    part = path.with_name(f"{path.name}.part")
    pq.write_table(rows.combine_chunks(), part)
    part.replace(path)


def _must_be_free(out: Path) -> None:
    """An earlier answer may be replaced; anything else not."""
    if not out.exists():
        return
    try:
        earlier = out.is_file() and pq.read_schema(out).names == SCHEMA.names
    except (OSError, pa.ArrowInvalid):
        earlier = False
    if not earlier:
        raise OUTPUT_IN_THE_WAY.error("something else stands where the rows should go", Where(file=out))


def summary(made: Generated, definitions: int, out: Path) -> str:
    """The last lines."""
    ran = definitions - len(made.failed)
    lines = [f"{made.rows.num_rows:,} rows of {ran:,} definitions: {out}"]
    return "\n".join([*lines, *(f"- {note}" for note in made.notes)]) + "\n"

"""`equipoise cohort generate`: who is in which cohort, from when to when."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from rich.console import Console

from equipoise.cli.cohort.checking import definitions_at
from equipoise.cli.errors import NO_SUCH_FILE, NOT_A_NUMBER, OUTPUT_IN_THE_WAY
from equipoise.cli.progress import Report, progress_bar
from equipoise.cohort.circe.reading import read_circe
from equipoise.engine.circe.generating import SCHEMA, Generated, Options, Request, generate
from equipoise.engine.circe.opening import EngineName, Means, open_warehouse
from equipoise.kernel.errors import EquipoiseError, Problem, Where


@dataclass(frozen=True, slots=True)
class GenerateOptions:
    """What the command was given."""

    cdm: str
    definitions: Path
    out: Path
    statistics: bool = False
    engine: EngineName | None = None
    means: Means | None = None
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Read:
    """Definitions that can be run, and what is wrong with the others."""

    requests: list[Request]
    problems: list[Problem]


def run(options: GenerateOptions) -> None:
    """Run all definitions that can be run and write their rows; then raise the problems of the others."""
    _must_be_free(options.out)
    if not options.definitions.exists():
        raise NO_SUCH_FILE.error("no such file or folder", Where(file=options.definitions))
    warehouse = open_warehouse(options.cdm, options.engine, options.means)
    try:
        with progress_bar(Console(stderr=True, quiet=options.quiet)) as report:
            read = read_all(definitions_at(options.definitions), report)
            made = generate(warehouse, read.requests, Options(with_statistics=options.statistics, report=report))
    finally:
        warehouse.close()
    write(made, options.out)
    problems = [*read.problems, *(problem for one in made.failed for problem in one.problems)]
    sys.stdout.write(summary(made, len(read.requests) + len(read.problems), options.out))
    if problems:
        raise EquipoiseError(*problems)


def read_all(files: list[Path], report: Report) -> Read:
    """Read the definitions; the cohort's id is the file's name."""
    found = Read([], [])
    for place, file in enumerate(files, start=1):
        try:
            found.requests.append(Request(cohort_id(file), read_circe(file), file))
        except EquipoiseError as error:
            found.problems.extend(error.problems)
        report("definitions read", place, len(files))
    return found


def cohort_id(file: Path) -> int:
    """The number that is the file's name. Raises EQ-CLI-005."""
    if not (file.stem.isascii() and file.stem.isdigit()):
        raise NOT_A_NUMBER.error("the file's name is no number", Where(file=file))
    return int(file.stem)


def write(made: Generated, out: Path) -> None:
    """Write the rows and, beside them, each table of statistics; a file is there whole or not at all."""
    tables = {out: made.rows}
    if made.statistics:
        tables |= {out.with_name(f"{out.stem}.{name}.parquet"): rows for name, rows in made.statistics.tables.items()}
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        for path, rows in tables.items():
            _write(rows, path)
    except OSError:
        raise OUTPUT_IN_THE_WAY.error("nothing can be written here", Where(file=out)) from None


def _write(rows: pa.Table, path: Path) -> None:
    part = path.with_name(f"{path.name}.part")
    pq.write_table(rows, part)
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

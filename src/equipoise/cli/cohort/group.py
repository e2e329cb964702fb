"""`equipoise cohort ...`: the commands on cohort definitions. Each imports what it runs when it runs."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from equipoise.cli.errors import at_the_edge

cohort_app = typer.Typer(
    name="cohort",
    help="Cohort definitions: ATLAS (Circe) JSON, or the cohorts of a study.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)

Json = Annotated[bool, typer.Option("--json", help="Write JSON for machines, problems included.")]


class EngineName(StrEnum):
    """What runs the definitions."""

    duckdb = "duckdb"
    postgres = "postgres"
    spark = "spark"
    reference = "reference"


def finish(work: Callable[[], None], *, as_json: bool = False) -> None:
    """Leave with the status of the work."""
    raise typer.Exit(at_the_edge(work, as_json=as_json))


@cohort_app.command()
def describe(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A Circe definition (.json), or a study (.yaml): then both its arms.")],
) -> None:
    """Say in plain English, as Markdown, whom a cohort holds and when, so that a clinician can check it."""
    from equipoise.cli.cohort import describing

    finish(lambda: describing.describe_file(file))


@cohort_app.command()
def check(
    definitions: Annotated[Path, typer.Argument(metavar="FILE_OR_DIR", help="A Circe definition, or a folder of them (*.json).")],
    notes: Annotated[bool, typer.Option("--notes", help="Show notes too: what may well be meant.")] = False,
    json: Json = False,
) -> None:
    """Read definitions and say what in them cannot be right, or may not be meant. Exit status 2 when one cannot be read."""
    from equipoise.cli.cohort import checking

    finish(lambda: checking.check_all(definitions, notes=notes, as_json=json), as_json=json)


@cohort_app.command()
def export(
    study: Annotated[Path, typer.Argument(metavar="STUDY", help="A study.yaml.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the definitions go, one file an arm.")],
    json: Json = False,
) -> None:
    """Write a study's arms as Circe definitions that ATLAS reads; name what Circe has no words for."""
    from equipoise.cli.cohort import exporting

    finish(lambda: exporting.export_study(study, out, as_json=json), as_json=json)


@cohort_app.command()
def generate(
    cdm: Annotated[
        str,
        typer.Option(
            "--cdm",
            metavar="CDM",
            help="A folder of Parquet files (or FOLDER?vocabulary=FOLDER), a DuckDB file, or "
            "postgresql://user@host/database?schema=cdm&vocabulary=vocab&scratch=work.",
        ),
    ],
    definitions: Annotated[
        Path, typer.Option("--definitions", metavar="FILE_OR_DIR", help="Circe JSON; each file's name is its cohort's id.")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="ROWS.parquet", help="Where the rows go.")],
    engine: Annotated[
        EngineName | None, typer.Option("--engine", help="What runs them; without it postgres for an address, duckdb for a path.")
    ] = None,
    stats: Annotated[bool, typer.Option("--stats", help="Write inclusion statistics beside the rows, unmasked.")] = False,
    memory_limit: Annotated[str | None, typer.Option("--memory-limit", metavar="SIZE", help="As DuckDB writes it: 8GB.")] = None,
    threads: Annotated[int, typer.Option("--threads", min=1)] = 2,
    batch: Annotated[
        int | None, typer.Option("--batch", min=1, help="Definitions at once; what is finished is kept after each such batch.")
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Run all again, also what an interrupted run finished.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress bars.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Write problems as JSON for machines.")] = False,
) -> None:
    """Say who is in which cohort, and from when to when, for any number of definitions at once.

    The rows are persons' records: they stay where the CDM is. A definition that cannot be run is reported, and the others run. A run
    that was cut off goes on where it stood: what it finished lies in ROWS.parquet.parts until the output is whole.
    """
    from equipoise.cli.cohort import generating
    from equipoise.engine.circe.opening import Means

    means = Means(memory_limit, threads)
    given = generating.GenerateOptions(cdm, definitions, out, stats, engine.value if engine else None, means, batch, fresh, quiet)
    finish(lambda: generating.run(given), as_json=json)

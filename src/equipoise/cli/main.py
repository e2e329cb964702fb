"""The command line: parse, call, print. No rule of the domain lives here.

Each command imports what it runs when it runs: figures and statistics take seconds to load, and most commands need neither.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from equipoise import __version__
from equipoise.cli.cohort.group import cohort_app
from equipoise.cli.errors import at_the_edge
from equipoise.cli.hub.group import hub_app
from equipoise.cli.site.group import site_app

app = typer.Typer(
    name="equipoise",
    help="Honest comparison of two treatments from the routine records of many hospitals.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    epilog="Exit status: 0 done; 1 a fault in Equipoise; 2 a mistake in a file or option; 3 the study refused to go on "
    "(for instance too few hospitals); 130 interrupted.",
)
app.add_typer(cohort_app)
app.add_typer(hub_app)
app.add_typer(site_app)

StudyFile = Annotated[Path, typer.Argument(metavar="STUDY", help="A study.yaml.")]
Network = Annotated[
    Path, typer.Option("--network", metavar="NET", help="A folder of CDMs, one CDM (folder of Parquet or DuckDB file), or a network file.")
]
Json = Annotated[bool, typer.Option("--json", help="Write JSON for machines, problems included.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress bars.")]


class Scenario(StrEnum):
    """What is planted."""

    flagship = "flagship"
    null = "null"
    diabetes = "diabetes"


def finish(work: Callable[[], None], *, as_json: bool = False) -> None:
    """Leave with the status of the work."""
    raise typer.Exit(at_the_edge(work, as_json=as_json))


def show_version(wanted: bool) -> None:
    """Print the version and leave."""
    if wanted:
        sys.stdout.write(f"equipoise {__version__}\n")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[bool, typer.Option("--version", callback=show_version, is_eager=True, help="Show the version.")] = False,
) -> None:
    """Honest comparison of two treatments from the routine records of many hospitals."""


@app.command()
def demo(
    out: Annotated[Path, typer.Option("--out", help="Where the network and the report go.")] = Path("demo"),
    patients: Annotated[int, typer.Option(min=100, max=1_000_000, help="Study patients to simulate.")] = 5_000,
    quiet: Quiet = False,
) -> None:
    """Simulate 68 hospitals, run the flagship study over them, and write a report."""
    from equipoise.cli import demonstrating

    finish(lambda: demonstrating.demonstrate(out, patients, quiet=quiet))


@app.command(name="demo-network")
def demo_network(
    out: Annotated[Path, typer.Option("--out", help="Where everything goes.")] = Path("demo-network"),
    patients: Annotated[int, typer.Option(min=100, max=100_000, help="Study patients to simulate.")] = 1_500,
) -> None:
    """Run a hub and three hospitals as processes of their own, with mutual TLS, and compare their answer with one process's."""
    from equipoise.cli import demonstrating_network

    finish(lambda: demonstrating_network.demonstrate(out, patients))


@app.command()
def run(
    study: StudyFile,
    network: Network,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the report goes.")],
    pooled: Annotated[bool, typer.Option("--pooled", help="Put all rows into one table first, to compare with the federated run.")] = False,
    cache: Annotated[bool, typer.Option(help="Keep each site's analysis table for the next run of the same study.")] = True,
    json: Json = False,
    quiet: Quiet = False,
    processes: Annotated[
        int | None,
        typer.Option(min=1, help="How many processes share the sites of this machine; default: its cores for a long study, else 1."),
    ] = None,
) -> None:
    """Run a study over a network and write its report."""
    from equipoise.cli import running

    options = running.RunOptions(study, network, out, pooled, cache, json, quiet, processes)
    finish(lambda: running.run(options), as_json=json)


@app.command()
def compare(
    replica: Annotated[Path, typer.Argument(metavar="REPLICA", help="The report of the study that repeats the published analysis.")],
    asked: Annotated[Path, typer.Argument(metavar="MAIN", help="The report of the study that asks as it should be asked.")],
    out: Annotated[Path, typer.Option("--out", metavar="PAGE", help="The page to write.")] = Path("compared.html"),
) -> None:
    """Set two reports beside the sentences of a published abstract: as published, as replicated, as it should be asked."""
    from equipoise.cli import comparing

    finish(lambda: comparing.compare(replica, asked, out))


@app.command()
def report(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A report's folder.")],
    out: Annotated[Path | None, typer.Option("--out", metavar="NEW", help="Where the new one goes; DIR itself when left out.")] = None,
) -> None:
    """Write a report anew from what its run found, without running the study: after an update, or when its pages were lost."""
    from equipoise.cli import reporting

    finish(lambda: reporting.write_anew(folder, out or folder))


@app.command()
def check(study: StudyFile, json: Json = False) -> None:
    """Read a study file and say everything that is wrong with it, at once."""
    from equipoise.cli import studying

    finish(lambda: studying.check(study, as_json=json), as_json=json)


@app.command()
def count(study: StudyFile, network: Network, json: Json = False, quiet: Quiet = False) -> None:
    """Count the persons who qualify, step by step, over the network; small counts are masked."""
    from equipoise.cli import counting

    finish(lambda: counting.count(study, network, as_json=json, quiet=quiet), as_json=json)


@app.command()
def simulate(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The folder to write.")],
    hospitals: Annotated[int, typer.Option(min=1, max=999)] = 68,
    patients: Annotated[int, typer.Option(min=1, help="Study patients over all hospitals; others come on top.")] = 5_000,
    seed: Annotated[int, typer.Option(min=0)] = 1,
    scenario: Annotated[
        Scenario, typer.Option(help="flagship: hazard ratio 0.80, confounded; null: no effect; diabetes: SGLT2 against DPP-4 inhibitors.")
    ] = Scenario.flagship,
    quiet: Quiet = False,
) -> None:
    """Write a synthetic network of hospitals, one OMOP CDM 5.4 each, with the truth beside it."""
    from equipoise.cli import simulating

    options = simulating.SimulateOptions(out, hospitals, patients, seed, scenario.value, quiet)
    finish(lambda: simulating.simulate(options))


@app.command()
def schema() -> None:
    """Print the JSON Schema of a study file."""
    from equipoise.cli import studying

    finish(studying.print_schema)


def run_app() -> None:
    """The console script."""
    app()


if __name__ == "__main__":
    run_app()

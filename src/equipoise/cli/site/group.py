"""`equipoise site ...`: the hospital's commands. Each imports what it runs when it runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from equipoise.cli.errors import at_the_edge

site_app = typer.Typer(
    name="site",
    help="A hospital's part in a network: joining, checking, answering.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)

Site = Annotated[Path, typer.Argument(metavar="SITE", help="The site's folder.")]


def finish(work: Callable[[], None], *, as_json: bool = False) -> None:
    """Leave with the status of the work."""
    raise typer.Exit(at_the_edge(work, as_json=as_json))


@site_app.command()
def init(
    site: Site,
    invitation: Annotated[Path, typer.Option("--invitation", metavar="FILE", help="What the hub wrote with `equipoise hub invite`.")],
    cdm: Annotated[Path, typer.Option("--cdm", metavar="CDM", help="The hospital's CDM: a folder of Parquet files or a DuckDB file.")],
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="The request to write; SITE.request.zip.")] = None,
) -> None:
    """Make the site's keys and its request to the hub. The private keys never leave the site's folder."""
    from equipoise.cli.site import joining

    finish(lambda: joining.begin(site, invitation, cdm, out))


@site_app.command()
def join(
    site: Site, admission: Annotated[Path, typer.Argument(metavar="ADMISSION", help="What the hub wrote with `equipoise hub admit`.")]
) -> None:
    """Take the hub's admission: the site's certificate."""
    from equipoise.cli.site import joining

    finish(lambda: joining.take(site, admission))


@site_app.command()
def believe(
    site: Site, peers: Annotated[Path, typer.Argument(metavar="PEERS", help="What the hub wrote with `equipoise hub peers`.")]
) -> None:
    """Take the other sites' keys for sums under masks, and print them to be compared with their owners' word."""
    from equipoise.cli.site import joining

    finish(lambda: joining.believe_peers(site, peers))


@site_app.command()
def check(
    site: Site,
    json: Annotated[bool, typer.Option("--json", help="Write JSON for machines.")] = False,
) -> None:
    """Look at all that a study needs here: CDM, vocabulary, disk, clock, certificate, connection, policy. Status 2 when one fails."""
    from equipoise.cli.site import checking

    finish(lambda: checking.check(site, as_json=json), as_json=json)


@site_app.command()
def lock(site: Site) -> None:
    """Write the engine's policy files anew (after an upgrade): no jobs, no code, no logs sent. Start the site again afterwards."""
    from equipoise.cli.site import joining

    finish(lambda: joining.lock(site))


@site_app.command()
def run(site: Site) -> None:
    """Answer the hub's questions in the foreground, until the process is told to end (for systemd, or a terminal)."""
    from equipoise.cli.site import answering

    finish(lambda: answering.answer(site))


StudyOrHash = Annotated[str, typer.Argument(metavar="STUDY", help="A study.yaml, or the beginning of the hash of a study that waits here.")]


@site_app.command()
def preview(
    site: Site,
    study: StudyOrHash,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress bars.")] = False,
) -> None:
    """Run a study on this site's records alone and print exactly what would leave. Nothing leaves."""
    from equipoise.cli.site import reviewing

    finish(lambda: reviewing.preview(site, study, quiet=quiet))


@site_app.command()
def approve(
    site: Site,
    study: StudyOrHash,
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who approves; the user of this machine.")] = "",
    alike: Annotated[bool, typer.Option("--alike", help="Also though its persons here are almost those of an earlier study.")] = False,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="Approve it no more.")] = False,
) -> None:
    """Approve a study by its hash, after its preview: from then on the site answers it."""
    from equipoise.cli.site import reviewing

    finish(lambda: reviewing.approve(site, study, by, alike=alike, withdraw=withdraw))


@site_app.command()
def audit(
    site: Site,
    verify: Annotated[bool, typer.Option("--verify", help="Check that the log is as it was written.")] = False,
    study: Annotated[str, typer.Option("--study", metavar="HASH", help="Only this study's lines.")] = "",
    last: Annotated[int, typer.Option("--last", min=1, help="How many lines to show.")] = 50,
    begin_anew: Annotated[bool, typer.Option("--begin-anew", help="Set a log aside that is damaged or gone, and begin another.")] = False,
) -> None:
    """Show what left this site: who asked, for which study, in which shape, on which terms, and what was decided."""
    from equipoise.cli.site import reviewing

    if begin_anew:
        finish(lambda: reviewing.begin_another_log(site))
    finish(lambda: reviewing.audit(site, check=verify, study=study, last=last))

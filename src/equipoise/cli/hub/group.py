"""`equipoise hub ...`: the coordinating centre's commands. Each imports what it runs when it runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from equipoise.cli.errors import at_the_edge

hub_app = typer.Typer(
    name="hub",
    help="A network of real hospitals, seen from its coordinating centre.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)

Hub = Annotated[Path, typer.Argument(metavar="HUB", help="The hub's folder.")]


def finish(work: Callable[[], None]) -> None:
    """Leave with the status of the work."""
    raise typer.Exit(at_the_edge(work, as_json=False))


@hub_app.command()
def init(
    hub: Hub,
    network: Annotated[str, typer.Option("--name", help="The network's name.")],
    host: Annotated[str, typer.Option("--host", help="The host name at which hospitals reach the hub.")] = "localhost",
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="The port at which they reach it.")] = 8102,
    bind: Annotated[str, typer.Option("--bind", help="The address to listen at: this machine alone, unless said otherwise.")] = "127.0.0.1",
) -> None:
    """Make a hub: its folder, the network's own authority, and the server's certificate."""
    from equipoise.cli.hub import founding

    finish(lambda: founding.found(hub, network, (host, port), bind))


@hub_app.command()
def invite(
    hub: Hub,
    site: Annotated[str, typer.Argument(metavar="SITE", help="The name that the hospital will have in the network.")],
    organisation: Annotated[str, typer.Option("--organisation", help="Letters, digits and _.")],
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="The invitation to write; SITE.invitation.json.")] = None,
) -> None:
    """Write an invitation: it admits one hospital, once, under one name."""
    from equipoise.cli.hub import membership

    finish(lambda: membership.invite_site(hub, site, organisation, out or Path(f"{site}.invitation.json")))


@hub_app.command()
def admit(
    hub: Hub,
    request: Annotated[Path, typer.Argument(metavar="REQUEST", help="What `equipoise site init` wrote at the hospital.")],
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="The admission to write; SITE.admission.zip.")] = None,
) -> None:
    """Sign a hospital's request, and write the admission that it takes with `equipoise site join`."""
    from equipoise.cli.hub import membership

    finish(lambda: membership.admit_site(hub, request, out))


@hub_app.command()
def revoke(hub: Hub, site: Annotated[str, typer.Argument(metavar="SITE")]) -> None:
    """Put no more questions to a hospital, and turn its process away."""
    from equipoise.cli.hub import membership

    finish(lambda: membership.revoke_site(hub, site))


@hub_app.command()
def sites(hub: Hub) -> None:
    """List the hospitals, and which of them are connected now."""
    from equipoise.cli.hub import membership

    finish(lambda: membership.list_sites(hub))


@hub_app.command()
def peers(hub: Hub) -> None:
    """Print the hospitals' keys for sums under masks, for each to compare with the others' own word."""
    from equipoise.cli.hub import membership

    finish(lambda: membership.print_peers(hub))


@hub_app.command()
def run(hub: Hub) -> None:
    """Serve the network in the foreground, until the process is told to end (for systemd, or a terminal)."""
    from equipoise.cli.hub import serving

    finish(lambda: serving.serve(hub))

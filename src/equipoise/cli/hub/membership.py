"""`equipoise hub invite`, `admit`, `revoke`, `sites` and `peers`."""

from __future__ import annotations

import sys
from pathlib import Path

from equipoise.kernel.errors import EquipoiseError
from equipoise.network.flare.homes import HubHome
from equipoise.network.flare.hub.transport import FlareTransport
from equipoise.network.flare.joining.hub import admit, invite, peers, revoke


def invite_site(hub: Path, site: str, organisation: str, out: Path) -> None:
    """Write the invitation and say how it travels."""
    invitation = invite(HubHome(hub), site, organisation, out)
    sys.stdout.write(
        f"{out} invites {site}, once. Send it to the hospital by a way that others cannot read.\n"
        f"Read the authority's fingerprint to them by another way: {invitation.fingerprint}\n"
    )


def admit_site(hub: Path, request: Path, out: Path | None) -> None:
    """Admit and say what to compare."""
    folder = out or request.parent / f"{request.name.removesuffix('.request.zip')}.admission.zip"
    site = admit(HubHome(hub), request, folder)
    sys.stdout.write(f"{site.name} is admitted. Send it {folder}.\nIts key, to compare by telephone: {site.key}\n")


def revoke_site(hub: Path, name: str) -> None:
    """Revoke and say when it holds."""
    revoke(HubHome(hub), name)
    sys.stdout.write(f"{name} is asked no more, from the next question on.\n")


def list_sites(hub: Path) -> None:
    """One line a site."""
    home = HubHome(hub)
    home.settings()
    there = connected(home)
    for site in home.admitted():
        state = "revoked" if site.revoked else "unknown, the hub does not run" if there is None else "yes" if site.name in there else "no"
        sys.stdout.write(f"{site.name}\t{site.organisation}\tsince {site.since}\tconnected: {state}\n")


def print_peers(hub: Path) -> None:
    """The roster."""
    sys.stdout.write(peers(HubHome(hub)))


def connected(home: HubHome) -> tuple[str, ...] | None:
    """The sites that have a line to the hub; None when the hub does not run."""
    try:
        transport = FlareTransport(home.run, ())
    except EquipoiseError:
        return None
    try:
        return transport.connected()
    finally:
        transport.close()

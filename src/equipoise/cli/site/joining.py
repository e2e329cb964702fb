"""`equipoise site init` and `equipoise site join`."""

from __future__ import annotations

import sys
from pathlib import Path

from equipoise.guard.secure_sums.identity import fingerprint
from equipoise.network.flare.homes import SiteHome
from equipoise.network.flare.joining.identity import believe, identity_line
from equipoise.network.flare.joining.site import join, make_site, must_be_joined
from equipoise.network.flare.terms import write_site_terms


def begin(site: Path, invitation: Path, cdm: Path, out: Path | None) -> None:
    """Make the site and say what to send and what to compare."""
    paper = out or Path(f"{site.name}.request.zip")
    home = make_site(site, invitation, cdm, paper)
    settings = home.settings()
    sys.stdout.write(
        f"{settings.name} of {settings.network} is in {site}. Send {paper} to the hub; it holds no secret key.\n"
        f"The hub's authority, to compare by telephone: {settings.fingerprint}\n"
        f"Then: equipoise site join {site} ADMISSION\n"
    )


def take(site: Path, admission: Path) -> None:
    """Join and say what comes next."""
    home = SiteHome(site.resolve())
    join(home, admission)
    sys.stdout.write(f"{home.settings().name} has its certificate. Next: equipoise site check {site}, then equipoise site run {site}\n")


def believe_peers(site: Path, peers: Path) -> None:
    """Write the roster and print every line of it."""
    home = SiteHome(site.resolve())
    own = identity_line(home)
    roster = believe(home, peers)
    sys.stdout.write(
        f"{home.settings().name} itself has {own}\nand believes these; compare each with its owner, not with the hub's word:\n"
    )
    sys.stdout.writelines(f"  {fingerprint(key)} {name}\n" for name, key in sorted(roster.keys.items()))
    sys.stdout.write("Start the site again for it to hold.\n")


def lock(site: Path) -> None:
    """Write the engine's policy files as this version has them."""
    home = SiteHome(site.resolve())
    must_be_joined(home)
    write_site_terms(home.kit)
    sys.stdout.write("The engine's policy files are written anew; start the site again.\n")

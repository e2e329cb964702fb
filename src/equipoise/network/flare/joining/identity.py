"""The site's identity for sums under masks, as other sites write it in their rosters, and its roster of peers."""

from __future__ import annotations

from pathlib import Path

from equipoise.guard.secure_sums.identity import ROSTER_FILE, Identity, Roster, fingerprint
from equipoise.kernel.whole_file import write_whole
from equipoise.network.flare.homes import SiteHome


def identity_line(home: SiteHome) -> str:
    """The public half; the private key is made in the site's folder when it is not there yet."""
    return fingerprint(Identity.of(home.state).public)


def believe(home: SiteHome, peers: Path) -> Roster:
    """Take a roster for the site's own. Raises EQ-GUARD-009 for a file that is none."""
    roster = Roster.read(peers)
    write_whole(home.folder / ROSTER_FILE, roster.text().encode())
    return roster


def believed(home: SiteHome) -> Roster:
    """The peers that the site believes; none before it was told."""
    path = home.folder / ROSTER_FILE
    return Roster.read(path) if path.is_file() else Roster({})

"""`equipoise site run`."""

from __future__ import annotations

import sys
from pathlib import Path

from equipoise.network.flare.homes import SiteHome
from equipoise.network.flare.joining.site import must_be_joined
from equipoise.network.flare.running import run_site


def answer(site: Path) -> None:
    """Answer until told to end."""
    home = SiteHome(site.resolve())
    must_be_joined(home)
    settings = home.settings()
    sys.stderr.write(f"{settings.name} joins {settings.network} at {settings.host}:{settings.port}; its log is in {home.kit / 'log.txt'}\n")
    raise SystemExit(run_site(site))

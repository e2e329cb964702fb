"""`equipoise hub run`."""

from __future__ import annotations

import sys
from pathlib import Path

from equipoise.network.flare.homes import HubHome
from equipoise.network.flare.running import run_hub


def serve(hub: Path) -> None:
    """Serve until told to end."""
    settings = HubHome(hub).settings()
    sys.stderr.write(f"hub of {settings.network} at {settings.bind}:{settings.port}; its log is in {hub / 'kit' / 'log.txt'}\n")
    raise SystemExit(run_hub(hub))

"""`equipoise hub init`."""

from __future__ import annotations

import sys
from pathlib import Path

from equipoise.network.flare.joining.hub import NewHub, make_hub


def found(hub: Path, network: str, reached: tuple[str, int], bind: str) -> None:
    """Make the hub and say what comes next."""
    home = make_hub(hub, NewHub(network, *reached, bind))
    settings = home.settings()
    sys.stdout.write(
        f"The hub of {network} is in {hub}: hospitals reach it at {settings.host}:{settings.port}, it listens at {bind}.\n"
        f"Its authority: {settings.fingerprint}\n"
        f"Keep {hub / 'authority'} safe: who has it can admit hospitals.\n"
        f"Next: equipoise hub run {hub}, and equipoise hub invite {hub} SITE --organisation ORGANISATION\n"
    )

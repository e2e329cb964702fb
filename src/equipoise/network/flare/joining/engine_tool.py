"""FLARE's own tool for distributed provisioning (`nvflare cert`, `nvflare package`), run as a process of its own.

It keeps records in the user's home; a folder of the hub's or site's own is given to it as such, so that nothing is written elsewhere.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from equipoise.network.flare.errors import ENGINE_REFUSED
from equipoise.network.flare.installed import must_be_installed

SECONDS = 120
TOOL = "from nvflare.cli import main; main()"


def run_tool(records: Path, *arguments: str | Path) -> None:
    """One command of the tool. Raises EQ-FLARE-012 with the tool's own words when it fails."""
    must_be_installed()
    records.mkdir(mode=0o700, parents=True, exist_ok=True)
    environment = {**os.environ, "HOME": str(records)}
    done = subprocess.run(  # noqa: S603 - our own interpreter, arguments checked by the caller
        [sys.executable, "-c", TOOL, *map(str, arguments)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    if done.returncode:
        raise ENGINE_REFUSED.error(_last_words(done.stderr or done.stdout))


def _last_words(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return " ".join(lines[-4:])[:400] or "it gave no reason"

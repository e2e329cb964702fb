"""`equipoise compare`: two reports beside the sentences of an abstract."""

from __future__ import annotations

import sys
from pathlib import Path

from equipoise.report.published.beside import write_beside


def compare(replica: Path, asked: Path, out: Path) -> None:
    """Write the page and say where it lies."""
    write_beside(replica, asked, out)
    sys.stdout.write(f"read {out}\n")

"""Which files a command on cohort definitions speaks of."""

from __future__ import annotations

from pathlib import Path

from equipoise.cli.errors import NO_SUCH_FILE
from equipoise.kernel.errors import Where


def definitions_at(path: Path) -> list[Path]:
    """The file itself, or the JSON files of a folder, by name."""
    if not path.is_dir():
        return [path]
    files = sorted(path.glob("*.json"))
    if not files:
        raise NO_SUCH_FILE.error("the folder holds no definition (*.json)", Where(file=path))
    return files

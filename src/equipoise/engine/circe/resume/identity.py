"""What an unfinished run must have in common with the next one, so that its finished parts may be taken over."""

from __future__ import annotations

import hashlib
from pathlib import Path

from equipoise import __version__
from equipoise.kernel.canonical import content_hash


def run_key(cdm: str, engine: str, *, with_statistics: bool) -> str:
    """The hash of CDM, engine, version and what is asked for.

    A CDM of files is its files: names, sizes and times of change. Of a database only the address is
    known here, not what changes in it between two runs.
    """
    return content_hash({"version": __version__, "engine": engine, "cdm": _cdm(cdm), "statistics": with_statistics})


def definition_key(file: Path) -> str:
    """The hash of a definition's file."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def size_of(cdm: str) -> int:
    """Bytes of a CDM of files; 0 where that is not known."""
    return sum(size for path in cdm.split("?vocabulary=") for _, size, _ in _files(Path(path)))


def _cdm(cdm: str) -> object:
    paths = [Path(one) for one in cdm.split("?vocabulary=")]
    return [[str(path.resolve()), *_files(path)] for path in paths] if all(path.exists() for path in paths) else cdm


def _files(path: Path) -> list[tuple[str, int, int]]:
    if path.is_dir():
        found = sorted(one for one in path.rglob("*") if one.is_file())
        return [(one.relative_to(path).as_posix(), one.stat().st_size, one.stat().st_mtime_ns) for one in found]
    return [(path.name, path.stat().st_size, path.stat().st_mtime_ns)] if path.is_file() else []

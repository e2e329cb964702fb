"""Find a CDM's tables: in a folder of Parquet files, or in a DuckDB file."""

from __future__ import annotations

from pathlib import Path

from equipoise.engine.errors import NO_CDM
from equipoise.kernel.errors import Where


def parquet_tables(folder: Path) -> dict[str, list[Path]]:
    """Files by lower-case table name: `<table>.parquet`, or every `*.parquet` under `<table>/`. Sorted."""
    found: dict[str, list[Path]] = {}
    for entry in sorted(folder.iterdir()):
        if entry.is_dir():
            files = sorted(path for path in entry.rglob("*") if path.suffix.lower() == ".parquet")
        else:
            files = [entry] if entry.suffix.lower() == ".parquet" else []
        if files:
            found.setdefault(_table_name(entry), []).extend(files)
    return found


def _table_name(entry: Path) -> str:
    return (entry.name if entry.is_dir() and entry.suffix.lower() != ".parquet" else entry.stem).lower()


def read_parquet(files: list[Path]) -> str:
    """What stands in FROM for these files; columns are joined by name when there are several."""
    names = ", ".join("'" + _literal_glob(str(path)).replace("'", "''") + "'" for path in files)
    by_name = ", union_by_name = true" if len(files) > 1 else ""
    return f"read_parquet([{names}]{by_name})"


def _literal_glob(path: str) -> str:
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in path)


def check_path(path: Path, site: str) -> None:
    """Raise EQ-ENGINE-001 unless the path is a folder with Parquet files or a file."""
    if path.is_file():
        return
    if not path.is_dir():
        raise NO_CDM.error("no such folder or file", Where(file=path, site=site))
    if not parquet_tables(path):
        raise NO_CDM.error("the folder holds no Parquet file", Where(file=path, site=site))

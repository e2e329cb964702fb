"""An analysis table is built once: kept as Arrow behind a checksum, in a file named by the study, the state of the CDM's files, the site
and the version.

The file holds patients' rows and stays at the site, readable by its owner alone. It is written under a temporary name and renamed when
whole; a file that cannot be read back, or whose checksum is wrong, is built anew.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow as pa

from equipoise.engine.contract import CodeSetFound, Engine, StepCount
from equipoise.engine.session_report import LeftOut, SessionReport
from equipoise.kernel.canonical import content_hash
from equipoise.study.model import Study
from equipoise.table.analysis_table import AnalysisTable, DeathCount, ValueCount
from equipoise.table.building import build_table
from equipoise.table.lines.grid import LineGrid

LAYOUT = 6
"""Raised when the meaning of a column changes: older files are then not found."""

_META = b"equipoise"
_DIGEST = 32
"""Bytes of the SHA-256 before the Arrow content."""


def cdm_fingerprint(cdm_path: Path) -> str:
    """A hash of the names, sizes and times of change of a folder's Parquet files, or of one database file (and its log)."""
    inside = (path for path in cdm_path.rglob("*") if path.suffix.lower() == ".parquet")
    found = sorted(inside) if cdm_path.is_dir() else sorted(cdm_path.parent.glob(f"{cdm_path.name}*"))
    stats = [(str(path.relative_to(cdm_path.parent)), path.stat()) for path in found if path.is_file()]
    return content_hash([[name, stat.st_size, stat.st_mtime_ns] for name, stat in stats])


def cached_table(
    engine_factory: Callable[[], Engine],
    study: Study,
    *,
    study_hash: str,
    cdm_path: Path,
    cache_dir: Path | None,
    site: str,
) -> AnalysisTable:
    """The site's table from the cache, or built with a new engine (closed afterwards) and kept. `cache_dir` None, and a study with
    a large-scale propensity model: never kept.

    `study_hash` begins the file's name. The key holds the study itself, order of covariates included, so columns keep the study's order.
    """
    large = study.propensity is not None and study.propensity.large_scale is not None
    if cache_dir is None or large:
        return _built(engine_factory, study, site)
    key = [
        study.model_dump(mode="json"),
        study_hash,
        cdm_fingerprint(cdm_path),
        str(cdm_path.resolve()),
        site,
        version("equipoise"),
        LAYOUT,
    ]
    state = content_hash(key)
    path = cache_dir / f"{study_hash[:16]}-{state[:32]}.table"
    kept = read_table(path)
    if kept is not None:
        return kept
    table = _built(engine_factory, study, site)
    write_table(table, path)
    return table


def _built(engine_factory: Callable[[], Engine], study: Study, site: str) -> AnalysisTable:
    engine = engine_factory()
    try:
        return build_table(engine, study, site)
    finally:
        engine.close()


def write_table(table: AnalysisTable, path: Path) -> None:
    """Write the table whole or not at all; the file is the owner's alone."""
    meta = {
        "attrition": [asdict(step) for step in table.attrition],
        "code_report": [asdict(found) for found in table.code_report],
        "value_report": [asdict(count) for count in table.value_report],
        "death_report": asdict(table.death_report),
        "session_report": asdict(table.session_report) if table.session_report else None,
        "cdm_notes": list(table.cdm_notes),
        "line_grid": table.line_grid.counts if table.line_grid else None,
    }
    rows = table.rows.replace_schema_metadata({_META: json.dumps(meta).encode()})
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, partial = tempfile.mkstemp(prefix=path.stem, suffix=".partial", dir=path.parent)
    os.close(handle)
    try:
        buffer = pa.BufferOutputStream()
        with pa.ipc.new_file(buffer, rows.schema) as writer:
            writer.write_table(rows)
        content = buffer.getvalue()
        with Path(partial).open("wb") as sink:
            sink.write(sha256(content).digest())
            sink.write(content)
        Path(partial).replace(path)
    finally:
        Path(partial).unlink(missing_ok=True)


def _sessions(kept: dict[str, Any] | None) -> SessionReport | None:
    if kept is None:
        return None
    left_out = tuple(LeftOut(one["site"], tuple(one["treatments"])) for one in kept["left_out"])
    return SessionReport(tuple(kept["counts"]), left_out)


def _grid(kept: list[list[int]] | None) -> LineGrid | None:
    return None if kept is None else LineGrid(tuple((n, target, comparator) for n, target, comparator in kept))


def read_table(path: Path) -> AnalysisTable | None:
    """A table written by `write_table`; None when there is none or the file is damaged."""
    try:
        whole = memoryview(path.read_bytes())
        if sha256(whole[_DIGEST:]).digest() != whole[:_DIGEST]:
            return None
        with pa.ipc.open_file(pa.py_buffer(whole[_DIGEST:])) as reader:
            rows = reader.read_all()
        meta = json.loads(rows.schema.metadata[_META])
        codes = tuple(CodeSetFound(**{**found, "missing_codes": tuple(found["missing_codes"])}) for found in meta["code_report"])
        return AnalysisTable(
            rows.replace_schema_metadata(None),
            tuple(StepCount(**step) for step in meta["attrition"]),
            codes,
            tuple(ValueCount(**count) for count in meta["value_report"]),
            DeathCount(**meta["death_report"]),
            _sessions(meta.get("session_report")),
            tuple(meta["cdm_notes"]),
            _grid(meta.get("line_grid")),
        )
    except (OSError, pa.ArrowException, ValueError, KeyError, TypeError):
        return None

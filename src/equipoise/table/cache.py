"""An analysis table is built once: kept as an Arrow file named by the study, the state of the CDM's files, the site and the version.

The file holds patients' rows and stays at the site, readable by its owner alone. It is written under a temporary name and renamed when
whole; a file that cannot be read back is built anew.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

import pyarrow as pa

from equipoise.engine.contract import CodeSetFound, Engine, StepCount
from equipoise.kernel.canonical import content_hash
from equipoise.study.model import Study
from equipoise.table.analysis_table import AnalysisTable, DeathCount, ValueCount
from equipoise.table.building import build_table

LAYOUT = 1
"""Raised when the meaning of a column changes: older files are then not found."""

_META = b"equipoise"


def cdm_fingerprint(cdm_path: Path) -> str:
    """A hash of the names, sizes and times of change of the CDM's files: a folder's, or one database file's (and its log's)."""
    found = sorted(cdm_path.rglob("*")) if cdm_path.is_dir() else sorted(cdm_path.parent.glob(f"{cdm_path.name}*"))
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
    """The site's table from the cache, or built with a new engine (closed afterwards) and kept. `cache_dir` None: never kept."""
    if cache_dir is None:
        return _built(engine_factory, study, site)
    state = content_hash([study_hash, cdm_fingerprint(cdm_path), str(cdm_path.resolve()), site, version("equipoise"), LAYOUT])
    path = cache_dir / f"{study_hash[:16]}-{state[:32]}.arrow"
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
    }
    rows = table.rows.replace_schema_metadata({_META: json.dumps(meta).encode()})
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, partial = tempfile.mkstemp(prefix=path.stem, suffix=".partial", dir=path.parent)
    os.close(handle)
    try:
        with pa.OSFile(partial, "wb") as sink, pa.ipc.new_file(sink, rows.schema) as writer:
            writer.write_table(rows)
        Path(partial).replace(path)
    finally:
        Path(partial).unlink(missing_ok=True)


def read_table(path: Path) -> AnalysisTable | None:
    """A table written by `write_table`; None when there is none or the file is damaged."""
    try:
        with pa.OSFile(str(path), "rb") as source, pa.ipc.open_file(source) as reader:
            rows = reader.read_all()
        meta = json.loads(rows.schema.metadata[_META])
        codes = tuple(CodeSetFound(**{**found, "missing_codes": tuple(found["missing_codes"])}) for found in meta["code_report"])
        return AnalysisTable(
            rows.replace_schema_metadata(None),
            tuple(StepCount(**step) for step in meta["attrition"]),
            codes,
            tuple(ValueCount(**count) for count in meta["value_report"]),
            DeathCount(**meta["death_report"]),
        )
    except (OSError, pa.ArrowException, ValueError, KeyError, TypeError):
        return None

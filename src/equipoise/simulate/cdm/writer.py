"""One hospital's CDM on disk: a Parquet file a table, a row group a block."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from shutil import copyfile
from types import TracebackType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from equipoise.omop.tables import arrow_schema
from equipoise.simulate.cdm.vocabulary import VERSION

CDM_VERSION_CONCEPT = 756265


class CdmWriter:
    """Appends tables to the files of a folder; closes them at the end of a `with`."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self._folder = folder
        self._open: dict[str, pq.ParquetWriter] = {}

    def append(self, name: str, rows: pa.Table) -> None:
        """Write a block of one table."""
        if name not in self._open:
            words: Any = [field.name for field in rows.schema if pa.types.is_dictionary(field.type) or field.name.endswith("concept_id")]
            self._open[name] = pq.ParquetWriter(
                self._folder / f"{name}.parquet", rows.schema, store_schema=False, use_dictionary=words, compression="snappy"
            )
        self._open[name].write_table(rows)

    def __enter__(self) -> CdmWriter:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for writer in self._open.values():
            writer.close()


def write_cdm_source(folder: Path, site: str) -> None:
    """The table that names the data."""
    made = date(2025, 4, 1)
    row = {
        "cdm_source_name": f"Simulated hospital {site}",
        "cdm_source_abbreviation": site,
        "cdm_holder": "Equipoise",
        "source_description": "Synthetic patients with known effects; no real person.",
        "source_release_date": made,
        "cdm_release_date": made,
        "cdm_version": "v5.4",
        "cdm_version_concept_id": CDM_VERSION_CONCEPT,
        "vocabulary_version": VERSION[:20],
    }
    pq.write_table(pa.Table.from_pylist([row], schema=arrow_schema("cdm_source")), folder / "cdm_source.parquet")


def copy_files(files: tuple[Path, ...], folder: Path) -> None:
    """Put the same files into another folder. Copies, not links: one hospital's files may be changed or spoilt without the others'."""
    for file in files:
        copyfile(file, folder / file.name)

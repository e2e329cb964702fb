"""Cohort definitions in a study, for the oracle: run by the reference interpreter, their entries become records of each person."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pyarrow as pa

from equipoise.engine.clinical import CLINICAL_TABLES
from equipoise.engine.entries.rows import as_entries, definitions
from equipoise.engine.reference.circe.interpreter import open_reference
from equipoise.engine.reference.tables import Record
from equipoise.study.model import CodeSet

Entries = dict[int, list[tuple[int, Record]]]
"""By person: pairs of set number and record."""


def entries_of(folder: Path, site: str, code_sets: tuple[CodeSet, ...]) -> Entries:
    """The entries of all definitions."""
    asked = list(definitions(code_sets))
    found: Entries = defaultdict(list)
    if not asked:
        return found
    interpreter = open_reference(folder, site)
    for row in as_entries(pa.concat_tables([interpreter.cohort(number, one).rows for number, one in asked])).to_pylist():
        found[row["person_id"]].append((row["set_id"], _record(row)))
    return found


def _record(row: dict[str, int]) -> Record:
    return Record(
        table_no=len(CLINICAL_TABLES),
        row=row["record_id"],
        person_id=row["person_id"],
        record_id=row["record_id"],
        concept_id=0,
        source_concept_id=0,
        start=row["start_day"],
        end=row["end_day"],
        value=None,
        unit=None,
        range_low=None,
        range_high=None,
    )

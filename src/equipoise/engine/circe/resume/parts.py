"""Finished parts of a run on disk, so that a run that was cut off at any moment goes on where it stood.

A part is a folder: `rows.parquet`, a file for each table of statistics, and `part.json`: the run's key, the definitions with their hashes,
and notes. It is written under a name that begins with a dot and renamed when it is whole, so that a part is there whole or not at all.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq

from equipoise.engine.circe.generating import SCHEMA, Generated
from equipoise.engine.circe.statistics import TABLES, Statistics


@dataclass(frozen=True, slots=True)
class Kept:
    """A finished part, as far as it is still wanted: which definitions, and what came of them."""

    ids: frozenset[int]
    made: Generated


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of the runs of one output. `key`: see `identity.run_key`."""

    folder: Path
    key: str

    def kept(self, wanted: Mapping[int, str]) -> list[Kept]:
        """What earlier runs of the same key finished of the definitions wanted, by id and hash; each definition once.

        Parts of other keys, and what cannot be read, count as not finished.
        """
        found: list[Kept] = []
        left = dict(wanted)
        for place in sorted(self.folder.iterdir()) if self.folder.is_dir() else ():
            one = self._read(place, left)
            if one is not None:
                found.append(one)
                left = {number: key for number, key in left.items() if number not in one.ids}
        return found

    def keep(self, made: Generated, finished: Mapping[int, str]) -> None:
        """Put a finished part aside. `finished`: its definitions, by id with their hashes; those that failed are not among them."""
        place = self.folder / f".{uuid4().hex}"
        place.mkdir(parents=True)
        pq.write_table(made.rows, place / "rows.parquet")
        for name, rows in (made.statistics.tables if made.statistics else {}).items():
            pq.write_table(rows, place / f"{name}.parquet")
        told = {"key": self.key, "definitions": sorted(finished.items()), "notes": made.notes, "statistics": made.statistics is not None}
        (place / "part.json").write_text(json.dumps(told), encoding="utf-8")
        place.rename(place.with_name(place.name.removeprefix(".")))

    def remove(self) -> None:
        """Remove all parts: the output is whole."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _read(self, place: Path, left: Mapping[int, str]) -> Kept | None:
        if place.name.startswith("."):
            return None
        try:
            told = json.loads((place / "part.json").read_text(encoding="utf-8"))
            ids = frozenset(number for number, key in told["definitions"] if left.get(number) == key)
            if told["key"] != self.key or not ids:
                return None
            rows = _of(pq.read_table(place / "rows.parquet"), ids).cast(SCHEMA)
            tables = {name: _of(pq.read_table(place / f"{name}.parquet"), ids) for name in TABLES} if told["statistics"] else None
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return Kept(ids, Generated(rows, None if tables is None else Statistics(tables), (), tuple(told["notes"])))


def _of(rows: pa.Table, ids: frozenset[int]) -> pa.Table:
    import pyarrow.compute as pc

    return rows.filter(pc.is_in(rows["cohort_definition_id"], value_set=pa.array(sorted(ids), pa.int64())))

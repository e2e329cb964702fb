"""Where a CDM lies for Spark: a folder of Parquet files, or a schema of the catalog, `catalog.schema?vocabulary=...&scratch=...`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl

from equipoise.engine.spark.errors import NO_TABLES
from equipoise.kernel.errors import Where, closest

_PARAMETERS = ("vocabulary", "scratch")
_SCHEMA = re.compile(r"\w[\w-]*(\.\w[\w-]*)?")


@dataclass(frozen=True, slots=True)
class Place:
    """Either a folder or a schema. `scratch`: a folder that all workers reach; None for one of this machine."""

    folder: Path | None = None
    schema: str = ""
    vocabulary: str | None = None
    scratch: str | None = None

    @property
    def name(self) -> str:
        """What errors call the site."""
        return self.folder.name if self.folder else self.schema


def read_place(cdm: str) -> Place:
    """Read what `--cdm` says. Raises EQ-ENGINE-043."""
    before, _, query = cdm.partition("?")
    given = dict(parse_qsl(query))
    for name in given:
        if name not in _PARAMETERS:
            raise NO_TABLES.error(f"no such parameter: {name}", Where(path=name), did_you_mean=closest(name, _PARAMETERS))
    if Path(before).is_dir() or not _SCHEMA.fullmatch(before):
        return Place(folder=Path(before), scratch=given.get("scratch"))
    return Place(None, before, given.get("vocabulary"), given.get("scratch"))


def escaped(path: Path) -> str:
    """A path in which nothing is a pattern."""
    return re.sub(r"([\[\]{}*?\\])", r"\\\1", str(path.resolve()))

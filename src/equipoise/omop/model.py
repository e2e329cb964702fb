"""What a CDM table is: its columns in order, their types, and the role some of them play."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

Version = Literal["5.3", "5.4"]
VERSIONS: tuple[Version, ...] = ("5.3", "5.4")
ColumnType = Literal["int", "float", "text", "date", "datetime"]
Group = Literal["clinical", "health_system", "vocabulary"]

ARROW_TYPES: dict[str, pa.DataType] = {
    "int": pa.int64(),
    "float": pa.float64(),
    "text": pa.string(),
    "date": pa.date32(),
    "datetime": pa.timestamp("us"),
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column as CDM 5.4 names it. `name_53`: its name in CDM 5.3, None where 5.3 has no such column."""

    name: str
    type: ColumnType
    required: bool
    name_53: str | None

    def name_in(self, version: Version) -> str | None:
        """The column's name in that version, or None."""
        return self.name if version == "5.4" else self.name_53


@dataclass(frozen=True, slots=True)
class Table:
    """A CDM table. Role columns are None where the table has none;
    names are those of 5.4 (5.3 lacks `procedure_end_date`, the others are the same)."""

    name: str
    group: Group
    columns: tuple[Column, ...]
    id_column: str | None = None
    date_column: str | None = None
    end_date_column: str | None = None
    concept_column: str | None = None
    source_concept_column: str | None = None
    source_value_column: str | None = None
    domain: str | None = None
    """The `domain_id` whose standard concepts the CDM records here."""
    since: Version = "5.3"

    def column(self, name: str) -> Column:
        """The column of that 5.4 name. Raises KeyError when there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name}.{name}")

    def names(self, version: Version = "5.4") -> tuple[str, ...]:
        """Column names in the specification's order; empty when the version has no such table."""
        if version < self.since:
            return ()
        return tuple(name for column in self.columns if (name := column.name_in(version)) is not None)

    @property
    def has_person(self) -> bool:
        """Whether rows belong to a person."""
        return any(column.name == "person_id" for column in self.columns)


def columns(notation: str) -> tuple[Column, ...]:
    """Read `name:type` words: `*` after the type means required, `+` new in 5.4, `<old` called `old` in 5.3."""
    return tuple(_column(word) for word in notation.split())


def _column(word: str) -> Column:
    head, _, old = word.partition("<")
    name, _, kind = head.partition(":")
    base = kind.rstrip("*+")
    if base not in ARROW_TYPES:
        raise ValueError(f"not a column type: {word}")
    return Column(name, base, "*" in kind, None if "+" in kind else old or name)  # type: ignore[arg-type]

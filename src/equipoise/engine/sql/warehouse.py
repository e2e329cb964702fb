"""The thin layer between the engine's statements and a database: where tables lie, how a statement runs, how rows come and go.

A new database is one class that keeps `Warehouse`; everything else in this folder is sqlglot and knows no dialect.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import pyarrow as pa

if TYPE_CHECKING:
    from sqlglot import exp


VOCABULARY = frozenset(
    {"concept", "concept_ancestor", "concept_class", "concept_relationship", "concept_synonym", "domain", "drug_strength"}
    | {"relationship", "source_to_concept_map", "vocabulary"}
)
"""Tables that may lie in a schema, or a folder, apart."""


@dataclass(frozen=True, slots=True)
class Source:
    """A table as the site has it: its columns (lower case) with the spelling there, and what stands for it in FROM, in the dialect."""

    table: str
    columns: dict[str, str]
    dates: frozenset[str]
    """Columns (lower case) that are dates or timestamps there."""
    relation: str
    integers: frozenset[str] = frozenset()
    """Columns (lower case) known to hold whole numbers of at most 64 bits, which need no cast; none where that is not known."""
    numbers: frozenset[str] = frozenset()
    """Columns (lower case) known to be of a type for numbers, each of which is a float too; none where that is not known."""


class Warehouse(Protocol):
    """A site's database, opened. Every failure is an `EquipoiseError` that names site and table and quotes nothing."""

    site: str
    dialect: str
    chains: bool
    """Whether the steps of a few definitions are best run as one statement: so where planning is good without knowing their sizes."""
    sources: dict[str, Source]
    """The CDM tables found, by lower-case name."""

    def run(self, *statements: exp.Expr | str) -> None:
        """Run statements that return nothing. Text is in this warehouse's dialect."""
        ...

    def ask(self, query: exp.Expr | str) -> pa.Table:
        """Run a query."""
        ...

    def keep(self, name: str, query: str) -> None:
        """Make a relation of a query's rows, seen by later statements under the name, replacing what had it."""
        ...

    def lend(self, name: str, rows: pa.Table) -> None:
        """Make rows visible to statements under a name, replacing what had it."""
        ...

    def close(self) -> None:
        """Let go of the database."""
        ...

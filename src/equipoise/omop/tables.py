"""All tables of the OMOP CDM, 5.4 with what differs in 5.3; no database."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from equipoise.omop import clinical, health_system, vocabulary
from equipoise.omop.model import ARROW_TYPES, Table, Version

ALL_TABLES: tuple[Table, ...] = (*clinical.TABLES, *health_system.TABLES, *vocabulary.TABLES)
BY_NAME: dict[str, Table] = {table.name: table for table in ALL_TABLES}

CLINICAL_RECORDS = (
    "condition_occurrence",
    "procedure_occurrence",
    "drug_exposure",
    "measurement",
    "observation",
    "device_exposure",
    "visit_occurrence",
)
"""Tables of dated facts about a person, coded by a concept. `death` stands apart: it has no id and often no concept."""


def table(name: str) -> Table:
    """The table of that name. Raises KeyError when the CDM has none."""
    return BY_NAME[name]


def clinical_tables() -> Iterator[Table]:
    """The seven tables that hold a person's dated, coded facts; `death` apart. Each has id, date, concept and source concept columns."""
    return (BY_NAME[name] for name in CLINICAL_RECORDS)


def table_of_domain(domain_id: str) -> Table | None:
    """The table that holds records of a domain's standard concepts; None for a domain that no clinical table holds (Unit, Gender, ...)."""
    return next((found for found in clinical_tables() if found.domain == domain_id), None)


def arrow_schema(which: Table | str, version: Version = "5.4") -> pa.Schema:
    """The table's Arrow schema: int64, float64, string, date32, timestamp[us]; not null where the CDM requires a value.

    Empty when that version has no such table. Raises KeyError for an unknown name.
    """
    found = BY_NAME[which] if isinstance(which, str) else which
    if not found.names(version):
        return pa.schema([])
    named = ((column, column.name_in(version)) for column in found.columns)
    return pa.schema([pa.field(name, ARROW_TYPES[column.type], nullable=not column.required) for column, name in named if name])

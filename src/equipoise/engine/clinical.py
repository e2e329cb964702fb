"""The clinical tables whose records belong to code sets, and the columns that engines read of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from equipoise.omop.model import Table
from equipoise.omop.tables import clinical_tables


@dataclass(frozen=True, slots=True)
class ClinicalTable:
    """Columns by what they mean. A site may lack all but the person, the concept and the start; an absent column is null throughout."""

    name: str
    record_id: str
    concept: str
    source_concept: str
    start: str
    end: str | None
    value: str | None
    unit: str | None
    range_low: str | None = None
    range_high: str | None = None


def _read(table: Table) -> ClinicalTable:
    names = table.names()
    measured = "value_as_number" in names
    return ClinicalTable(
        name=table.name,
        record_id=table.id_column or "",
        concept=table.concept_column or "",
        source_concept=table.source_concept_column or "",
        start=table.date_column or "",
        end=table.end_date_column,
        value="value_as_number" if measured else None,
        unit="unit_concept_id" if measured and "unit_concept_id" in names else None,
        range_low="range_low" if "range_low" in names else None,
        range_high="range_high" if "range_high" in names else None,
    )


CLINICAL_TABLES = tuple(_read(table) for table in clinical_tables())
"""The order breaks ties between records of different tables. Eras and visit details stay out: they repeat these records."""

Domain: TypeAlias = Literal["conditions", "drugs", "procedures", "measurements", "observations", "devices"]
DOMAINS: dict[Domain, str] = {
    "conditions": "condition_occurrence",
    "drugs": "drug_exposure",
    "procedures": "procedure_occurrence",
    "measurements": "measurement",
    "observations": "observation",
    "devices": "device_exposure",
}
"""The clinical tables by what a study calls them."""

FEMALE, MALE = 8532, 8507
"""OMOP's standard gender concepts."""

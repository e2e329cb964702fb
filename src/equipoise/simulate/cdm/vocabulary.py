"""The vocabulary tables of a simulated CDM, the same at every hospital."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from equipoise.omop.tables import arrow_schema
from equipoise.simulate.cdm.codebook import Codebook, Concept, ancestors, codebook

VERSION = "Equipoise simulation v1"
FROM, UNTIL = date(1970, 1, 1), date(2099, 12, 31)
Row = tuple[object, ...]

RELATIONSHIPS: tuple[Row, ...] = (
    ("Maps to", "Non-standard to Standard map (OMOP)", "0", "0", "Mapped from", 0),
    ("Mapped from", "Standard to Non-standard map (OMOP)", "0", "0", "Maps to", 0),
    ("Is a", "Is a", "1", "1", "Subsumes", 0),
    ("Subsumes", "Subsumes", "1", "1", "Is a", 0),
)


def write_vocabulary(folder: Path, book: Codebook | None = None) -> tuple[Path, ...]:
    """Write the vocabulary tables as Parquet files into `folder`; returns them. book: the flagship's slice when left out."""
    return tuple(_write(folder, name, rows) for name, rows in vocabulary_rows(book or codebook()).items())


def vocabulary_rows(book: Codebook) -> dict[str, list[Row]]:
    """Rows of each vocabulary table in the column order of CDM 5.4."""
    concepts = book.concepts
    vocabularies = sorted({concept.vocabulary for concept in concepts})
    classes = sorted({concept.concept_class for concept in concepts})
    return {
        "concept": [_concept_row(concept) for concept in concepts],
        "concept_relationship": [row for concept in concepts for row in _relations(concept)],
        "concept_ancestor": list(ancestors(concepts)),
        "vocabulary": [(name, name, "", VERSION, 0) for name in ("None", *(name for name in vocabularies if name != "None"))],
        "domain": [(name, name, 0) for name in book.domains],
        "concept_class": [(name, name, 0) for name in classes],
        "relationship": list(RELATIONSHIPS),
        "concept_synonym": [],
        "drug_strength": [],
    }


def _concept_row(c: Concept) -> Row:
    return (c.concept_id, c.name, c.domain, c.vocabulary, c.concept_class, c.standard or None, c.code, FROM, UNTIL, None)


def _relations(concept: Concept) -> list[Row]:
    """`Maps to` and its reverse; a standard concept maps to itself."""
    target = concept.maps_to or (concept.concept_id if concept.standard == "S" else 0)
    pairs = [(concept.concept_id, target, "Maps to"), (target, concept.concept_id, "Mapped from")] if target else []
    pairs += [(concept.concept_id, parent, "Is a") for parent in concept.parents]
    pairs += [(parent, concept.concept_id, "Subsumes") for parent in concept.parents]
    return [(*pair, FROM, UNTIL, None) for pair in pairs]


def _write(folder: Path, name: str, rows: list[Row]) -> Path:
    schema = arrow_schema(name)
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(schema)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
    file = folder / f"{name}.parquet"
    pq.write_table(pa.Table.from_arrays(arrays, schema=schema), file)
    return file

"""The oracle for cohort definitions in Circe's language: plain Python over rows in memory, one definition and one person at a time.

It shares the model of a definition with the engines on databases and nothing else of how they find an answer.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from equipoise.cohort.circe.model import CohortExpression, ConceptSet
from equipoise.engine.circe.running import Found
from equipoise.engine.circe.statistics import MOST_RULES, Statistics, statistics_table
from equipoise.engine.reference.circe.attributes import People
from equipoise.engine.reference.circe.cohort import Person, persons_of
from equipoise.engine.reference.circe.concepts import Vocabulary
from equipoise.engine.reference.circe.filters import Sets
from equipoise.engine.reference.circe.groups import Around, Site
from equipoise.engine.reference.circe.rows import Cdm, open_cdm
from equipoise.engine.reference.circe.statistics import statistics_of


@dataclass(slots=True)
class Interpreter:
    """A site's CDM, opened for the reference. `sources`: the tables that are there."""

    cdm: Cdm
    site: Site
    vocabulary: Vocabulary
    sources: frozenset[str]
    _resolved: dict[ConceptSet, frozenset[int]] = field(default_factory=dict)

    def cohort(self, cohort_id: int, expression: CohortExpression, *, with_statistics: bool = False) -> Found:
        """The rows of one definition. Raises EQ-ENGINE-003, -004, and -101 to -103."""
        sets = Sets({one.id: self._concepts(one) for one in expression.concept_sets})
        persons = list(persons_of(expression, Around(self.site, sets)))
        found = statistics_of(cohort_id, expression, persons, MOST_RULES) if with_statistics else {}
        tables = {name: statistics_table(name, rows) for name, rows in found.items()}
        lacking = (f"no column {table}.{column}: a criterion that asks for it finds nothing" for table, column in self.site.people.lacking)
        return Found(_rows(cohort_id, persons), Statistics(tables) if with_statistics else None, tuple(lacking))

    def _concepts(self, concept_set: ConceptSet) -> frozenset[int]:
        if concept_set not in self._resolved:
            self._resolved[concept_set] = self.vocabulary.concepts_of(concept_set)
        return self._resolved[concept_set]

    def close(self) -> None:
        """Nothing is held open."""


def open_reference(folder: Path, site: str) -> Interpreter:
    """Open a folder of Parquet files. Raises EQ-ENGINE-001 and -003."""
    cdm = open_cdm(folder, site)
    return Interpreter(cdm, Site(People(cdm)), Vocabulary.of(cdm), frozenset(cdm.files))


def _rows(cohort_id: int, persons: list[Person]) -> pa.Table:
    rows = sorted((person.id, start, end) for person in persons for start, end in person.rows)
    columns = list(zip(*rows, strict=True)) or [(), (), ()]
    return pa.table(
        {
            "cohort_definition_id": pa.array([cohort_id] * len(rows), pa.int64()),
            "subject_id": pa.array(columns[0], pa.int64()),
            "cohort_start_date": pa.array(columns[1], pa.int32()).cast(pa.date32()),
            "cohort_end_date": pa.array(columns[2], pa.int32()).cast(pa.date32()),
        }
    )

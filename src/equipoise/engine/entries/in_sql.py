"""Cohort definitions in a study: their entries become records in the table `event`, beside those of the code sets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pyarrow as pa

from equipoise.engine.circe.generating import Generated, Request, generate
from equipoise.engine.clinical import CLINICAL_TABLES
from equipoise.engine.entries.rows import as_entries, definitions
from equipoise.engine.sql.statements import written
from equipoise.engine.sql.warehouse import Warehouse
from equipoise.kernel.errors import EquipoiseError
from equipoise.study.model import CodeSet

ENTRIES = "cohort_entry"
_BESIDE_RECORDS = f"""
INSERT INTO event
SELECT c.set_id, {len(CLINICAL_TABLES)} AS table_no, -c.record_id AS record, c.person_id, c.record_id, 0 AS concept_id,
    c.start_day, c.end_day, NULL AS value, NULL AS unit_concept_id, NULL AS range_low, NULL AS range_high
FROM {ENTRIES} AS c WHERE c.person_id IN (SELECT person_id FROM cdm_person)
"""
"""`record` is negative, so that it is no other record's."""


def add_entries(warehouse: Warehouse, code_sets: tuple[CodeSet, ...], for_cohorts: Callable[[], Warehouse]) -> tuple[str, ...]:
    """Run the definitions, all at once, on the database opened for them; sentences about what the CDM lacks.

    Raises what a definition fails with (`EQ-ENGINE-101` and on, `EQ-CIRCE-...`), each problem with the set's name as its place.
    """
    asked = [Request(number, expression) for number, expression in definitions(code_sets)]
    if not asked:
        return ()
    beside = for_cohorts()
    try:
        made = generate(beside, asked)
    finally:
        beside.close()
    _all_made(made, code_sets, warehouse.site)
    lend_entries(warehouse, made.rows)
    return made.notes


def lend_entries(warehouse: Warehouse, rows: pa.Table) -> None:
    """Put cohort rows, whose definition ids are numbers of sets, into the table `event`."""
    warehouse.lend(ENTRIES, as_entries(rows))
    warehouse.run(written(_BESIDE_RECORDS, warehouse.dialect))


def _all_made(made: Generated, code_sets: tuple[CodeSet, ...], site: str) -> None:
    problems = [
        replace(problem, where=replace(problem.where, path=f"cohorts.{code_sets[one.id].name}", site=site))
        for one in made.failed
        for problem in one.problems
    ]
    if problems:
        raise EquipoiseError(*problems)

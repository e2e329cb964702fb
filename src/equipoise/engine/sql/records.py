"""One pass over each clinical table: the records of all code sets, in the temporary table `event`. Then what each set found.

A record is a row of a clinical table of a person known to `person`, with a start date. Rows that repeat each other are so many records.
`record` numbers them: a row in two sets has one number.
"""

from __future__ import annotations

from equipoise.engine.clinical import CLINICAL_TABLES
from equipoise.engine.contract import CodeSetFound
from equipoise.engine.sql.statements import written
from equipoise.engine.sql.warehouse import Warehouse
from equipoise.study.model import Code, CodeSet

_COLUMNS = "person_id, record_id, COALESCE(concept_id, 0) AS concept_id, start_day, end_day, value, unit_concept_id, range_low, range_high"

_OF_ONE_TABLE = """
SELECT {number} AS table_no, {columns}, COALESCE(source_concept_id, 0) AS source_concept_id
FROM cdm_{table}
WHERE person_id IN (SELECT person_id FROM cdm_person) AND start_day IS NOT NULL
  AND (concept_id IN (SELECT concept_id FROM member WHERE role <> 'source')
    OR source_concept_id IN (SELECT concept_id FROM member WHERE role = 'source'))
"""

_EVENT = """
CREATE OR REPLACE TEMPORARY TABLE event AS
WITH hit AS MATERIALIZED (
    SELECT ROW_NUMBER() OVER () AS record, * FROM ({tables}) AS every_table
), belongs AS (
    SELECT m.set_id, h.record FROM hit AS h JOIN member AS m ON m.concept_id = h.concept_id
    WHERE m.role = 'concept' OR (m.role = 'unmapped' AND h.source_concept_id = 0)
    UNION
    SELECT m.set_id, h.record FROM hit AS h JOIN member AS m ON m.concept_id = h.source_concept_id
    WHERE m.role = 'source'
)
SELECT b.set_id, h.table_no, h.record, h.person_id, h.record_id, h.concept_id, h.start_day, h.end_day, h.value, h.unit_concept_id,
    h.range_low, h.range_high
FROM belongs AS b JOIN hit AS h ON h.record = b.record
"""

_FOUND = """
SELECT 'concepts' AS what, set_id AS id, COUNT(DISTINCT concept_id) AS n, CAST(0 AS BIGINT) AS persons
FROM member WHERE role <> 'unmapped' GROUP BY set_id
UNION ALL
SELECT 'records' AS what, set_id AS id, COUNT(*) AS n, COUNT(DISTINCT person_id) AS persons FROM event GROUP BY set_id
UNION ALL
SELECT 'missing' AS what, code_id AS id, CAST(0 AS BIGINT) AS n, CAST(0 AS BIGINT) AS persons
FROM code_list WHERE code_id NOT IN (SELECT code_id FROM base)
"""


def extract(warehouse: Warehouse) -> None:
    """Make the table `event` from the tables `member` and the clinical tables that the site has."""
    there = [(number, table.name) for number, table in enumerate(CLINICAL_TABLES) if table.name in warehouse.sources]
    named = there or [(0, CLINICAL_TABLES[0].name)]
    tables = " UNION ALL ".join(_OF_ONE_TABLE.format(number=number, table=name, columns=_COLUMNS) for number, name in named)
    warehouse.run(written(_EVENT.format(tables=tables), warehouse.dialect))


def found(warehouse: Warehouse, code_sets: tuple[CodeSet, ...]) -> tuple[CodeSetFound, ...]:
    """What each set found, in the order given."""
    rows = warehouse.ask(written(_FOUND, warehouse.dialect)).to_pylist()
    counts = {(row["what"], row["id"]): row for row in rows}
    numbered = [(set_id, code) for set_id, codes in enumerate(code_sets) for code in codes.codes]
    missing = [(set_id, code) for code_id, (set_id, code) in enumerate(numbered) if ("missing", code_id) in counts]

    def count(what: str, set_id: int, column: str) -> int:
        return int(counts[what, set_id][column]) if (what, set_id) in counts else 0

    return tuple(
        CodeSetFound(
            name=codes.name,
            concepts=count("concepts", set_id, "n"),
            records=count("records", set_id, "n"),
            persons=count("records", set_id, "persons"),
            missing_codes=tuple(_written(code) for of_set, code in missing if of_set == set_id),
        )
        for set_id, codes in enumerate(code_sets)
    )


def _written(code: Code) -> str:
    return f"{code.vocabulary}:{code.code or code.concept_id or ''}"

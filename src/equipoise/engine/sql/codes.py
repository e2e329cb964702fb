"""From code sets to the concepts of this site: one statement for the codes, one for the concepts by which records belong to a set.

`base`: the concepts that a code names. By vocabulary and code (`prefix`: codes that begin so, dots ignored); where that finds none, by the
concept id of the code list, if the site's vocabulary tables know it. Concept 0 names nothing.

`member`: set, concept and how a record belongs. `source`: by its source concept. `concept`: by its concept. `unmapped`: by its concept
when it has no source concept. Sets of descendants take the standard concepts of the base (through `Maps to` for a base concept that is not
standard, itself when nothing maps) and all their descendants, whether or not `concept` holds them.
"""

from __future__ import annotations

import pyarrow as pa

from equipoise.engine.sql.statements import written
from equipoise.engine.sql.warehouse import Warehouse
from equipoise.study.model import Code, CodeSet

CODE_LIST = "code_list"

_BASE = """
CREATE OR REPLACE TEMPORARY TABLE base AS
WITH known AS (
    SELECT concept_id, vocabulary_id, concept_code, REPLACE(concept_code, '.', '') AS dotless
    FROM cdm_concept
    WHERE concept_id <> 0 AND vocabulary_id IN (SELECT vocabulary FROM code_list)
), by_code AS (
    SELECT c.code_id, k.concept_id FROM code_list AS c
    JOIN known AS k ON k.vocabulary_id = c.vocabulary AND k.concept_code = c.code
    WHERE c.rule <> 'prefix' AND c.code <> ''
    UNION ALL
    SELECT c.code_id, k.concept_id FROM code_list AS c
    JOIN known AS k ON k.vocabulary_id = c.vocabulary AND LEFT(k.dotless, {stem}) = c.stem AND STARTS_WITH(k.dotless, c.dotless)
    WHERE c.rule = 'prefix' AND c.dotless <> ''
), hinted AS (
    SELECT code_id, hint FROM code_list WHERE hint <> 0 AND code_id NOT IN (SELECT code_id FROM by_code)
), by_hint AS (
    SELECT code_id, hint AS concept_id FROM hinted
    WHERE hint IN (SELECT concept_id FROM cdm_concept)
       OR hint IN (SELECT ancestor_concept_id FROM cdm_concept_ancestor WHERE ancestor_concept_id IN (SELECT hint FROM hinted))
       OR hint IN (SELECT descendant_concept_id FROM cdm_concept_ancestor WHERE descendant_concept_id IN (SELECT hint FROM hinted))
)
SELECT DISTINCT c.code_id, c.set_id, c.rule, f.concept_id
FROM (SELECT code_id, concept_id FROM by_code UNION ALL SELECT code_id, concept_id FROM by_hint) AS f
JOIN code_list AS c ON c.code_id = f.code_id
"""

_MEMBER = """
CREATE OR REPLACE TEMPORARY TABLE member AS
WITH mapped AS (
    SELECT concept_id_1 AS concept_id, concept_id_2 AS target FROM cdm_concept_relationship
    WHERE relationship_id = 'Maps to' AND COALESCE(invalid_reason, '') = '' AND concept_id_2 <> 0
      AND concept_id_1 IN (SELECT concept_id FROM base)
), standard AS (
    SELECT concept_id FROM cdm_concept WHERE standard_concept = 'S' AND concept_id IN (SELECT concept_id FROM base)
), top AS (
    SELECT DISTINCT b.set_id,
        CASE WHEN s.concept_id IS NOT NULL THEN b.concept_id ELSE COALESCE(m.target, b.concept_id) END AS concept_id
    FROM base AS b
    LEFT JOIN standard AS s ON s.concept_id = b.concept_id
    LEFT JOIN mapped AS m ON m.concept_id = b.concept_id
    WHERE b.rule = 'omop_descendants'
)
SELECT set_id, concept_id, 'source' AS role FROM base
UNION
SELECT set_id, concept_id, 'concept' AS role FROM base WHERE rule <> 'omop_descendants'
UNION
SELECT set_id, concept_id, 'concept' AS role FROM top
UNION
SELECT t.set_id, a.descendant_concept_id AS concept_id, 'concept' AS role
FROM top AS t JOIN cdm_concept_ancestor AS a ON a.ancestor_concept_id = t.concept_id
WHERE a.descendant_concept_id <> 0
UNION
SELECT b.set_id, m.target AS concept_id, 'unmapped' AS role
FROM base AS b JOIN mapped AS m ON m.concept_id = b.concept_id
WHERE b.rule <> 'omop_descendants'
"""


def resolve(warehouse: Warehouse, code_sets: tuple[CodeSet, ...]) -> None:
    """Make the tables `base` and `member` for the sets, numbered in the order given."""
    stem = _stem_length(code_sets)
    warehouse.lend(CODE_LIST, _code_list(code_sets, stem))
    warehouse.run(written(_BASE.format(stem=stem), warehouse.dialect), written(_MEMBER, warehouse.dialect))


def _dotless(code: str) -> str:
    return code.replace(".", "")


def _stem_length(code_sets: tuple[CodeSet, ...]) -> int:
    """Length that all prefixes have at least: codes are joined on so many letters before they are compared."""
    lengths = [len(_dotless(code.code)) for codes in code_sets for code in codes.codes if code.match == "prefix"]
    return min((length for length in lengths if length), default=1)


def _code_list(code_sets: tuple[CodeSet, ...], stem: int) -> pa.Table:
    rows = [_row(set_id, code, stem) for set_id, codes in enumerate(code_sets) for code in codes.codes]
    columns = list(zip(*rows, strict=True)) or [()] * len(_CODE_COLUMNS)
    arrays = [pa.array(column, type=kind) for column, kind in zip(columns, _CODE_COLUMNS.values(), strict=True)]
    table = pa.table(dict(zip(_CODE_COLUMNS, arrays, strict=True)))
    return table.append_column("code_id", pa.array(range(len(rows)), type=pa.int32()))


_CODE_COLUMNS = {
    "set_id": pa.int32(),
    "vocabulary": pa.string(),
    "code": pa.string(),
    "dotless": pa.string(),
    "stem": pa.string(),
    "rule": pa.string(),
    "hint": pa.int64(),
}


def _row(set_id: int, code: Code, stem: int) -> tuple[int, str, str, str, str, str, int]:
    dotless = _dotless(code.code)
    return set_id, code.vocabulary, code.code, dotless, dotless[:stem], code.match, code.concept_id or 0

"""What else is asked about indexed persons, each one statement over the lent table `asked` (person_id, index_day, index_date)."""

from __future__ import annotations

from functools import lru_cache

from sqlglot import exp

from equipoise.cohort.meaning import meaning
from equipoise.engine.clinical import CLINICAL_TABLES, FEMALE, MALE
from equipoise.engine.prepared import PreparedSets
from equipoise.engine.sql.truths import judged
from equipoise.study.model import Criterion, Window

ASKED, REQUESTED = "asked", "requested"
WINDOWS, LEFT_OUT, NAMED = "recorded_window", "left_out_set", "named_concept"


@lru_cache(maxsize=256)
def criteria_text(criteria: tuple[Criterion, ...], prepared: PreparedSets, dialect: str) -> str:
    """`criteria_query`, written once for all sites that were prepared alike."""
    return criteria_query(criteria, prepared).sql(dialect=dialect)


def criteria_query(criteria: tuple[Criterion, ...], prepared: PreparedSets) -> exp.Expr:
    """person_id and a boolean column a criterion."""
    names = [f"c{place}" for place in range(len(criteria))]
    inner = judged([meaning(criterion) for criterion in criteria], names, prepared)
    query = exp.select("person_id", *names).from_("judged").order_by("person_id")
    return query.with_("index_person", as_=exp.select("*").from_(ASKED)).with_("judged", as_=inner)


EVENTS = f"""
SELECT r.request_no, e.set_id, e.person_id, CAST(e.start_day - i.index_day AS INT) AS day, CAST(e.end_day - i.index_day AS INT) AS end_day,
    e.concept_id, e.value, e.unit_concept_id, e.record_id, e.range_low, e.range_high
FROM {ASKED} AS i
JOIN event AS e ON e.person_id = i.person_id
JOIN {REQUESTED} AS r ON r.set_id = e.set_id
WHERE (r.first_day IS NULL OR e.start_day - i.index_day >= r.first_day) AND (r.last_day IS NULL OR e.start_day - i.index_day <= r.last_day)
ORDER BY r.request_no, e.person_id, day, e.record_id, e.set_id, e.table_no, e.concept_id, end_day, e.value, e.unit_concept_id,
    e.range_low, e.range_high
"""
"""`requested`: request_no (in the order of names), set_id, first_day, last_day. Ties are broken by set, table and the rest of the row."""

_RECORDED = """
SELECT DISTINCT {number} AS domain_no, w.window_no, e.concept_id, e.person_id
FROM asked AS i
JOIN cdm_{table} AS e ON e.person_id = i.person_id
JOIN recorded_window AS w
  ON (w.first_day IS NULL OR e.start_day - i.index_day >= w.first_day) AND (w.last_day IS NULL OR e.start_day - i.index_day <= w.last_day)
WHERE e.start_day IS NOT NULL AND e.concept_id <> 0 AND e.person_id IN (SELECT person_id FROM cdm_person)
  AND e.concept_id NOT IN (SELECT concept_id FROM left_out)
  AND COALESCE(e.source_concept_id, 0) NOT IN (SELECT concept_id FROM left_out)
"""

_RECORDED_IN_ALL = """
WITH named AS (
    SELECT m.concept_id FROM member AS m JOIN left_out_set AS s ON s.set_id = m.set_id
), left_out AS (
    SELECT concept_id FROM named
    UNION
    SELECT descendant_concept_id AS concept_id FROM cdm_concept_ancestor
    WHERE ancestor_concept_id IN (SELECT concept_id FROM named) AND descendant_concept_id <> 0
)
SELECT * FROM ({domains}) AS every_domain ORDER BY domain_no, window_no, concept_id, person_id
"""


def recorded_query(tables: tuple[str, ...], tables_there: frozenset[str]) -> str | None:
    """Concepts recorded in `recorded_window` (window_no, first_day, last_day), but those of the sets in `left_out_set` (set_id); domains
    are numbered as the tables are given. None when the site has none of the tables."""
    there = [_RECORDED.format(number=number, table=name) for number, name in enumerate(tables) if name in tables_there]
    return _RECORDED_IN_ALL.format(domains=" UNION ALL ".join(there)) if there else None


NAMES = """
SELECT concept_id, MIN(concept_name) AS name FROM cdm_concept
WHERE concept_id IN (SELECT concept_id FROM named_concept) GROUP BY concept_id ORDER BY concept_id
"""

PERSONS = f"""
SELECT b.person_id, b.birth_date, CASE b.gender_concept_id WHEN {FEMALE} THEN 'female' WHEN {MALE} THEN 'male' END AS sex,
    b.race_concept_id, b.ethnicity_concept_id
FROM cdm_person_born AS b WHERE b.person_id IN (SELECT person_id FROM {ASKED}) ORDER BY b.person_id
"""

_LAST_RECORD = """
SELECT person_id, MAX(CASE WHEN end_day > start_day THEN end_day ELSE start_day END) AS day
FROM cdm_{table} WHERE start_day IS NOT NULL AND person_id IN (SELECT person_id FROM asked) GROUP BY person_id
"""

_FOLLOW_UP = """
WITH died AS (
    SELECT person_id, MIN(death_date) AS death_date FROM cdm_death WHERE person_id IN (SELECT person_id FROM asked) GROUP BY person_id
), seen AS (
    SELECT person_id, MAX(day) AS day FROM ({tables}) AS every_table GROUP BY person_id
), held AS (
    SELECT i.person_id, MIN(p.observation_period_start_date) AS first_date, MAX(p.observation_period_end_date) AS last_date
    FROM asked AS i JOIN cdm_observation_period AS p ON p.person_id = i.person_id
     AND p.observation_period_start_date <= i.index_date AND p.observation_period_end_date >= i.index_date
    GROUP BY i.person_id
)
SELECT i.person_id, d.death_date, CAST(s.day AS INT) AS last_record_day, h.first_date AS observation_start, h.last_date AS observation_end
FROM asked AS i
LEFT JOIN died AS d ON d.person_id = i.person_id
LEFT JOIN seen AS s ON s.person_id = i.person_id
LEFT JOIN held AS h ON h.person_id = i.person_id
ORDER BY i.person_id
"""


def follow_up_query(tables_there: frozenset[str]) -> str:
    """Deaths, last records and observation periods; clinical tables that the site lacks are not looked at."""
    there = [table.name for table in CLINICAL_TABLES if table.name in tables_there] or [CLINICAL_TABLES[0].name]
    return _FOLLOW_UP.format(tables=" UNION ALL ".join(_LAST_RECORD.format(table=name) for name in there))


_SOURCE_CODES = """
WITH seen AS (
    SELECT DISTINCT c.person_id, c.concept_id, COALESCE(c.source_concept_id, 0) AS source_concept_id
    FROM asked AS i JOIN cdm_condition_occurrence AS c ON c.person_id = i.person_id
    WHERE {window}
), mapped AS (
    SELECT concept_id_1 AS source_concept_id, concept_id_2 AS concept_id FROM cdm_concept_relationship
    WHERE relationship_id = 'Maps to' AND COALESCE(invalid_reason, '') = ''
      AND concept_id_2 IN (SELECT concept_id FROM seen WHERE source_concept_id = 0 AND concept_id <> 0)
), named AS (
    SELECT person_id, source_concept_id, FALSE AS through_map FROM seen WHERE source_concept_id <> 0
    UNION
    SELECT s.person_id, m.source_concept_id, TRUE AS through_map FROM seen AS s JOIN mapped AS m ON m.concept_id = s.concept_id
    WHERE s.source_concept_id = 0
)
SELECT DISTINCT n.person_id, k.vocabulary_id AS vocabulary, REPLACE(k.concept_code, '.', '') AS code
FROM named AS n JOIN cdm_concept AS k ON k.concept_id = n.source_concept_id
WHERE (NOT n.through_map OR STARTS_WITH(k.vocabulary_id, 'ICD')) AND k.vocabulary_id IS NOT NULL AND k.concept_code IS NOT NULL
ORDER BY n.person_id, vocabulary, code
"""


def source_codes_query(window: Window) -> str:
    """Distinct condition codes in the window, through the source concept, else through the ICD concepts that map to the concept."""
    bounds = [f"c.start_day - i.index_day >= {window.start:d}"] if window.start is not None else []
    bounds += [f"c.start_day - i.index_day <= {window.end:d}"] if window.end is not None else []
    return _SOURCE_CODES.format(window=" AND ".join(["c.start_day IS NOT NULL", *bounds]))

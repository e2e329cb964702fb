"""Concept sets resolved in the site's vocabulary, all sets of a batch at once.

A line brings its concept, if `concept` holds it; with descendants also those in `concept_ancestor` that are valid; with mapped also the
concepts that map to any of these. What excluded lines bring is taken away. Lists of concepts are taken as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

LINES, LISTED, SETS = "eq_set_lines", "eq_set_listed", "eq_codesets"


@dataclass(frozen=True, slots=True)
class Asked:
    """What any line of the batch asks for; what none asks for is not looked up."""

    descendants: bool
    mapped: bool
    excluded: bool
    listed: bool


def codesets(asked: Asked, tables: Mapping[str, str]) -> str:
    """`set_id`, `concept_id`, each pair once. `tables`: the vocabulary's tables that there are, as relations."""
    lists = f"SELECT set_id, concept_id FROM {LISTED} AS t"
    if "concept" not in tables:
        return lists
    parts = [f"direct AS ({_direct(asked, tables)})"]
    brought = "direct"
    if asked.mapped and "concept_relationship" in tables:
        parts.append(f"brought AS ({_MAPPED.format(relationship=tables['concept_relationship'])})")
        brought = "brought"
    kept = f"SELECT DISTINCT set_id, concept_id FROM {brought} AS b"
    if asked.excluded:
        kept = f"{kept} WHERE NOT excluded EXCEPT SELECT set_id, concept_id FROM {brought} AS b WHERE excluded"
    also = f"\nUNION ALL {lists}" if asked.listed else ""
    return f"WITH {', '.join(parts)}, kept AS ({kept})\nSELECT set_id, concept_id FROM kept AS k{also}"


def _direct(asked: Asked, tables: Mapping[str, str]) -> str:
    flags = "l.set_id, l.excluded, l.mapped"
    if not asked.descendants or "concept_ancestor" not in tables:
        return f"SELECT {flags}, c.concept_id FROM {LINES} AS l JOIN {tables['concept']} AS c ON c.concept_id = l.concept_id"
    return f"""
SELECT l.set_id, l.excluded, l.mapped, c.concept_id
FROM (
    SELECT {flags}, l.concept_id, 1 AS itself FROM {LINES} AS l
    UNION ALL
    SELECT {flags}, a.descendant_concept_id AS concept_id, 0 AS itself
    FROM {LINES} AS l JOIN {tables["concept_ancestor"]} AS a ON a.ancestor_concept_id = l.concept_id
    WHERE l.descendants
) AS l JOIN {tables["concept"]} AS c ON c.concept_id = l.concept_id
WHERE l.itself = 1 OR c.invalid_reason IS NULL"""


_MAPPED = """
SELECT set_id, excluded, concept_id FROM direct AS d
UNION
SELECT d.set_id, d.excluded, r.concept_id_1 AS concept_id
FROM direct AS d JOIN {relationship} AS r ON r.concept_id_2 = d.concept_id
WHERE d.mapped AND r.relationship_id = 'Maps to' AND r.invalid_reason IS NULL"""

"""Concept sets resolved in the site's vocabulary, all sets of a batch at once.

A line brings its concept, if `concept` holds it; with descendants also those in `concept_ancestor` that are valid; with mapped also the
concepts that map to any of these. What excluded lines bring is taken away. Lists of concepts are taken as they are.
"""

from __future__ import annotations

LINES, LISTED, SETS = "set_lines", "set_listed", "codesets"


def codesets(*, mapped: bool, excluded: bool, vocabulary: frozenset[str]) -> str:
    """`set_id`, `concept_id`, each pair once. `mapped`, `excluded`: whether any line asks for it; `vocabulary`: the tables there are."""
    if "concept" not in vocabulary:
        return f"SELECT set_id, concept_id FROM {LISTED}"
    parts = [f"direct AS ({_direct('concept_ancestor' in vocabulary)})"]
    brought = "direct"
    if mapped and "concept_relationship" in vocabulary:
        parts.append(f"brought AS ({_MAPPED})")
        brought = "brought"
    kept = f"SELECT DISTINCT set_id, concept_id FROM {brought} WHERE NOT excluded"
    if excluded:
        kept = f"{kept} EXCEPT SELECT set_id, concept_id FROM {brought} WHERE excluded"
    return f"WITH {', '.join(parts)}, kept AS ({kept})\nSELECT set_id, concept_id FROM kept UNION ALL SELECT set_id, concept_id FROM {LISTED}"


def _direct(with_descendants: bool) -> str:
    itself = f"""
SELECT l.set_id, l.excluded, l.mapped, c.concept_id FROM {LINES} AS l JOIN cdm_concept AS c ON c.concept_id = l.concept_id"""
    if not with_descendants:
        return itself
    return f"""{itself}
UNION
SELECT l.set_id, l.excluded, l.mapped, c.concept_id
FROM {LINES} AS l JOIN cdm_concept_ancestor AS a ON a.ancestor_concept_id = l.concept_id
JOIN cdm_concept AS c ON c.concept_id = a.descendant_concept_id
WHERE l.descendants AND c.invalid_reason IS NULL"""


_MAPPED = """
SELECT set_id, excluded, concept_id FROM direct
UNION
SELECT d.set_id, d.excluded, r.concept_id_1 AS concept_id
FROM direct AS d JOIN cdm_concept_relationship AS r ON r.concept_id_2 = d.concept_id
WHERE d.mapped AND r.relationship_id = 'Maps to' AND r.invalid_reason IS NULL"""

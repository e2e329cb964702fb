"""Which concepts a set holds."""

from __future__ import annotations

import pytest

from equipoise.cohort.circe.model import ConceptSet, ConditionOccurrence

VOCABULARY = """
    concept
    concept_id | invalid_reason
    1          |
    2          |
    3          |
    4          | D
    5          |

    concept_ancestor
    ancestor_concept_id | descendant_concept_id
    1                   | 1
    1                   | 2
    1                   | 3
    1                   | 4
    1                   | 6
    2                   | 2
    2                   | 3

    concept_relationship
    concept_id_1 | concept_id_2 | relationship_id | invalid_reason
    5            | 3            | Maps to         |
    6            | 1            | Maps to         |
    7            | 1            | Maps to         | D
    8            | 1            | Is a            |

    condition_occurrence
    id | person | concept | start
    1  | 1      | 1       | 0
    2  | 2      | 2       | 0
    3  | 3      | 3       | 0
    4  | 4      | 4       | 0
    5  | 5      | 5       | 0
    6  | 6      | 6       | 0
    7  | 7      | 7       | 0
    8  | 8      | 8       | 0
"""
"""A record of concept n is person n's. Concept 6 is not in `concept`, concept 4 is not valid."""


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([(1, "")], {1}),
        ([(4, "")], {4}),
        ([(6, "")], set()),
        ([(1, "d")], {1, 2, 3}),
        ([(1, "m")], {1, 6}),
        ([(1, "dm")], {1, 2, 3, 5, 6}),
        ([(1, "d"), (2, "x")], {1, 3}),
        ([(1, "d"), (2, "xd")], {1}),
        ([(1, "dm"), (3, "xm")], {1, 2, 6}),
        ([(1, "dm"), (3, "x")], {1, 2, 5, 6}),
        ([(2, "x")], set()),
        ([], set()),
    ],
)
def test_descendants_mapped_and_excluded(cohort, say, lines, expected):
    flags = {"d": "include_descendants", "m": "include_mapped", "x": "is_excluded"}
    items = tuple(say.item(concept, **{flags[letter]: True for letter in letters}) for concept, letters in lines)
    wanted = ConceptSet(id=9, items=items)
    rows = cohort(VOCABULARY, say.define(ConditionOccurrence(codeset_id=9), sets=(wanted,)))
    assert {row[0] for row in rows} == expected


def test_sets_of_two_definitions_do_not_meet(run, say):
    one, two = (ConceptSet(id=9, items=(say.item(concept),)) for concept in (1, 2))
    found = run(VOCABULARY, *(say.define(ConditionOccurrence(codeset_id=9), sets=(each,)) for each in (one, two)))
    assert [(row["cohort_definition_id"], row["subject_id"]) for row in found.rows.to_pylist()] == [(1, 1), (2, 2)]


def test_standard_and_source_concepts_must_both_fit(cohort, say):
    tables = """
        condition_occurrence
        id | person | concept | source | start
        1  | 1      | A       | B      | 0
        2  | 2      | A       | A      | 0
        3  | 3      | B       | B      | 0
    """
    rows = cohort(tables, say.define(ConditionOccurrence(codeset_id=1, condition_source_concept=2)))
    assert [row[0] for row in rows] == [1]

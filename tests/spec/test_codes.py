"""How a code finds concepts in the site's own vocabulary, and which records belong to the set then."""

from __future__ import annotations

import pytest

from equipoise.engine.contract import EventRequest
from equipoise.study.model import Code, CodeSet, Window

VOCABULARY = """
    concept
    concept_id | vocabulary_id | concept_code | standard_concept
    1          | ICD10CM       | C50          |
    2          | ICD10CM       | C50.1        |
    3          | ICD10CM       | C501         |
    4          | ICD10CM       | C5           |
    5          | ICD9CM        | C50.1        |
    10         | SNOMED        | 100          | S
    11         | SNOMED        | 110          | S
    12         | SNOMED        | 120          |
    20         | ATC           | L01          | C
    30         | SNOMED        | 300          | S

    concept_relationship
    concept_id_1 | concept_id_2 | relationship_id | invalid_reason
    1            | 10           | Maps to         |
    2            | 11           | Maps to         |
    2            | 30           | Maps to         | D
    4            | 30           | Is a            |
    10           | 10           | Maps to         |
    12           | 10           | Maps to         |

    concept_ancestor
    ancestor_concept_id | descendant_concept_id
    10                  | 11
    10                  | 99
    20                  | 21
    77                  | 78
"""
RECORDS = (
    VOCABULARY
    + """
    condition_occurrence
    person | concept | source
    1      | 10      | 1
    2      | 11      | 2
    3      | 10      | 0
    4      | 10      |
    5      | 10      | 888
    6      | 1       | 888
    7      | 99      | 0
    8      | 12      | 0
    9      | 0       | 12
    10     | 0       | 0
    11     | 21      | 0
    12     | 30      | 0
    13     | 78      | 0
    14     | 20      | 0
    15     | 0       | 5
    16     | 77      | 0
"""
)


def code(vocabulary: str, written: str, match: str, hint: int | None = None) -> tuple[CodeSet, ...]:
    return (CodeSet(name="s", codes=(Code(vocabulary=vocabulary, code=written, match=match, concept_id=hint),)),)


def dated(text: str) -> str:
    """Every record on day 0."""
    head, tail = text.split("person | concept | source")
    return head + "person | concept | source | start" + "\n".join(f"{line} | 0" if "|" in line else line for line in tail.splitlines())


def members(here) -> set[int]:
    return set(here.engine.events(here.index(), (EventRequest("r", ("s",), Window()),))["person_id"].to_pylist())


@pytest.mark.parametrize(
    ("codes", "persons"),
    [
        pytest.param(code("ICD10CM", "C50", "exact"), {1, 3, 4, 6}, id="exact: source, or concept, or mapped when there is no source"),
        pytest.param(code("ICD10CM", "C50.1", "exact"), {2}, id="exact keeps the dot, and invalid mappings do not count"),
        pytest.param(code("ICD10CM", "C501", "exact"), set(), id="exact without the dot is another code"),
        pytest.param(code("ICD10CM", "C50", "prefix"), {1, 2, 3, 4, 6}, id="prefix takes longer codes, not shorter ones"),
        pytest.param(code("ICD10CM", "C50.1", "prefix"), {2}, id="prefix ignores dots in both"),
        pytest.param(code("ICD9CM", "C50", "prefix"), {15}, id="prefix stays in its vocabulary"),
        pytest.param(code("SNOMED", "100", "omop_descendants"), {1, 2, 3, 4, 5, 7}, id="descendants, those missing from concept included"),
        pytest.param(
            code("SNOMED", "120", "omop_descendants"), {1, 2, 3, 4, 5, 7, 9}, id="descendants of what a non-standard concept maps to"
        ),
        pytest.param(
            code("ICD10CM", "C50", "omop_descendants"), {1, 2, 3, 4, 5, 7}, id="a non-standard concept itself does not stand in for it"
        ),
        pytest.param(code("ATC", "L01", "omop_descendants"), {11, 14}, id="a classification nothing maps from stands for itself"),
        pytest.param(code("SNOMED", "", "omop_descendants", 10), {1, 2, 3, 4, 5, 7}, id="hint for an empty code"),
        pytest.param(code("SNOMED", "nix", "exact", 11), {2}, id="hint for a code not held"),
        pytest.param(code("SNOMED", "100", "exact", 11), {1, 3, 4, 5}, id="no hint when the code is held"),
        pytest.param(code("SNOMED", "", "omop_descendants", 77), {13, 16}, id="hint known as an ancestor only"),
        pytest.param(code("SNOMED", "", "exact", 78), {13}, id="hint known as a descendant only"),
        pytest.param(code("SNOMED", "", "omop_descendants", 555), set(), id="hint unknown to the site"),
        pytest.param(code("SNOMED", "", "prefix"), set(), id="an empty prefix is not every code"),
        pytest.param(code("SNOMED", "", "exact", 0), set(), id="concept 0 names nothing"),
    ],
)
def test_which_records_belong(site, codes, persons):
    assert members(site(dated(RECORDS), codes)) == persons


def test_what_a_set_found_is_reported(site):
    sets = (
        CodeSet(
            name="s",
            codes=(
                Code(vocabulary="SNOMED", code="100", match="omop_descendants"),
                Code(vocabulary="ICD10CM", code="Z99", match="prefix"),
                Code(vocabulary="SNOMED", code="", match="exact", concept_id=555),
            ),
        ),
        CodeSet(name="none", codes=()),
    )
    here = site(dated(RECORDS), sets)
    first, second = here.found
    assert (first.name, first.concepts, first.records, first.persons) == ("s", 3, 6, 6)
    assert first.missing_codes == ("ICD10CM:Z99", "SNOMED:555")
    assert (second.name, second.concepts, second.records, second.persons, second.missing_codes) == ("none", 0, 0, 0, ())


def test_a_record_named_twice_comes_once(site):
    both = (
        CodeSet(
            name="s",
            codes=(Code(vocabulary="ICD10CM", code="C50", match="exact"), Code(vocabulary="SNOMED", code="100", match="omop_descendants")),
        ),
    )
    here = site(dated(RECORDS), both)
    assert here.found[0].records == len(members(here)) == 7


def test_sets_prepared_again_replace_those_before(site):
    here = site(dated(RECORDS), code("ICD9CM", "C50", "prefix"))
    assert members(here) == {15}
    here.engine.prepare(code("ICD10CM", "C50", "exact"))
    assert members(here) == {1, 3, 4, 6}

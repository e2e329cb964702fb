"""Sets that are cohort definitions (Circe): their entries are what records are to a code set, on every engine."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from equipoise.engine.contract import EventRequest
from equipoise.kernel.errors import EquipoiseError
from equipoise.study.model import Code, CodeSet, EventCriterion, Index, Not, Window

CDM = """
drug_exposure
person | concept | start | end
1      | A       | 0     | 9
1      | A       | 20    | 29
1      | A       | 100   | 109
2      | A       | 5     | 14
2      | B       | 6     | 6
3      | B       | 7     | 7
4      | A       | 8     | 8

observation_period
person | observation_period_start_date | observation_period_end_date
1      | -500                          | 500
2      | -500                          | 12
3      | -500                          | 500
"""
"""Person 4 is in no observation period: no definition finds them, a code set does."""


def definition(concept: int, **changed: Any) -> str:
    """Courses of one drug: exposures at most 30 days apart are one entry; each ends with its supply or with observation."""
    concept_set = {"items": [{"concept": {"CONCEPT_ID": concept}, "includeDescendants": False}]}
    whole = {
        "ConceptSets": [{"id": 0, "name": "drug", "expression": concept_set}],
        "PrimaryCriteria": {
            "CriteriaList": [{"DrugExposure": {"CodesetId": 0}}],
            "ObservationWindow": {"PriorDays": 0, "PostDays": 0},
            "PrimaryCriteriaLimit": {"Type": "All"},
        },
        "QualifiedLimit": {"Type": "All"},
        "ExpressionLimit": {"Type": "All"},
        "InclusionRules": [],
        "EndStrategy": {"DateOffset": {"DateField": "EndDate", "Offset": 0}},
        "CensoringCriteria": [],
        "CollapseSettings": {"CollapseType": "ERA", "EraPad": 30},
        "CensorWindow": {},
    }
    return json.dumps(whole | changed)


def sets(**definitions: str) -> tuple[CodeSet, ...]:
    return tuple(CodeSet(name=name, codes=(), circe=text) for name, text in sorted(definitions.items()))


LISTED = tuple(CodeSet(name=one.lower(), codes=(Code(vocabulary="Test", code=one, match="exact"),)) for one in "AB")


@pytest.fixture
def here(site: Callable[..., Any]) -> Any:
    return site(CDM, sets(a=definition(101), b=definition(102)))


def test_a_set_finds_the_entries_of_its_definition(here: Any) -> None:
    assert [(one.name, one.concepts, one.records, one.persons, one.missing_codes) for one in here.found] == [
        ("a", 0, 3, 2, ()),
        ("b", 0, 2, 2, ()),
    ]


def test_the_first_entry_is_the_index_and_the_definition_decides_the_arm(here: Any) -> None:
    assert here.indexed() == {1: (0, 1), 2: (5, 1), 3: (7, 0)}


def test_entries_that_the_definition_joins_count_once(here: Any) -> None:
    assert here.indexed(index=Index(sets=("a",), nth=2)) == {1: (100, 1)}


def test_a_criterion_counts_entries_in_its_window(here: Any) -> None:
    before, twice = EventCriterion(sets=("b",), window=Window(start=0, end=1)), EventCriterion(sets=("a",), window=Window(), at_least=2)
    assert here.holds(before, 5) == {1: False, 2: True, 3: False, 4: False}
    assert here.holds(twice) == {1: True, 2: False, 3: False, 4: False}
    assert here.indexed(Not(criterion=twice)) == {2: (5, 1), 3: (7, 0)}


def test_events_begin_and_end_with_the_entries_and_have_no_value(here: Any) -> None:
    found = here.engine.events(here.index(), (EventRequest("r", ("a", "b"), Window(start=0, end=50)),)).to_pylist()
    assert [(row["person_id"], row["set"], row["day"], row["end_day"]) for row in found] == [
        (1, "a", 0, 29),
        (2, "a", 5, 12),
        (2, "b", 6, 6),
        (3, "b", 7, 7),
    ]
    assert {(row["concept_id"], row["value"], row["unit_concept_id"]) for row in found} == {(0, None, None)}


def test_entries_and_records_of_code_sets_stand_side_by_side(site: Callable[..., Any]) -> None:
    here = site(CDM, (*sets(course=definition(101)), *LISTED))
    either = EventCriterion(sets=("course", "a"), window=Window(), at_least=5)
    assert here.holds(either) == {1: True, 2: False, 3: False, 4: False}, "2 entries and 3 records"
    assert here.indexed(index=Index(sets=("course", "b")), arms=("course", "b")) == {1: (0, 1), 2: (5, 1), 3: (7, 0)}


def test_entries_are_no_records_of_the_person(here: Any) -> None:
    """An entry that ends with observation, long after the last record, is no later record."""
    last = here.engine.follow_up(here.index()).to_pylist()
    assert (last[2]["last_record_date"] - here.index()["index_date"][0].as_py()).days == 7


def test_a_definition_that_was_altered_on_its_way_is_refused(site: Callable[..., Any]) -> None:
    no_count = {"Type": "AT_LEAST", "CriteriaList": [], "DemographicCriteriaList": [{"Age": {"Op": "gt", "Value": 1}}], "Groups": []}
    with pytest.raises(EquipoiseError) as refused:
        site(CDM, sets(broken=definition(101, AdditionalCriteria=no_count)))
    assert [one.kind.code for one in refused.value.problems] == ["EQ-CIRCE-004"]

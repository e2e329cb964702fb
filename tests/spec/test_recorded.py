"""Every concept recorded around the index: windows, domains, and sets that stay out with their descendants."""

from __future__ import annotations

import pytest

from equipoise.engine.contract import RecordedRequest
from equipoise.engine.shapes import NAME_COLUMNS, RECORDED_COLUMNS
from equipoise.kernel.errors import EquipoiseError
from equipoise.study.model import Window
from equipoise.table.recorded.matrix import recorded_covariates

RECORDS = """
    condition_occurrence
    person | id | concept | start
    1      | 1  | A       | -400
    1      | 2  | A       | -10
    1      | 3  | A       | -10
    1      | 4  | B       | -1
    2      | 5  | A       | 0
    2      | 6  | 0       | -5
    2      | 7  | A       |
    3      | 8  | B       | -365

    drug_exposure
    person | id | concept | source | start
    1      | 1  | C       |        | -30
    2      | 2  | D       |        | -30
    3      | 3  | E       | C      | -2
    3      | 4  | F       |        | -366

    concept_ancestor
    ancestor_concept_id | descendant_concept_id
    103                 | 104
"""
WINDOWS = (Window(end=-1), Window(start=-365, end=-1), Window(start=-30, end=0))


def asked(site, domains=("conditions", "drugs"), without=(), windows=WINDOWS):
    found = site.engine.recorded(site.index(), RecordedRequest(domains, windows, without))
    assert dict(zip(found.column_names, found.schema.types, strict=True)) == RECORDED_COLUMNS
    return [tuple(row.values()) for row in found.to_pylist()]


def test_each_concept_in_each_window_once(site):
    assert asked(site(RECORDS), domains=("conditions",)) == [
        ("conditions", 0, 101, 1),
        ("conditions", 0, 102, 1),
        ("conditions", 0, 102, 3),
        ("conditions", 1, 101, 1),
        ("conditions", 1, 102, 1),
        ("conditions", 1, 102, 3),
        ("conditions", 2, 101, 1),
        ("conditions", 2, 101, 2),
        ("conditions", 2, 102, 1),
    ]


def test_domains_come_in_the_order_asked(site):
    found = asked(site(RECORDS), domains=("drugs", "conditions", "devices"), windows=(Window(start=-2, end=-2), Window(start=-1, end=-1)))
    assert found == [("drugs", 0, 105, 3), ("conditions", 1, 102, 1)]


def test_sets_stay_out_with_their_descendants_and_by_source(site):
    """C, its descendant D, and the record whose source concept is C."""
    kept = asked(site(RECORDS), domains=("drugs",), without=("c",), windows=(Window(),))
    assert kept == [("drugs", 0, 106, 3)]


def test_a_set_that_was_not_prepared_is_refused(site):
    with pytest.raises(EquipoiseError) as caught:
        asked(site(RECORDS), without=("treatment",))
    assert caught.value.problems[0].kind.code == "EQ-ENGINE-005"


def test_nothing_is_asked_of_tables_that_are_not_there(site):
    here = site(RECORDS)
    assert asked(here, domains=("measurements",)) == []
    assert asked(here, windows=()) == []


def test_names_are_those_of_the_vocabulary(site):
    here = site("""
        concept
        concept_id | vocabulary_id | concept_code | standard_concept | concept_name
        101        | Test          | A            | S                | Anaemia
        102        | Test          | B            | S                |

        condition_occurrence
        person | id | concept | start
        1      | 1  | A       | -1
    """)
    found = here.engine.concept_names([102, 101, 999])
    assert dict(zip(found.column_names, found.schema.types, strict=True)) == NAME_COLUMNS
    assert found.to_pylist() == [{"concept_id": 101, "name": "Anaemia"}, {"concept_id": 102, "name": None}]
    named = recorded_covariates(here.engine, here.index(), RecordedRequest(("conditions",), (Window(), Window(start=-30), WINDOWS[0])))
    assert named.names == (
        "conditions 101 Anaemia, any time",
        "conditions 101 Anaemia, from day -30",
        "conditions 101 Anaemia, any time to day -1",
    )


def test_people_by_covariates(site):
    here = site(RECORDS)
    found = recorded_covariates(here.engine, here.index(), RecordedRequest(("drugs", "conditions"), WINDOWS[1:]))
    assert found.person_ids.tolist() == [1, 2, 3]
    columns = dict(zip(found.names, found.x.toarray().T.astype(int).tolist(), strict=True))
    assert columns == {
        "drugs 103, days -365 to -1": [1, 0, 0],
        "drugs 104, days -365 to -1": [0, 1, 0],
        "drugs 105, days -365 to -1": [0, 0, 1],
        "drugs 103, days -30 to 0": [1, 0, 0],
        "drugs 104, days -30 to 0": [0, 1, 0],
        "drugs 105, days -30 to 0": [0, 0, 1],
        "conditions 101, days -365 to -1": [1, 0, 0],
        "conditions 102, days -365 to -1": [1, 0, 1],
        "conditions 101, days -30 to 0": [1, 1, 0],
        "conditions 102, days -30 to 0": [1, 0, 0],
    }
    nothing = recorded_covariates(here.engine, here.index(), RecordedRequest(("devices",), WINDOWS))
    assert nothing.x.shape == (3, 0)

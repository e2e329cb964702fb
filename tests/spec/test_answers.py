"""Events, demographics, follow-up and comorbidity codes of indexed persons."""

from __future__ import annotations

from datetime import date, timedelta

import pyarrow as pa

from equipoise.engine.contract import EventRequest
from equipoise.engine.shapes import COHORT_COLUMNS, EVENT_COLUMNS, FOLLOW_UP_COLUMNS, PERSON_COLUMNS, SOURCE_CODE_COLUMNS
from equipoise.study.model import Window

DAY_0 = date(2020, 1, 1)


def day(count: int | None) -> date | None:
    return None if count is None else DAY_0 + timedelta(count)


def test_events_in_the_window_in_order(site):
    here = site("""
        measurement
        person | id | concept | start | value | unit
        2      | 4  | A       | -3    | 1.5   | 8840
        1      | 9  | A       | 5     |       |
        1      | 7  | A       | 5     | 2     |
        1      | 8  | A       | 6     | 2     |

        drug_exposure
        person | id | concept | start | end
        1      | 1  | B       | -3    | 2
        1      | 2  | B       | -4    |
    """)
    answer = here.engine.events(
        here.index(), (EventRequest("later", ("b",), Window(start=-3, end=5)), EventRequest("early", ("a", "b"), Window(start=-3, end=5)))
    )
    assert dict(zip(answer.column_names, answer.schema.types, strict=True)) == EVENT_COLUMNS
    columns = ("request", "set", "person_id", "day", "end_day", "value", "unit_concept_id", "record_id")
    assert [tuple(row[column] for column in columns) for row in answer.to_pylist()] == [
        ("early", "b", 1, -3, 2, None, None, 1),
        ("early", "a", 1, 5, None, 2.0, None, 7),
        ("early", "a", 1, 5, None, None, None, 9),
        ("early", "a", 2, -3, None, 1.5, 8840, 4),
        ("later", "b", 1, -3, 2, None, None, 1),
    ]


def test_events_bring_the_limits_of_normal_that_the_laboratory_gave(site):
    here = site("""
        measurement
        person | id | concept | start | value | range_low | range_high
        1      | 1  | A       | 0     | 50    | 5         | 41.5
        1      | 2  | A       | 0     | 50    |           |

        observation
        person | id | concept | start | value
        1      | 3  | A       | 0     | 50
    """)
    answer = here.engine.events(here.index(), (EventRequest("r", ("a",), Window()),)).to_pylist()
    assert [(row["record_id"], row["range_low"], row["range_high"]) for row in answer] == [(1, 5.0, 41.5), (2, None, None), (3, None, None)]


def test_events_of_persons_not_indexed_are_not_returned(site):
    here = site("condition_occurrence\nperson | concept | start\n1 | A | 0\n2 | A | 0")
    only = here.index().slice(0, 1)
    assert here.engine.events(only, (EventRequest("r", ("a",), Window()),))["person_id"].to_pylist() == [1]
    assert here.engine.events(only, ()).num_rows == 0
    assert here.engine.persons(only)["person_id"].to_pylist() == [1]
    assert here.engine.follow_up(only)["person_id"].to_pylist() == [1]


def test_persons(site):
    here = site("""
        person
        person | gender_concept_id | year_of_birth | month_of_birth | day_of_birth | race_concept_id | ethnicity_concept_id
        2      | 8507              | 1950          |                |              | 8527            | 38003564
        1      | 8532              | 1950          | 12             | 31           |                 |
        3      | 0                 |               | 12             | 31           | 0               | 0
        4      | 8521              | 1950          | 0              | 31           | 0               | 0
    """)
    answer = here.engine.persons(here.index())
    assert dict(zip(answer.column_names, answer.schema.types, strict=True)) == PERSON_COLUMNS
    assert [tuple(row.values()) for row in answer.to_pylist()] == [
        (1, date(1950, 12, 31), "female", None, None),
        (2, date(1950, 1, 1), "male", 8527, 38003564),
        (3, None, None, 0, 0),
        (4, date(1950, 1, 31), None, 0, 0),
    ]


def test_follow_up(site):
    """Persons: 1 month-level death before the last record, 2 two deaths, 3 no record after, 4 nothing, 5 two overlapping periods."""
    here = site("""
        person
        person | gender_concept_id | year_of_birth
        4      | 8532              | 1980

        death
        person | death_date
        1      | 31
        2      | 50
        2      | 40
        2      |

        condition_occurrence
        person | concept | start | end
        1      | C       | 45    |
        1      | F       | 10    | 60
        2      | A       | 0     |
        3      | A       | -9    | -20

        visit_occurrence
        person | concept | start | end
        2      | C       | 2     | 3
        5      | C       | 1     |

        observation_period
        person | start | end
        1      | 0     | 0
        2      | 1     | 9
        3      | -9    | -1
        5      | -10   | 10
        5      | -20   | 5
    """)
    answer = here.engine.follow_up(here.index())
    assert dict(zip(answer.column_names, answer.schema.types, strict=True)) == FOLLOW_UP_COLUMNS
    assert [tuple(row.values()) for row in answer.to_pylist()] == [
        (1, day(31), day(60), day(0), day(0)),
        (2, day(40), day(3), None, None),
        (3, None, day(-9), None, None),
        (4, None, None, None, None),
        (5, None, day(1), day(-20), day(10)),
    ]


def test_source_codes_come_from_the_source_concept_or_else_from_icd_concepts_that_map(site):
    here = site("""
        concept
        concept_id | vocabulary_id | concept_code | standard_concept
        1          | ICD10CM       | C50.1        |
        2          | ICD9CM        | 174.0        |
        3          | Read          | B34..        |
        10         | SNOMED        | 100          | S

        concept_relationship
        concept_id_1 | concept_id_2 | relationship_id | invalid_reason
        1            | 10           | Maps to         |
        2            | 10           | Maps to         |
        3            | 10           | Maps to         |

        condition_occurrence
        person | concept | source | start
        1      | 10      | 1      | -5
        1      | 10      | 1      | -5
        2      | 10      | 0      | -5
        3      | 10      |        | -366
        4      | 10      | 3      | 0
        5      | 10      | 999    | 0
    """)
    answer = here.engine.source_codes(here.index(), Window(start=-365, end=0))
    assert dict(zip(answer.column_names, answer.schema.types, strict=True)) == SOURCE_CODE_COLUMNS
    assert [tuple(row.values()) for row in answer.to_pylist()] == [
        (1, "ICD10CM", "C501"),
        (2, "ICD10CM", "C501"),
        (2, "ICD9CM", "1740"),
        (4, "Read", "B34"),
    ]


def test_shapes_of_a_cohort_and_of_criteria(site):
    here = site("condition_occurrence\nperson | concept | start\n1 | A | 0")
    rows = here.cohort().rows
    assert dict(zip(rows.column_names, rows.schema.types, strict=True)) == COHORT_COLUMNS
    judged = here.engine.criteria(rows, ())
    assert dict(zip(judged.column_names, judged.schema.types, strict=True)) == {"person_id": pa.int64()}
    assert judged.num_rows == 1

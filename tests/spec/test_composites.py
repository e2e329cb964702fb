"""Composite outcomes: who meets the rule, and on which day. Sets: a fever, b pain, c nausea, d bilirubin, e ascites, f obstruction."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from equipoise.study.model import (
    Arm,
    CodeSet,
    Composite,
    EventOutcome,
    FollowUp,
    Index,
    RecordsMember,
    Study,
    ValueMember,
    Window,
    Without,
)
from equipoise.table.events.composites import composite_days
from equipoise.table.records import by_request
from equipoise.table.requests import event_requests

FEVER, PAIN, NAUSEA, ASCITES = (RecordsMember(sets=(name,)) for name in ("a", "b", "c", "e"))
JAUNDICE = ValueMember(sets=("d",), comparison=">", threshold=3.0, unit="mg/dL", low=0.05, high=60.0)
EMBOLISATION = Composite(members=(FEVER, PAIN, NAUSEA), at_least=2)
RADIATION = Composite(members=(JAUNDICE, ASCITES), at_least=2)


def study_of(outcome: EventOutcome) -> Study:
    return Study(
        name="x",
        title="x",
        period_start=date(2020, 1, 1),
        period_end=date(2020, 12, 31),
        code_sets=(CodeSet(name="d", codes=()),),
        index=Index(sets=("a",)),
        arms=(Arm(name="one", role="target", sets=("a",)), Arm(name="other", role="comparator", sets=("b",))),
        follow=FollowUp(),
        outcomes=(outcome,),
    )


def asked(here, composite: Composite, start: int, end: int, washout: int | None = None) -> tuple[dict[int, int | None], list[int]]:
    """The day of the event by person, None without; and who is left out."""
    sets = tuple(dict.fromkeys(name for member in composite.members for name in member.sets))
    outcome = EventOutcome(name="x", sets=sets, risk_window=Window(start=start, end=end), washout=washout, composite=composite)
    study = study_of(outcome)
    persons = np.array(here.persons)
    records = by_request(here.engine.events(here.index(), event_requests(study)), persons)
    day, out = composite_days(outcome, composite, records, study.code_sets, len(persons))
    return {int(p): int(d) if np.isfinite(d) else None for p, d in zip(persons, day, strict=True)}, persons[out].tolist()


def test_two_of_three_symptom_groups(site):
    here = site("""
        condition_occurrence
        person | concept | start
        1      | A       | 2
        1      | B       | 5
        2      | A       | 2
        2      | A       | 5
        3      | A       | 4
        3      | C       | 4
        4      | C       | 14
        4      | B       | 0
        5      | A       | 3
        5      | B       | 15
        6      | A       | -1
        6      | B       | 3
        7      | C       | 6
        7      | B       | 2
        7      | A       | 1
    """)
    assert asked(here, EMBOLISATION, 0, 14)[0] == {1: 5, 2: None, 3: 4, 4: 14, 5: None, 6: None, 7: 2}


def test_close_together(site):
    here = site("""
        condition_occurrence
        person | concept | start
        1      | A       | 0
        1      | B       | 7
        2      | A       | 0
        2      | B       | 8
        3      | A       | 0
        3      | B       | 9
        3      | A       | 12
        4      | A       | 0
        4      | A       | 6
        4      | C       | 13
    """)
    close = EMBOLISATION.model_copy(update={"within": 7})
    assert asked(here, close, 0, 14)[0] == {1: 7, 2: None, 3: 12, 4: 13}
    assert asked(here, EMBOLISATION.model_copy(update={"within": 0}), 0, 14)[0] == dict.fromkeys((1, 2, 3, 4))


def test_one_group_of_several_sets_counts_once(site):
    here = site("""
        condition_occurrence
        person | concept | start
        1      | A       | 1
        1      | B       | 2
        2      | A       | 1
        2      | C       | 3
    """)
    rule = Composite(members=(RecordsMember(sets=("a", "b")), NAUSEA), at_least=2)
    assert asked(here, rule, 0, 14)[0] == {1: None, 2: 3}


JAUNDICED = """
    measurement
    person | concept | start | value | unit
    1      | D       | 30    | 3.1   | 8840
    2      | D       | 30    | 3.0   | 8840
    3      | D       | 30    | 31    | 8751
    4      | D       | 30    | 99    | 8840
    5      | D       | 27    | 9.9   | 8840
    6      | D       | 56    | 9.9   | 8840
    7      | D       | 57    | 9.9   | 8840
    8      | D       | 40    | 9.9   | 9529
    9      | D       | 30    |       | 8840

    condition_occurrence
    person | concept | start
    1      | E       | 40
    2      | E       | 40
    3      | E       | 28
    4      | E       | 40
    5      | E       | 40
    6      | E       | 28
    7      | E       | 28
    8      | E       | 40
    9      | E       | 40
"""


def test_a_value_above_a_threshold_and_a_record_strict_and_broad(site):
    here = site(JAUNDICED)
    strict = {1: 40, 2: None, 3: 30, 4: None, 5: None, 6: 56, 7: None, 8: None, 9: None}
    assert asked(here, RADIATION, 28, 56)[0] == strict
    assert asked(here, RADIATION, 28, 120)[0] == strict | {7: 57}


@pytest.mark.parametrize(
    ("comparison", "expected"),
    [(">", {1: 1, 2: None, 3: None}), (">=", {1: 1, 2: 1, 3: None}), ("<", {1: None, 2: None, 3: 1}), ("<=", {1: None, 2: 1, 3: 1})],
)
def test_each_comparison(site, comparison, expected):
    here = site("""
        measurement
        person | concept | start | value | unit
        1      | D       | 1     | 3.01  | 8840
        2      | D       | 1     | 30    | 8751
        3      | D       | 1     | 2.99  | 8840
    """)
    member = ValueMember(sets=("d",), comparison=comparison, threshold=3.0, unit="mg/dL")
    assert asked(here, Composite(members=(member,), at_least=1), 1, 9)[0] == expected


RULED_OUT = """
    condition_occurrence
    person | concept | start
    1      | E       | 40
    2      | E       | 40
    2      | F       | 40
    3      | E       | 40
    3      | F       | 41
    4      | E       | 40
    4      | F       | -1
    5      | E       | 30
    5      | E       | 50
    5      | F       | 45
"""


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        (None, {1: 40, 2: None, 3: 40, 4: 40, 5: 30}),
        (Window(start=0, end=120), {1: 40, 2: None, 3: None, 4: 40, 5: None}),
        (Window(start=-365, end=-1), {1: 40, 2: 40, 3: 40, 4: None, 5: 30}),
    ],
)
def test_what_rules_it_out(site, window, expected):
    rule = Composite(members=(ASCITES,), at_least=1, without=Without(sets=("f",), window=window))
    assert asked(site(RULED_OUT), rule, 28, 120)[0] == expected


@pytest.mark.parametrize(("by", "left_out"), [("same rule", [1]), ("any member", [1, 2])])
def test_whom_the_washout_leaves_out(site, by, left_out):
    here = site("""
        condition_occurrence
        person | concept | start
        1      | A       | -100
        1      | B       | -3
        2      | A       | -100
        3      | A       | -181
        3      | B       | 1
    """)
    rule = EMBOLISATION.model_copy(update={"washout_by": by})
    assert asked(here, rule, 0, 14, washout=180)[1] == left_out

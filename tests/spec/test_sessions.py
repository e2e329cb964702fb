"""Treatments that share a billing code, told apart by what else is recorded around a session: one row a case, on every engine.

A case lists records as code@day; day 0 is 1 January 2020. Expected: day of the index session, its tier, and the arm under the main,
strict and liberal definitions (T target, C comparator, - neither).
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from equipoise.cohort.attrition import IN_AN_ARM, IN_PERIOD, INDEX_EVENT
from equipoise.cohort.plan import CohortPlan, PlanStep
from equipoise.engine.contract import StepCount
from equipoise.study.model import (
    AllOf,
    AnyOf,
    Arm,
    Classification,
    Code,
    CodeSet,
    EventCriterion,
    Index,
    MeasurementCriterion,
    Not,
    PriorObservation,
    SexCriterion,
    Treatment,
    Window,
)

CODES = ("37243", "S2095", "79445", "C2616", "DF10BYZ", "C2699", "77778", "Q3001", "A9540", "78803", "77263", "77300", "96420", "96422")
CODES = (*CODES, "3E05305", "J9000", "96413", "37242", "36247")
SETS = tuple(CodeSet(name=code, codes=(Code(vocabulary="Billing", code=code, match="exact"),)) for code in CODES)


def in_days(start: int, end: int, *codes: str) -> EventCriterion:
    return EventCriterion(sets=codes, window=Window(start=start, end=end))


PLANNED = AllOf(criteria=(in_days(-45, -1, "A9540", "78803"), in_days(-45, 3, "77263", "77300")))
TARE = Treatment(
    name="tare",
    evidence=in_days(-1, 3, "79445", "C2616", "S2095", "DF10BYZ"),
    weak_evidence=AnyOf(criteria=(in_days(0, 0, "C2699", "77778", "Q3001"), PLANNED)),
    deciding_evidence=in_days(-1, 3, "79445", "C2616"),
)
TACE = Treatment(
    name="tace",
    evidence=in_days(0, 1, "96420", "96422", "3E05305"),
    weak_evidence=AllOf(criteria=(in_days(0, 1, "J9000"), Not(criterion=in_days(0, 1, "96413")))),
)
DEFINITIONS = ("main", "strict", "liberal")

PROTOCOL = """
step 1: evidence of TARE on the day              | 37243@0 79445@0               | 0 | evidenced   | T T T
step 1: the device code                          | 37243@0 C2616@0               | 0 | evidenced   | T T T
step 1: the inpatient code                       | 37243@0 DF10BYZ@0             | 0 | evidenced   | T T T
step 1: first day of the window                  | 37243@0 79445@-1              | 0 | evidenced   | T T T
step 1: last day of the window                   | 37243@0 79445@3               | 0 | evidenced   | T T T
step 1: a day before the window                  | 37243@0 79445@-2              | 0 | unspecified | - - C
step 1: a day after the window                   | 37243@0 79445@4               | 0 | unspecified | - - C
step 1: a private payer's code is core and proof | S2095@5                       | 5 | evidenced   | T T T
step 1: weak, unspecific source on the day       | 37243@0 C2699@0               | 0 | probable    | T - T
step 1: weak, old source application             | 37243@0 77778@0               | 0 | probable    | T - T
step 1: weak, radioelements                      | 37243@0 Q3001@0               | 0 | probable    | T - T
step 1: weak, a source on the next day           | 37243@0 C2699@1               | 0 | unspecified | - - C
step 1: weak, a source on the day before         | 37243@0 Q3001@-1              | 0 | unspecified | - - C
step 1: weak, dose and planning                  | 37243@0 A9540@-10 77263@-9    | 0 | probable    | T - T
step 1: weak, imaging and dosimetry              | 37243@0 78803@-10 77300@-9    | 0 | probable    | T - T
step 1: weak, first day of planning              | 37243@0 A9540@-45 77263@-9    | 0 | probable    | T - T
step 1: weak, too early                          | 37243@0 A9540@-46 77263@-9    | 0 | unspecified | - - C
step 1: weak, last day of planning               | 37243@0 A9540@-1 77263@-9     | 0 | probable    | T - T
step 1: weak, on the day is no planning          | 37243@0 A9540@0 77263@-9      | 0 | unspecified | - - C
step 1: weak, dose without planning              | 37243@0 A9540@-10 78803@-10   | 0 | unspecified | - - C
step 1: weak, planning without dose              | 37243@0 77263@-9 77300@-9     | 0 | unspecified | - - C
step 2: evidence of TACE on the day              | 37243@0 96420@0               | 0 | evidenced   | C C C
step 2: infusion                                 | 37243@0 96422@0               | 0 | evidenced   | C C C
step 2: the inpatient code                       | 37243@0 3E05305@0             | 0 | evidenced   | C C C
step 2: last day of the window                   | 37243@0 96420@1               | 0 | evidenced   | C C C
step 2: a day after the window                   | 37243@0 96420@2               | 0 | unspecified | - - C
step 2: a day before the window                  | 37243@0 96420@-1              | 0 | unspecified | - - C
step 2: weak, the drug on the day                | 37243@0 J9000@0               | 0 | probable    | C - C
step 2: weak, the drug on the next day           | 37243@0 J9000@1               | 0 | probable    | C - C
step 2: weak, the drug two days later            | 37243@0 J9000@2               | 0 | unspecified | - - C
step 2: weak, the drug given into a vein         | 37243@0 J9000@0 96413@0       | 0 | unspecified | - - C
step 2: weak, an infusion two days later         | 37243@0 J9000@0 96413@2       | 0 | probable    | C - C
step 3: both, decided                            | 37243@0 79445@0 96420@0       | 0 | both        | T - T
step 3: both, decided by the device              | 37243@0 C2616@3 96420@1       | 0 | both        | T - T
step 3: both, undecided                          | 37243@0 DF10BYZ@0 96420@0     | 0 | both        | - - -
step 3: evidence beats weak evidence             | 37243@0 79445@0 J9000@0       | 0 | evidenced   | T T T
step 3: evidence beats weak evidence, turned     | 37243@0 96420@0 C2699@0       | 0 | evidenced   | C C C
step 3: weak evidence of both decides nothing    | 37243@0 C2699@0 J9000@0       | 0 | both        | - - -
step 3: no evidence at all                       | 37243@0 36247@0               | 0 | unspecified | - - C
step 4: the first session counts                 | 37243@0 96420@0 37243@30 79445@30 | 0 | evidenced | C C C
session: days of planning are none               | 37242@0 36247@0 78803@0 A9540@0 37243@14 79445@14 | 14 | evidenced | T T T
session: evidence without a session is none      | 79445@0 96420@0               |   |             |
session: records up to D+3 belong to it          | 37243@0 37243@3 96420@3       | 0 | unspecified | - - C
session: the day is the first core day           | 37243@2 S2095@4 79445@4       | 2 | evidenced   | T T T
"""
"""Rows are the protocol's four steps, then what a session is."""


def read_cases(text: str):
    for line in text.strip().splitlines():
        what, records, day, tier, arms = (cell.strip() for cell in line.split("|"))
        parts = [record.split("@") for record in records.split()]
        yield what, [(code, int(at)) for code, at in parts], int(day) if day else None, tier, arms.split()


CASES = list(read_cases(PROTOCOL))
ROLE = {1: "T", 0: "C"}


def cdm(persons: list[list[tuple[str, int]]]) -> str:
    rows = [f"{key} | {301 + CODES.index(code)} | {day}" for key, records in enumerate(persons, start=1) for code, day in records]
    vocabulary = [f"{301 + place} | Billing | {code} | S" for place, code in enumerate(CODES)]
    known = [f"{key} | 8532 | 1980" for key in range(1, len(persons) + 1)]
    blocks = (
        ("concept", "concept_id | vocabulary_id | concept_code | standard_concept", vocabulary),
        ("person", "person | gender_concept_id | year_of_birth", known),
        ("procedure_occurrence", "person | concept | start", rows),
    )
    return "\n\n".join("\n".join((name, header, *lines)) for name, header, lines in blocks)


def plan_of(day_0, *, definition="main", nth=1, merge=3, steps=(), period=(-9999, 9999), treatments=(TARE, TACE), both="tare"):
    return CohortPlan(
        index=Index(sets=("37243", "S2095"), nth=nth, merge_days=merge),
        period_start=day_0 + timedelta(period[0]),
        period_end=day_0 + timedelta(period[1]),
        arms=(Arm(name="A", role="target", sets=(), treatment="tare"), Arm(name="B", role="comparator", sets=(), treatment="tace")),
        steps=tuple(PlanStep(f"step {place}", step) for place, step in enumerate(steps, start=1)),
        classes=Classification(treatments=treatments, definition=definition, both=both, unspecified="tace"),
    )


@pytest.fixture
def first_day():
    return date(2020, 1, 1)


@pytest.fixture
def ask(site, first_day):
    """A CDM of persons with these records, and the index of each under a plan: day, arm, tier."""

    def make(*persons):
        here = site(cdm(list(persons)), SETS)

        def indexed(**plan):
            rows = here.engine.cohort(plan_of(first_day, **plan)).rows.to_pylist()
            return {row["person_id"]: ((row["index_date"] - first_day).days, ROLE[row["arm"]], row["tier"]) for row in rows}

        return here.engine, indexed

    return make


def test_the_table_has_every_code_and_every_tier():
    assert {code for _, records, *_ in CASES for code, _ in records} == set(CODES)
    assert {tier for *_, tier, _ in CASES} == {"evidenced", "probable", "both", "unspecified", ""}


def test_every_row_of_the_protocol_under_every_definition(ask):
    _, indexed = ask(*(records for _, records, *_ in CASES))
    for place, definition in enumerate(DEFINITIONS):
        expected = {
            key: (day, arms[place], tier) for key, (_, _, day, tier, arms) in enumerate(CASES, start=1) if arms and arms[place] != "-"
        }
        assert indexed(definition=definition) == expected


def test_every_session_of_everybody_is_told(ask, first_day):
    engine, _ = ask(*(records for _, records, *_ in CASES))
    told = engine.sessions(plan_of(first_day)).to_pylist()
    first = {row["person_id"]: ((row["session_date"] - first_day).days, row["tier"]) for row in told if row["nth"] == 1}
    assert first == {key: (day, tier) for key, (_, _, day, tier, _) in enumerate(CASES, start=1) if day is not None}


def test_sessions_are_laid_together_from_their_first_day(ask, first_day):
    engine, indexed = ask(
        [("37243", 0), ("37243", 3), ("37243", 4), ("37243", 7), ("37243", 8)],
        [("37243", 0), ("37243", 0), ("S2095", 1)],
        [("37243", 10), ("37243", 14), ("79445", 13)],
    )

    def days(**plan):
        rows = engine.sessions(plan_of(first_day, **plan)).to_pylist()
        return [
            (row["person_id"], row["nth"], (row["session_date"] - first_day).days, row["treatment"], row["d0"], row["d1"]) for row in rows
        ]

    assert days() == [
        (1, 1, 0, None, False, False),
        (1, 2, 4, None, False, False),
        (1, 3, 8, None, False, False),
        (2, 1, 0, "tare", False, False),
        (3, 1, 10, "tare", True, False),
        (3, 2, 14, "tare", True, False),
    ]
    assert [row[:3] for row in days(merge=0)][:5] == [(1, 1, 0), (1, 2, 3), (1, 3, 4), (1, 4, 7), (1, 5, 8)]
    assert indexed(nth=2) == {3: (14, "T", "evidenced")}
    assert indexed(nth=3, definition="liberal") == {1: (8, "C", "unspecified")}


def test_attrition_of_sessions_and_steps(ask, first_day):
    engine, _ = ask(
        [("37243", 0), ("79445", 0)],
        [("37243", 0), ("96420", 0)],
        [("37243", 0)],
        [("37243", -400), ("96420", -400), ("37243", 0), ("79445", 0)],
        [("37243", 0), ("79445", 0), ("96413", -5)],
    )
    found = engine.cohort(plan_of(first_day, period=(-365, 365), steps=(Not(criterion=in_days(-30, -1, "96413")),)))
    assert found.attrition == (
        StepCount(INDEX_EVENT, 5, 2, 2),
        StepCount(IN_PERIOD, 4, 2, 1),
        StepCount(IN_AN_ARM, 3, 2, 1),
        StepCount("step 1", 2, 1, 1),
    )
    assert found.rows["person_id"].to_pylist() == [1, 2]


def test_without_a_rule_for_both_they_are_in_no_arm_and_without_deciding_evidence_the_named_one_takes_them(ask):
    _, indexed = ask([("37243", 0), ("DF10BYZ", 0), ("96420", 0)], [("37243", 0), ("79445", 0), ("96420", 0)])
    assert indexed(both=None) == {}
    assert indexed(both="tare") == {2: (0, "T", "both")}
    assert indexed(both="tace") == {1: (0, "C", "both"), 2: (0, "C", "both")}


def test_a_third_treatment_takes_sessions_out_of_both_arms(ask):
    bland = Treatment(name="bland", evidence=in_days(0, 0, "36247"))
    _, indexed = ask([("37243", 0), ("36247", 0)], [("37243", 0), ("36247", 0), ("96420", 0)], [("37243", 0)])
    assert indexed(definition="liberal", treatments=(TARE, TACE, bland)) == {3: (0, "C", "unspecified")}


def test_evidence_may_be_any_criterion(ask):
    women = Treatment(name="tare", evidence=SexCriterion(sex="female"))
    observed = Treatment(name="tace", evidence=AnyOf(criteria=(PriorObservation(days=0), MeasurementCriterion(sets=("96420",), low=1.0))))
    _, indexed = ask([("37243", 0), ("37243", 20)], [("37243", 0)])
    assert indexed(treatments=(women, observed)) == {1: (0, "T", "evidenced"), 2: (0, "T", "evidenced")}


def test_a_plan_without_sessions_tells_none(site, first_day):
    here = site(cdm([[("37243", 0)]]), SETS)
    arms = (Arm(name="A", role="target", sets=("37243",)), Arm(name="B", role="comparator", sets=("S2095",)))
    plain = CohortPlan(Index(sets=("37243", "S2095")), first_day, first_day, arms, ())
    assert here.engine.sessions(plain).num_rows == 0
    assert "tier" not in here.engine.cohort(plain).rows.column_names

"""Counts over index sessions, and the rule about treatments that cannot be observed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pytest

from equipoise.cohort.plan import CohortPlan
from equipoise.cohort.session_counts import Measure, counted_in, measures
from equipoise.engine.session_report import LeftOut, session_report
from equipoise.engine.shapes import session_columns
from equipoise.study.model import Arm, Classification, EventCriterion, Index, Treatment

HERE = EventCriterion(sets=("a",))
CLASSES = Classification(
    treatments=(Treatment(name="x", evidence=HERE, deciding_evidence=HERE), Treatment(name="y", evidence=HERE)), both="x", unspecified="y"
)
ARMS = (Arm(name="X", role="target", sets=(), treatment="x"), Arm(name="Y", role="comparator", sets=(), treatment="y"))
DAY = date(2020, 1, 1)
SESSIONS = [
    (1, 1, DAY, "evidenced", "x", True),
    (1, 2, DAY, "unspecified", None, True),
    (2, 1, DAY, "evidenced", "y", False),
    (3, 1, DAY, "probable", "y", False),
    (4, 1, DAY, "both", "x", True),
    (5, 1, DAY, "both", None, False),
    (6, 1, DAY, "unspecified", None, False),
    (7, 1, date(2019, 12, 31), "evidenced", "x", True),
    (8, 1, date(2020, 1, 3), "evidenced", "x", True),
]


@dataclass
class Told:
    rows: list

    def sessions(self, _plan):
        columns = list(zip(*((*row, False) for row in self.rows), strict=True)) or [()] * 7
        arrays = [pa.array(column, kind) for column, kind in zip(columns, session_columns(2).values(), strict=True)]
        return pa.Table.from_arrays(arrays, names=list(session_columns(2)))


def plan(nth=1, classes=CLASSES):
    return CohortPlan(Index(sets=("a",), nth=nth, merge_days=0), DAY, date(2020, 1, 2), ARMS, (), classes)


def test_each_person_counts_once_by_the_index_session_in_the_period():
    report = session_report(Told(SESSIONS), plan(), "here", None)
    assert dict(zip([one.name for one in measures(CLASSES)], report.counts, strict=True)) == {
        "sessions": 6,
        "evidenced x": 1,
        "evidenced y": 1,
        "probable x": 0,
        "probable y": 1,
        "both x": 1,
        "both": 1,
        "unspecified": 1,
        "deciding x": 2,
    }
    assert report.left_out == ()


@pytest.mark.parametrize(("rule", "left_out"), [(None, ()), (3, ()), (2, (LeftOut("here", ("x",)),)), (1, (LeftOut("here", ("x",)),))])
def test_a_treatment_never_shown_in_enough_sessions_is_not_observable(rule, left_out):
    rows = [row for row in SESSIONS if row[0] in (2, 6, 7)]
    assert session_report(Told(rows), plan(), "here", rule).left_out == left_out


def test_a_site_without_sessions_is_never_left_out():
    assert session_report(Told([]), plan(), "here", 1).left_out == ()


def test_a_study_without_sessions_has_no_report():
    assert session_report(Told(SESSIONS), plan(classes=None), "here", 1) is None


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        ("main", {"evidenced x": 1, "evidenced y": 0, "probable x": 1, "probable y": 0, "both x": 1}),
        ("strict", {"evidenced x": 1, "evidenced y": 0}),
        ("liberal", {"evidenced x": 1, "evidenced y": 0, "probable x": 1, "probable y": 0, "both x": 1, "unspecified": 0}),
    ],
)
def test_which_counts_make_up_an_arm(definition, expected):
    classes = CLASSES.model_copy(update={"definition": definition})
    found = {one.name: counted_in(classes, ARMS, one) for one in measures(classes)}
    assert {name: arm for name, arm in found.items() if arm is not None} == expected


def test_a_measure_says_its_name():
    assert Measure("tier", "both", "x").name == "both x"

from __future__ import annotations

from datetime import date

import pytest

from equipoise.checks.all_checks import review_design, review_result
from equipoise.kernel.masked import Masked
from equipoise.results import study_result as found
from equipoise.study.model import AllOf, Arm, DeathOutcome, EventCriterion, Index, Not, Step, Study, Window


def study(*criteria) -> Study:
    return Study(
        name="s",
        title="T",
        period_start=date(2020, 1, 1),
        period_end=date(2021, 1, 1),
        code_sets=(),
        index=Index(sets=("a",)),
        steps=tuple(Step(label=f"step {i}", criterion=c) for i, c in enumerate(criteria)),
        arms=(Arm(name="A", role="target", sets=("a",)), Arm(name="B", role="comparator", sets=("b",))),
        outcomes=(DeathOutcome(name="os"),),
    )


def result(**parts) -> found.StudyResult:
    empty = dict.fromkeys(
        [
            "versions",
            "sites",
            "flow",
            "baseline",
            "propensity",
            "overlap",
            "weights",
            "curves",
            "proportional_hazards",
            "code_sets",
            "notes",
            "masked",
            "records",
        ],
        (),
    )
    return found.StudyResult(**{**empty, "study": study(), "study_hash": "", "study_text": "", "mode": "federated", **parts})


def codes(notes) -> list[str]:
    return [note.code for note in notes]


@pytest.mark.parametrize(
    ("criterion", "expected"),
    [
        (EventCriterion(sets=("a",), window=Window(start=-365, end=7)), []),
        (EventCriterion(sets=("a",), window=Window(start=-365, end=8)), ["DC03"]),
        (EventCriterion(sets=("a",), window=Window()), ["DC03"]),
        (AllOf(criteria=(Not(criterion=EventCriterion(sets=("a",), window=Window(start=0, end=90))),)), ["DC03"]),
    ],
)
def test_dc03_eligibility_after_time_zero(criterion, expected):
    assert codes(review_design(study(criterion))) == expected


def test_a_sound_result_has_no_findings():
    assert review_result(result()).notes == ()


def row(smd: float, adjustment: str = "overlap") -> found.BaselineRow:
    return found.BaselineRow("age", "Age", "", "number", adjustment, 1.0, 1.0, None, 1.0, 1.0, None, smd)


def test_dc15_names_what_stays_unbalanced_under_the_main_adjustment_only():
    assert review_result(result(baseline=(row(0.3, "crude"), row(0.09)))).notes == ()
    notes = review_result(result(baseline=(row(-0.11),))).notes
    assert codes(notes) == ["DC15"]
    assert "Age" in notes[0].text


def test_dc21_non_proportional_hazards():
    test = found.ProportionalHazards("os", "overlap", 9.0, 1, 0.003)
    assert codes(review_result(result(proportional_hazards=(test,))).notes) == ["DC21"]


def test_dc09_little_overlap_and_few_effective_persons():
    overlap = found.PropensityOverlap("preference", (0.0, 1.0), (1.0,), (1.0,), 0.9, 0.2)
    weight = found.WeightSummary("overlap", "TACE", 100, 30.0, 100.0)
    assert codes(review_result(result(overlap=(overlap,), weights=(weight,))).notes) == ["DC09", "DC09"]


@pytest.mark.parametrize(("at_risk", "expected"), [(Masked(), ["DC40"]), (40, [])])
def test_dc40_median_on_a_handful(at_risk, expected):
    curve = found.SurvivalCurve("os", "overlap", "TACE", (0.0, 700.0), (1.0, 0.4), (1.0, 0.3), (1.0, 0.5), (), (0.0, 365.0), (80, at_risk))
    assert codes(review_result(result(curves=(curve,))).notes) == expected

"""Outcomes: literal text, and the model that it means."""

from __future__ import annotations

import pytest

from equipoise.study.grammar.outcomes import ANY_TIME_BEFORE
from equipoise.study.model import Composite, DeathOutcome, EventOutcome, RecordsMember, ValueMember, Window, Without

BLEED = EventOutcome(name="x", label="X", sets=("bleed",))


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("death", DeathOutcome(name="x", label="X")),
        ("{death: any cause, label: Death}", DeathOutcome(name="x", label="Death")),
        ("first bleed", BLEED),
        ("first of bleed in [1, 90]", BLEED.model_copy(update={"risk_window": Window(start=1, end=90)})),
        (
            "first of [bleed, ulcer] in [8, 90], washout 180 days",
            EventOutcome(name="x", label="X", sets=("bleed", "ulcer"), risk_window=Window(start=8, end=90), washout=180),
        ),
        ("first bleed, washout any time before", BLEED.model_copy(update={"washout": ANY_TIME_BEFORE})),
        (
            "{first of: bleed, risk window: [1, 90], washout: 180, label: Bleeding}",
            EventOutcome(name="x", label="Bleeding", sets=("bleed",), risk_window=Window(start=1, end=90), washout=180),
        ),
        ("{first of: [bleed, ulcer], washout: 6 months}", EventOutcome(name="x", label="X", sets=("bleed", "ulcer"), washout=183)),
        ("{first of: bleed, risk window: in the 90 days after index}", BLEED.model_copy(update={"risk_window": Window(start=1, end=90)})),
    ],
)
def test_an_outcome(read, text, meaning):
    assert read(outcomes=f"outcomes:\n  x: {text}").outcomes == (meaning,)


def test_overall_survival_needs_no_label(read):
    assert read().outcomes == (DeathOutcome(name="os", label="Overall survival"),)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("x: dying", "009"),
        ("x: first bleed in [-5, 90]", "015"),
        ("x: {first of: bleed, risk window: [-5, 90]}", "015"),
        ("x: {first of: bleed, risk window: any time up to index}", "015"),
        ("x: {first of: bleed, risk window: [3000, 4000]}", "015"),
        ("x: {first of: bleed, risk window: [90, 1]}", "013"),
        ("x: {first of: bleed, risk window: [1, 9, 90]}", "013"),
        ("x: {first of: bleed, washout: -1}", "020"),
        ("x: {first of: bleed, washout: ever}", "009"),
        ("x: {first of: blood}", "016"),
        ("x: {risk window: [1, 90]}", "007"),
        ("x: {first of: bleed, windows: [1, 90]}", "006"),
        ("my outcome: death", "029"),
        ("{}", "020"),
        ("x: {all of: []}", "020"),
        ("x: {at least 3 of: [bleed, ulcer]}", "021"),
        ("x: {at least 0 of: [bleed, ulcer]}", "020"),
        ("x: {at least two of: [bleed, ulcer]}", "007"),
        ("x: {at least: 2}", "007"),
        ("x: {of: [bleed]}", "007"),
        ("x: {all of: [bleed, blood]}", "016"),
        ("x: {all of: [bleed, value of lab]}", "009"),
        ("x: {all of: [value of lab > 3 g/pint]}", "036"),
        ("x: {all of: [bleed], within: 7 days, without: {window: [0, 3]}}", "007"),
        ("x: {all of: [bleed], within: -1}", "020"),
        ("x: {all of: ['value of lab > 3 g/dL, plausible 7 to 1']}", "022"),
        ("x: {all of: [bleed], washout by: habit}", "024"),
        ("x: {first of: bleed, report at: [-3]}", "020"),
    ],
)
def test_an_outcome_that_cannot_be_meant_is_refused(codes_of, text, code):
    assert codes_of(outcomes=f"outcomes:\n  {text}") == [f"EQ-STUDY-{code}"]


FEVER, PAIN, BOTH = (RecordsMember(sets=names) for names in (("bleed",), ("ulcer",), ("cancer", "drug_a")))
HIGH = ValueMember(sets=("lab",), comparison=">", threshold=3.0, unit="g/dL")


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("{at least 2 of: [bleed, ulcer, [cancer, drug_a]]}", Composite(members=(FEVER, PAIN, BOTH), at_least=2)),
        ("{at least 2 of: [bleed, 'records of ulcer', 'records of [cancer, drug_a]']}", Composite(members=(FEVER, PAIN, BOTH), at_least=2)),
        ("{of: [bleed, ulcer], at least: 1}", Composite(members=(FEVER, PAIN), at_least=1)),
        ("{all of: [value of lab > 3 g/dL, bleed]}", Composite(members=(HIGH, FEVER), at_least=2)),
        (
            "{all of: ['value of lab ≤ 0.5, plausible 0.1 to 60']}",
            Composite(members=(ValueMember(sets=("lab",), comparison="<=", threshold=0.5, low=0.1, high=60.0),), at_least=1),
        ),
        ("{all of: [bleed, ulcer], within: 1 week}", Composite(members=(FEVER, PAIN), at_least=2, within=7)),
        (
            "{all of: [bleed], without: {records of: cancer, window: [0, 28]}, washout by: any member}",
            Composite(
                members=(FEVER,),
                at_least=1,
                without=Without(sets=("cancer",), window=Window(start=0, end=28)),
                washout_by="any member",
            ),
        ),
    ],
)
def test_a_composite(read, text, meaning):
    (outcome,) = read(outcomes=f"outcomes:\n  x: {text}").outcomes
    assert outcome.composite == meaning
    assert outcome.sets == tuple(dict.fromkeys(name for member in meaning.members for name in member.sets))


def test_a_composite_has_the_windows_of_other_outcomes(read):
    text = "{at least 2 of: [bleed, ulcer], risk window: [0, 14], washout: 180 days, report at: [90, 30, 30], label: Both}"
    (outcome,) = read(outcomes=f"outcomes:\n  x: {text}").outcomes
    assert (outcome.risk_window, outcome.washout, outcome.report_at, outcome.label) == (Window(start=0, end=14), 180, (30, 90), "Both")


def test_the_index_day_may_belong_to_a_risk_window_unless_follow_up_begins_later(read, problems):
    text = "outcomes:\n  x: {first of: bleed, risk window: [0, 90]}"
    assert read(outcomes=text).outcomes[0].risk_window == Window(start=0, end=90)
    found = problems(outcomes=text, follow="follow: day 2 to death, last record, 60 months")
    assert [problem.kind.code for problem in found] == ["EQ-STUDY-015"]


def test_days_of_death_are_reported_too(read):
    (outcome,) = read(outcomes="outcomes:\n  os: {death: any cause, report at: [30 days, 90]}").outcomes
    assert outcome == DeathOutcome(name="os", label="Overall survival", report_at=(30, 90))

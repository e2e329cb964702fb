"""Outcomes: literal text, and the model that it means."""

from __future__ import annotations

import pytest

from equipoise.study.grammar.outcomes import ANY_TIME_BEFORE
from equipoise.study.model import DeathOutcome, EventOutcome, Window

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
        ("x: {first of: bleed, risk window: [0, 90]}", "015"),
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
    ],
)
def test_an_outcome_that_cannot_be_meant_is_refused(codes_of, text, code):
    assert codes_of(outcomes=f"outcomes:\n  {text}") == [f"EQ-STUDY-{code}"]

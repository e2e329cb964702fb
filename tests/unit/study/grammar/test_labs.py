"""Laboratory outcomes: literal text, and the model that it means."""

from __future__ import annotations

import pytest

from equipoise.study.grading_units import CTCAE_ANALYTES, CTCAE_UNITS, grading_factor
from equipoise.study.model import LabOutcome, LabWindow
from equipoise.table.scores.ctcae import ctcae_rules

ACUTE, LATE = LabWindow(name="acute", start=8, end=29, target=18), LabWindow(name="late", start=30, end=90, target=60)
SHORT = LabOutcome(name="x", label="X", sets=("lab",), windows=(ACUTE,))


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("{lab: lab, windows: {acute: [8, 29]}}", SHORT),
        (
            "{lab: [lab, bleed], baseline: [-90, -1], windows: {acute: [8, 29], late: [30, 90]}, target days: {late: 45}, value: lowest,"
            " unit: g/L, plausible: [8, 70], lower limit: 35, upper limit: 50, upper limit of women: 48, ctcae: ALBUMIN, label: Albumin}",
            LabOutcome(
                name="x",
                label="Albumin",
                sets=("lab", "bleed"),
                baseline_start=-90,
                baseline_end=-1,
                windows=(ACUTE, LATE.model_copy(update={"target": 45})),
                value="lowest",
                unit="g/L",
                low=8,
                high=70,
                lower_limit=35,
                upper_limit=50,
                upper_limit_of_women=48,
                ctcae="ALBUMIN",
            ),
        ),
        (
            "{lab: lab, baseline: in the 30 days up to index, windows: {acute: in the 90 days after index}, unit: U/L}",
            LabOutcome(
                name="x",
                label="X, U/L",
                sets=("lab",),
                baseline_start=-30,
                windows=(LabWindow(name="acute", start=1, end=90, target=45),),
                unit="U/L",
            ),
        ),
    ],
)
def test_a_laboratory_outcome(read, text, meaning):
    study = read(outcomes=f"outcomes:\n  os: death\n  x: {text}")
    assert study.labs == (meaning,)
    assert [outcome.name for outcome in study.timed_outcomes] == ["os"]


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        ("lab: blood, windows: {acute: [8, 29]}", "016"),
        ("lab: lab", "007"),
        ("lab: lab, windows: {}", "020"),
        ("lab: lab, windows: {baseline: [8, 29]}", "029"),
        ("lab: lab, windows: {acute: [-8, 29]}", "015"),
        ("lab: lab, windows: {acute: any time after index}", "013"),
        ("lab: lab, windows: {acute: [8, 29]}, baseline: any time up to index", "013"),
        ("lab: lab, windows: {acute: [8, 29]}, baseline: [-9, 9]", "014"),
        ("lab: lab, windows: {acute: [8, 29]}, target days: {acute: 30}", "020"),
        ("lab: lab, windows: {acute: [8, 29]}, target days: {late: 30}", "024"),
        ("lab: lab, windows: {acute: [8, 29]}, value: median", "024"),
        ("lab: lab, windows: {acute: [8, 29]}, unit: stones", "036"),
        ("lab: lab, windows: {acute: [8, 29]}, plausible: [9, 1]", "022"),
        ("lab: lab, windows: {acute: [8, 29]}, lower limit: 9, upper limit: 1", "022"),
        ("lab: lab, windows: {acute: [8, 29]}, upper limit of women: 9", "022"),
        ("lab: lab, windows: {acute: [8, 29]}, upper limit: 0", "020"),
        ("lab: lab, windows: {acute: [8, 29]}, ctcae: CRP", "024"),
        ("lab: lab, windows: {acute: [8, 29]}, ctcae: ALBUMIN", "036"),
        ("lab: lab, windows: {acute: [8, 29]}, ctcae: ALBUMIN, unit: U/L", "036"),
    ],
)
def test_what_is_wrong(codes_of, keys, code):
    assert codes_of(outcomes=f"outcomes:\n  os: death\n  x: {{{keys}}}") == [f"EQ-STUDY-{code}"]


def test_analytes_and_units_are_those_of_the_grading_table():
    rules = ctcae_rules()
    assert set(CTCAE_ANALYTES) == set(rules)
    assert {name: rule.unit for name, (rule,) in rules.items() if rule.unit} == CTCAE_UNITS


def test_values_are_brought_to_the_unit_of_the_bounds():
    assert grading_factor("ALT", "U/L") == grading_factor("INR", None) == 1.0
    assert grading_factor("ALBUMIN", "g/L") == pytest.approx(0.1)
    assert grading_factor("PLT", "10*3/uL") == pytest.approx(1.0)
    assert grading_factor("HGB", "mmol/L") == pytest.approx(1.6113, rel=1e-4)
    assert grading_factor("ALBUMIN", None) is grading_factor("ALBUMIN", "U/L") is None

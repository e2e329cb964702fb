"""Laboratory outcomes: literal text, and the model that it means."""

from __future__ import annotations

import pytest

from equipoise.study.grading_units import CTCAE_ANALYTES, CTCAE_UNITS, grading_factor, score_factor
from equipoise.study.lab_columns import grades_of, modelled_labs
from equipoise.study.model import LabModels, LabOutcome, LabWindow, Score, ScorePart, ScoreSign
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


ALB = "alb: {lab: lab, windows: {acute: [8, 29], late: [30, 90]}, unit: g/L, target days: {acute: 14}}"
BILI = "bili: {lab: bleed, baseline: [-90, -1], windows: {acute: [8, 29], late: [30, 60]}, unit: umol/L, upper limit: 20, value: highest}"
PARTS = f"outcomes:\n  os: death\n  {ALB}\n  {BILI}\n  "


def test_a_score_has_the_windows_that_its_parts_share(read):
    study = read(outcomes=PARTS + "x: {score: ALBI, of: {albumin: alb, bilirubin: bili}}")
    (made,) = (lab for lab in study.labs if lab.name == "x")
    assert made.score == Score(score="ALBI", parts=(ScorePart(role="albumin", outcome="alb"), ScorePart(role="bilirubin", outcome="bili")))
    assert (made.label, made.sets, made.baseline_start, made.baseline_end) == ("ALBI", (), -90, 0)
    assert made.windows == (ACUTE.model_copy(update={"target": 14}),)
    assert made.value == "highest"
    assert grades_of(made) == (1, 2, 3)


def test_signs_of_child_pugh(read):
    inr = "inr: {lab: lab, windows: {acute: [8, 29]}}"
    keys = "of: {albumin: alb, bilirubin: bili, inr: inr}, windows: [acute], ascites: bleed, look back: 30"
    keys += ", severe encephalopathy: [lab, bleed]"
    study = read(outcomes=PARTS + inr + f"\n  x: {{score: Child-Pugh, {keys}, label: Points}}")
    (made,) = (lab for lab in study.labs if lab.score)
    assert made.score is not None
    assert made.score.signs == (
        ScoreSign(sign="ascites", sets=("bleed",)),
        ScoreSign(sign="encephalopathy", severe=True, sets=("lab", "bleed")),
    )
    assert (made.label, made.score.look_back) == ("Points", 30)


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        ("score: ALBI, of: {albumin: alb}", "007"),
        ("score: ALBI, of: {albumin: alb, bilirubin: bili, inr: alb}", "024"),
        ("score: ALBI, of: {albumin: alb, bilirubin: nothing}", "024"),
        ("score: ALBI, of: {albumin: alb, bilirubin: os}", "024"),
        ("score: ALBO, of: {albumin: alb, bilirubin: bili}", "024"),
        ("score: ALBI, of: {albumin: bili, bilirubin: alb}, windows: [acute]", "036"),
        ("score: ALBI, of: {albumin: alb, bilirubin: bili}, windows: [late]", "013"),
        ("score: ALBI, of: {albumin: alb, bilirubin: bili}, ascites: bleed", "024"),
        ("score: APRI, of: {ast: alb, platelets: bili}", "007"),
    ],
)
def test_what_is_wrong_with_a_score(codes_of, keys, code):
    found = codes_of(outcomes=PARTS + f"x: {{{keys}}}")
    assert f"EQ-STUDY-{code}" in found


def test_what_is_estimated_of_them(read):
    both = "labs: {repeated measures: yes, weights for being measured: yes, working correlation: unstructured}"
    whole = read(outcomes=PARTS + "x: {score: ALBI, of: {albumin: alb, bilirubin: bili}}\n" + both)
    assert whole.lab_models == LabModels(outcomes=("alb", "bili", "x"), repeated_measures=True, weights=True, correlation="unstructured")
    assert [lab.name for lab in modelled_labs(whole)] == ["alb", "bili", "x"]
    some = read(outcomes=PARTS.rstrip() + "\nlabs: {repeated measures: yes, outcomes: [bili]}")
    assert some.lab_models == LabModels(outcomes=("bili",), repeated_measures=True)
    assert [lab.name for lab in modelled_labs(some)] == ["bili"]
    assert read(outcomes=PARTS.rstrip()).lab_models is None


def test_models_of_what_is_not_there(codes_of):
    assert codes_of(outcomes=PARTS.rstrip() + "\nlabs: {repeated measures: yes, outcomes: [os]}") == ["EQ-STUDY-024"]
    assert codes_of(outcomes=PARTS.rstrip() + "\nlabs: {repeated measures: perhaps}") == ["EQ-STUDY-008"]


def test_values_are_brought_to_the_unit_of_the_score():
    assert score_factor("ALBI", "albumin", "g/L") == pytest.approx(0.1)
    assert score_factor("MELD", "bilirubin", "umol/L") == pytest.approx(1 / 17.104)
    assert score_factor("MELD", "creatinine", "umol/L") == pytest.approx(1 / 88.42)
    assert score_factor("MELD-Na", "sodium", "meq/L") == pytest.approx(1.0)
    assert score_factor("FIB-4", "platelets", "10*3/uL") == pytest.approx(1.0)
    assert score_factor("FIB-4", "ast", "ukat/L") == pytest.approx(60.0, rel=1e-3)
    assert score_factor("MELD", "inr", None) == score_factor("APRI", "ast", None) == 1.0
    assert score_factor("ALBI", "albumin", None) is None

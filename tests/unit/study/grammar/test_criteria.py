"""Every phrase of a criterion: literal text, and the model that it means."""

from __future__ import annotations

import pytest

from equipoise.study.model import (
    AgeCriterion,
    AllOf,
    AnyOf,
    EventCriterion,
    MeasurementCriterion,
    Not,
    PriorObservation,
    SexCriterion,
    Window,
)

UP_TO = Window(end=0)
YEAR = Window(start=-365, end=0)


def event(window: Window = UP_TO, **rest: object) -> EventCriterion:
    return EventCriterion.model_validate({"sets": ("cancer",), "window": window, **rest})


def lab(low: float | None, high: float | None, unit: str | None = "g/dL") -> MeasurementCriterion:
    return MeasurementCriterion(sets=("lab",), window=Window(start=-45, end=0), unit=unit, low=low, high=high)


PHRASES = [
    ("age at index >= 18", AgeCriterion(at_least=18)),
    ("age at index ≥ 18", AgeCriterion(at_least=18)),
    ("Age  at index is at least 18 years", AgeCriterion(at_least=18)),
    ("age at index <= 75", AgeCriterion(at_most=75)),
    ("age at index > 17", AgeCriterion(at_least=18)),
    ("age at index < 76", AgeCriterion(at_most=75)),
    ("age at index 18 to 75", AgeCriterion(at_least=18, at_most=75)),
    ("age between 18 and 75", AgeCriterion(at_least=18, at_most=75)),
    ("female", SexCriterion(sex="female")),
    ("sex is male", SexCriterion(sex="male")),
    ("sex: female", SexCriterion(sex="female")),
    ("prior observation >= 365 days", PriorObservation(days=365)),
    ("prior observation of at least 12 months", PriorObservation(days=365)),
    ("observed in [-365, 30]", PriorObservation(days=365, after=30)),
    ("cancer: any time up to index", event()),
    ("cancer: any time up to and including the index", event()),
    ("cancer: any time before index", event(Window(end=-1))),
    ("cancer: any time after index", event(Window(start=1))),
    ("cancer: any time", event(Window())),
    ("cancer: on index day", event(Window(start=0, end=0))),
    ("cancer: in [-365, 7]", event(Window(start=-365, end=7))),
    ("cancer: from day -365 to day 7", event(Window(start=-365, end=7))),
    ("cancer: in the 365 days before index", event(Window(start=-365, end=-1))),
    ("cancer: within 365 days before index", event(Window(start=-365, end=-1))),
    ("cancer: in the 12 months up to index", event(YEAR)),
    ("cancer: in the 90 days after index", event(Window(start=1, end=90))),
    ("cancer: once, any time up to index", event()),
    ("cancer: twice, any time up to index", event(at_least=2)),
    ("cancer: twice, 30 days apart, any time up to index", event(at_least=2, days_apart=30)),
    ("cancer: any time up to index, at least 30 days apart", event(at_least=2, days_apart=30)),
    ("cancer: at least 3 records in [-365, 0]", event(YEAR, at_least=3)),
    ("cancer: 3 times in [-365, 0]", event(YEAR, at_least=3)),
    ("cancer: at least 2 dates in [-365, 0]", event(YEAR, at_least=2, count="dates")),
    ("cancer: at most 2 records in [-365, 0]", event(YEAR, at_least=0, at_most=2)),
    ("cancer: exactly 2 records in [-365, 0]", event(YEAR, at_least=2, at_most=2)),
    ("cancer: 2 to 4 records in [-365, 0]", event(YEAR, at_least=2, at_most=4)),
    ("cancer: between 2 and 4 dates in [-365, 0]", event(YEAR, at_least=2, at_most=4, count="dates")),
    ("cancer: no record in [-365, 0]", event(YEAR, at_least=0, at_most=0)),
    ("cancer: never, any time up to index", event(at_least=0, at_most=0)),
    ("lab: at least 2.5 g/dL in [-45, 0]", lab(2.5, None)),
    ("lab: '>= 2.5 g/dL in [-45, 0]'", lab(2.5, None)),
    ("lab: at most 5 g/dL in [-45, 0]", lab(None, 5)),
    ("lab: 2.5 to 5 g/dL in [-45, 0]", lab(2.5, 5)),
    ("lab: in [-45, 0], between 2.5 and 5 g/dL", lab(2.5, 5)),
    ("lab: at least 100 10*9/L in [-45, 0]", lab(100, None, "10*9/L")),
    ("lab: value at most 1.5 in [-45, 0]", lab(None, 1.5, None)),
    ("{any of: [female, {cancer: any time up to index}]}", AnyOf(criteria=(SexCriterion(sex="female"), event()))),
    ("{all of: [female, {cancer: any time up to index}]}", AllOf(criteria=(SexCriterion(sex="female"), event()))),
    ("not: female", Not(criterion=SexCriterion(sex="female"))),
    ("{not: {cancer: any time up to index}}", Not(criterion=event())),
    (
        "{distinct sets of: [drug_a, drug_b, cancer], window: any time before index, number: 1 to 2}",
        EventCriterion(sets=("drug_a", "drug_b", "cancer"), window=Window(end=-1), at_least=1, at_most=2, count="sets"),
    ),
    ("{distinct sets of: [drug_a, drug_b], window: [-365, 0]}", EventCriterion(sets=("drug_a", "drug_b"), window=YEAR, count="sets")),
    (
        "{records of: [drug_a, drug_b], window: [-365, 0], number: at least 3}",
        EventCriterion(sets=("drug_a", "drug_b"), window=YEAR, at_least=3),
    ),
    ("{records of: cancer, window: [-365, 0], number: none}", event(YEAR, at_least=0, at_most=0)),
    ("{records of: cancer, window: [-365, 0], days apart: 30}", event(YEAR, at_least=2, days_apart=30)),
    ("{dates of: cancer, window: [-365, 0], number: exactly 2}", event(YEAR, at_least=2, at_most=2, count="dates")),
]


@pytest.mark.parametrize(("text", "meaning"), PHRASES, ids=[text for text, _ in PHRASES])
def test_a_phrase_means_its_model(read, text, meaning):
    assert read(include=f"include:\n  - {text}").steps[0].criterion == meaning


@pytest.mark.parametrize(("text", "meaning"), PHRASES[::6], ids=[text for text, _ in PHRASES[::6]])
def test_an_exclusion_denies_the_criterion(read, text, meaning):
    assert read(exclude=f"exclude:\n  - {text}").steps[0].criterion == Not(criterion=meaning)


@pytest.mark.parametrize(
    ("block", "text", "label"),
    [
        ("include", "age at index >= 18", "Age at index ≥ 18"),
        ("include", "drug_a: twice, any time up to index", "Drug a: twice, any time up to index"),
        ("include", "{cancer: in [-365, 7]}".replace("in [-365, 7]", "any time"), "Cancer: any time"),
        ("include", "{cancer: any time up to index, label: Breast cancer}", "Breast cancer"),
        ("include", "{distinct sets of: [drug_a, drug_b], window: any time before index, number: exactly 1}",
         "Distinct sets of drug a, drug b, any time before index: exactly 1"),
        ("exclude", "{cancer: any time up to index}", "No cancer: any time up to index"),
        ("exclude", "{cancer: any time up to index, label: Cancer}", "Cancer"),
        ("exclude", "age at index >= 90", "Not: age at index ≥ 90"),
        ("include", "{any of: [female, age at index >= 50]}", "Any of: Sex: female; Age at index ≥ 50"),
    ],
)  # fmt: skip
def test_the_flow_diagram_says_the_phrase(read, block, text, label):
    assert read(**{block: f"{block}:\n  - {text}"}).steps[0].label == label


def test_steps_keep_their_order_and_exclusions_come_last(read):
    study = read(exclude="exclude: [{cancer: any time up to index}]", include="include: [female, age at index >= 18]")
    assert [step.label for step in study.steps] == ["Sex: female", "Age at index ≥ 18", "No cancer: any time up to index"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("aged over eighteen", "009"),
        ("age at index 75 to 18", "022"),
        ("age at index >= 900", "020"),
        ("cancer: somewhen", "009"),
        ("cancer: twice", "028"),
        ("cancer: twice, once, any time", "009"),
        ("cancer: in [7, -365]", "013"),
        ("cancer: in [0, 999999]", "013"),
        ("cancr: any time up to index", "016"),
        ("cancer: at least 0 records in [-365, 0]", "021"),
        ("cancer: 4 to 2 records in [-365, 0]", "021"),
        ("cancer: at least 3 records, 30 days apart, in [-365, 0]", "021"),
        ("cancer: twice, 0 days apart, in [-365, 0]", "021"),
        ("cancer: twice, 30 days apart, in [-10, 0]", "021"),
        ("lab: 5 to 2.5 g/dL in [-45, 0]", "022"),
        ("lab: at least 2 records, at least 2.5 g/dL in [-45, 0]", "009"),
        ("cancer: 5", "008"),
        ("{cancer: any time, ulcer: any time}", "007"),
        ("{sex: unknown}", "024"),
        ("{any of: [female]}", "020"),
        ("{not: }", "008"),
        ("{distinct sets of: [drug_a, drug_b], window: [-365, 0], number: at least 3}", "021"),
        ("{distinct sets of: [drug_a, drug_b], window: [-365, 0], number: 3 to 1}", "021"),
        ("{records of: cancer}", "007"),
        ("{records of: cancer, window: [-365, 0], days apart: -3}", "020"),
        ("{records of: cancer, window: [-365, 0], often: 3}", "006"),
        ("{only_support: any time up to index}", "035"),
        ("[female]", "008"),
        ("observed in [30, 60]", "020"),
    ],
)
def test_a_criterion_that_cannot_be_meant_is_refused(problems, text, code):
    found = problems(include=f"include:\n  - female\n  - {text}")
    assert [problem.kind.code for problem in found] == [f"EQ-STUDY-{code}"]
    assert found[0].where.line == 10


def test_an_unreadable_phrase_is_answered_with_those_that_exist(problems):
    found = problems(include="include: [age at index => 18]")[0]
    assert "age at index >= 18" in found.what
    assert found.did_you_mean == "age at index >= 18"
    assert "twice, 30 days apart" in problems(include="include: [{cancer: often}]")[0].what

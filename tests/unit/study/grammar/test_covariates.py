"""Covariates: literal text, and the model that it means."""

from __future__ import annotations

import pytest

from equipoise.study.model import (
    AgeCovariate,
    CategoryCovariate,
    CategoryLevel,
    ComorbidityCovariate,
    CountCovariate,
    EventCovariate,
    EventCriterion,
    IndexYearCovariate,
    MeasurementCovariate,
    SexCovariate,
    SexCriterion,
    Window,
)

YEAR = Window(start=-365, end=0)
LAB = MeasurementCovariate(name="lab", label="Lab, g/dL", sets=("lab",), window=Window(start=-45, end=0), unit="g/dL", low=0.8, high=7)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("x: age at index", AgeCovariate(name="x")),
        ("age: {age at index: years, label: Age}", AgeCovariate(label="Age")),
        ("x: sex", SexCovariate(name="x")),
        ("sex: {sex: recorded, label: Woman}", SexCovariate(label="Woman")),
        ("x: year of index", IndexYearCovariate(name="x")),
        ("x: {year of index: [2019, 2022]}", IndexYearCovariate(name="x", label="X", cuts=(2019, 2022))),
        ("ulcer: any time up to index", EventCovariate(name="ulcer", label="Ulcer", sets=("ulcer",))),
        ("ulcer: at least 2 records in [-365, 0]", EventCovariate(name="ulcer", label="Ulcer", sets=("ulcer",), window=YEAR, at_least=2)),
        ("x: ulcer in [-365, 0]", EventCovariate(name="x", label="X", sets=("ulcer",), window=YEAR)),
        ("'x': '[ulcer, cancer] in the 12 months up to index'", EventCovariate(name="x", label="X", sets=("ulcer", "cancer"), window=YEAR)),
        (
            "prior_ulcer: {records of: ulcer, window: [-365, 0], number: at least 2, label: Ulcers}",
            EventCovariate(name="prior_ulcer", label="Ulcers", sets=("ulcer",), window=YEAR, at_least=2),
        ),
        ("x: {records of: [ulcer, cancer]}", EventCovariate(name="x", label="X", sets=("ulcer", "cancer"))),
        (
            "x: {number of distinct sets of: [ulcer, cancer], window: any time before index, levels: 2}",
            CountCovariate(name="x", label="X", sets=("ulcer", "cancer"), window=Window(end=-1), count="sets", levels=2),
        ),
        ("x: {number of records of: ulcer}", CountCovariate(name="x", label="X", sets=("ulcer",))),
        ("x: {number of dates of: ulcer}", CountCovariate(name="x", label="X", sets=("ulcer",), count="dates")),
        ("lab: nearest value in [-45, 0], 0.8 to 7 g/dL", LAB),
        ("lab: log of nearest value in [-45, 0], 0.8 to 7 g/dL", LAB.model_copy(update={"transform": "log"})),
        (
            "x: nearest value of lab in [-45, 0], unit g/dL",
            LAB.model_copy(update={"name": "x", "label": "X, g/dL", "low": None, "high": None}),
        ),
        (
            "lab: {nearest value of: lab, window: [-45, 0], to day: -7, unit: g/dL, plausible: [0.8, 7], transform: log, spline knots: 4}",
            LAB.model_copy(update={"target": -7, "transform": "log", "spline_knots": 4}),
        ),
        (
            "x: {first that holds: {Women: female, Ulcer+: {ulcer: any time up to index}}, otherwise: Men, label: Kind}",
            CategoryCovariate(
                name="x",
                label="Kind",
                levels=(
                    CategoryLevel(level="Women", criterion=SexCriterion(sex="female")),
                    CategoryLevel(level="Ulcer+", criterion=EventCriterion(sets=("ulcer",), window=Window(end=0))),
                ),
                otherwise="Men",
            ),
        ),
        (
            "x: {comorbidity index: Charlson, window: [-365, 0], without: [canc, metacanc]}",
            ComorbidityCovariate(name="x", label="X", without=("canc", "metacanc")),
        ),
        ("x: {comorbidity index: Elixhauser}", ComorbidityCovariate(name="x", label="X", index="Elixhauser", weights="vanwalraven")),
    ],
)
def test_a_covariate(read, text, meaning):
    assert read(covariates=f"covariates:\n  {text}").covariates == (meaning,)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("ulcer: in [-365, 1]", "014"),
        ("ulcer: any time", "014"),
        ("x: {records of: ulcer, window: [-365, 30]}", "014"),
        ("x: {records of: ulcer, window: any time after index}", "014"),
        ("lab: nearest value in [-45, 7]", "014"),
        ("x: {first that holds: {Later: {ulcer: any time after index}}}", "014"),
        ("x: {first that holds: {Later: {not: {any of: [female, {ulcer: any time}]}}}}", "014"),
        ("x: {first that holds: {Long: 'observed in [-365, 30]'}}", "014"),
        ("x: any time up to index", "016"),
        ("x: ulser in [-365, 0]", "016"),
        ("x: what it may be", "009"),
        ("ulcer: no record in [-365, 0]", "009"),
        ("ulcer: twice, 30 days apart, in [-365, 0]", "009"),
        ("x: {records of: ulcer, number: at most 3}", "009"),
        ("lab: nearest value in [-45, 0], 7 to 0.8 g/dL", "022"),
        ("lab: log of nearest value in [-45, 0]", "022"),
        ("lab: log of nearest value in [-45, 0], 0 to 7 g/dL", "022"),
        ("lab: {nearest value of: lab, plausible: [7, 1]}", "022"),
        ("lab: {nearest value of: lab, window: [-45, 0], unit: g/dLL}", "036"),
        ("lab: {nearest value of: lab, plausible: [1]}", "020"),
        ("lab: {nearest value of: lab, spline knots: 9}", "020"),
        ("lab: {nearest value of: lab, window: [-45, -10], to day: -50}", "020"),
        ("x: {comorbidity index: Charlston}", "024"),
        ("x: {comorbidity index: Charlson, weights: vanwalraven}", "024"),
        ("x: {comorbidity index: Charlson, without: [cancer]}", "027"),
        ("x: {year of index: [2022, 2019]}", "022"),
        ("x: {first that holds: {A: female}, otherwise: A}", "022"),
        ("x: {first that holds: {A: female, a: male}}", "019"),
        ("x: {some: thing}", "007"),
        ("Ulcer: ulcer any time up to index\n  ulcer: any time up to index", "019"),
        ("two words: sex", "029"),
    ],
)
def test_a_covariate_that_cannot_be_meant_is_refused(codes_of, text, code):
    assert codes_of(covariates=f"covariates:\n  {text}") == [f"EQ-STUDY-{code}"]


def test_an_unknown_group_is_answered_with_the_nearest(problems):
    found = problems(covariates="covariates: {x: {comorbidity index: Charlson, without: [metacancer]}}")[0]
    assert found.did_you_mean == "metacanc"


def test_an_unknown_unit_is_reported_on_its_own_line(problems):
    long_form = "covariates:\n  lab:\n    nearest value of: lab\n    unit: g/dLL\n    plausible: [1, 9]"
    unit, window = problems(covariates=long_form)[0], problems(covariates=long_form.replace("g/dLL", "g/dL").replace("[1, 9]", "[9, 1]"))[0]
    assert unit.where.path == "covariates.lab.unit"
    assert unit.where.line == window.where.line - 1

"""Every threshold of the table, written out again here by hand, on both sides and for both baselines."""

from __future__ import annotations

import csv
from importlib.resources import files

import numpy as np
import pytest

from equipoise.table.scores.ctcae import (
    GRADES,
    Measured,
    abnormal_baseline,
    ctcae_grade,
    ctcae_rules,
    read_rule,
    rules_by_analyte,
    worst_grade,
)

LOWER, UPPER = 0.5, 40.0
EPS = 1e-6

# analyte: bounds of grades 1.. with a normal baseline, as absolute values under the limits below
HIGH = {
    "ALT": (40, 120, 200, 800),
    "AST": (40, 120, 200, 800),
    "ALP": (40, 100, 200, 800),
    "GGT": (40, 100, 200, 800),
    "TBILI": (40, 60, 120, 400),
    "CREAT": (40, 60, 120, 240),
    "INR": (1.2, 1.5, 2.5),
}
LOW = {
    "ALBUMIN": (3.5, 3.0, 2.0),
    "PLT": (150, 75, 50, 25),
    "ANC": (1.8, 1.5, 1.0, 0.5),
    "WBC": (4.0, 3.0, 2.0, 1.0),
    "LYMPH": (1.1, 0.8, 0.5, 0.2),
    "HGB": (12, 10, 8),
}
# analyte: multiples of a baseline of 100 (upper limit 40) at which grades begin, and whether the bound itself belongs to the grade
OWN = {
    "ALT": {1: (1.5, True), 2: (3, False), 3: (5, False), 4: (20, False)},
    "AST": {1: (1.5, True), 2: (3, False), 3: (5, False), 4: (20, False)},
    "ALP": {1: (2.0, True), 2: (2.5, False), 3: (5, False), 4: (20, False)},
    "GGT": {1: (2.0, True), 2: (2.5, False), 3: (5, False), 4: (20, False)},
    "TBILI": {1: (1.0, False), 2: (1.5, False), 3: (3, False), 4: (10, False)},
    "CREAT": {2: (1.5, False), 3: (3, False)},
}


def measured(*values, lower=LOWER, upper=UPPER):
    array = np.array(values, dtype=float)
    return Measured(array, np.full(len(array), lower), np.full(len(array), upper))


def grades(analyte, *values, baseline=None, lower=LOWER, upper=UPPER):
    before = None if baseline is None else measured(*[baseline] * len(values), lower=lower, upper=upper)
    return worst_grade(ctcae_rules()[analyte], measured(*values, lower=lower, upper=upper), before).tolist()


def test_the_whole_table_is_read():
    text = files("equipoise.table").joinpath("data/ctcae_v5_labs.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    rules = ctcae_rules()
    assert len(rows) == sum(map(len, rules.values())) == len(HIGH) + len(LOW)
    assert set(rules) == set(HIGH) | set(LOW) == {row["analyte"] for row in rows}
    for row in rows:
        (rule,) = rules[row["analyte"]]
        assert (rule.direction, rule.source) == (row["direction"], row["source"])
        assert [cut.grade for cut in rule.normal] == [g for g in GRADES if row[f"g{g}_base_normal"]]
        own = [cut.grade for cut in rule.own if cut.basis == "baseline"]
        assert own == [g for g in GRADES if row[f"g{g}_base_abnormal"]]


@pytest.mark.parametrize(("analyte", "place"), [(a, p) for a, bounds in HIGH.items() for p in range(len(bounds))])
@pytest.mark.parametrize("baseline", [None, 1.0])
def test_high_bounds_with_a_normal_baseline(analyte, place, baseline):
    bound = HIGH[analyte][place]
    assert grades(analyte, bound * (1 - EPS), bound, bound * (1 + EPS), baseline=baseline) == [place, place, place + 1]


@pytest.mark.parametrize(("analyte", "place"), [(a, p) for a, bounds in LOW.items() for p in range(len(bounds))])
@pytest.mark.parametrize("far_below", [False, True])
def test_low_bounds_whatever_the_baseline(analyte, place, far_below):
    bounds = LOW[analyte]
    bound = bounds[place]
    baseline = bounds[-1] / 2 if far_below else bounds[0] * 2
    found = grades(analyte, bound * (1 + EPS), bound, bound * (1 - EPS), baseline=baseline, lower=bounds[0])
    assert found == [place, place, place + 1]


@pytest.mark.parametrize(("analyte", "grade"), [(a, g) for a, bounds in OWN.items() for g in bounds])
def test_multiples_of_an_abnormal_baseline(analyte, grade):
    multiple, included = OWN[analyte][grade]
    below = max([g for g in OWN[analyte] if g < grade], default=0)
    bound = 100 * multiple
    if analyte == "CREAT":  # grade 4 stands on the limit: keep below 6 x 1000
        assert _creatinine(bound * (1 - EPS), bound, bound * (1 + EPS)) == [below, below, grade]
        return
    found = grades(analyte, bound * (1 - EPS), bound, bound * (1 + EPS), baseline=100.0)
    assert found == [below, grade if included else below, grade]


def _creatinine(*values):
    now = measured(*values, upper=90.0)
    before = measured(*[100.0] * len(values), upper=90.0)
    (rule,) = ctcae_rules()["CREAT"]
    return ctcae_grade(rule, now, before).tolist()


def test_creatinine_of_grade_4_stands_on_the_limit_for_any_baseline():
    assert _creatinine(540.0, 540.0 * (1 + EPS)) == [3.0, 4.0]


def test_between_the_baseline_and_its_lowest_multiple_lies_grade_0():
    assert grades("ALT", 100, 149, baseline=100.0) == [0, 0]
    assert grades("ALT", 100, 149) == [1, 2]
    assert grades("ALP", 199, baseline=100.0) == [0]
    assert grades("CREAT", 100, 150, baseline=100.0) == [0, 0]


def test_a_baseline_on_the_limit_is_normal():
    (alt,), (albumin,) = ctcae_rules()["ALT"], ctcae_rules()["ALBUMIN"]
    assert abnormal_baseline(alt, measured(40.0, 40.1, np.nan)).tolist() == [False, True, False]
    assert abnormal_baseline(albumin, measured(3.5, 3.4, np.nan, lower=3.5)).tolist() == [False, True, False]
    assert grades("ALT", 130, baseline=40.0) == [2]
    assert grades("ALT", 130, baseline=np.nan) == [2]


@pytest.mark.parametrize(("multiple", "grade"), [(1.0, 0), (1.01, 1), (1.5, 1), (1.51, 2), (2.5, 2), (2.51, 3)])
def test_inr_of_the_anticoagulated_is_graded_by_their_own(multiple, grade):
    (rule,) = ctcae_rules()["INR"]
    now, before = measured(2.4 * multiple), measured(2.4)
    assert ctcae_grade(rule, now, before, np.array([True])).tolist() == [grade]
    for known in (np.array([False]), None):
        assert ctcae_grade(rule, now, before, known).tolist() == grades("INR", 2.4 * multiple)


def test_products_are_not_turned_by_binary_rounding():
    assert 1.5 * 1.2 < 1.8
    assert grades("TBILI", 1.8, upper=1.2) == [1]
    assert grades("ALT", 1.1 * 1.5, baseline=1.1, upper=1.0) == [1]


def test_a_grade_that_turns_on_an_unknown_limit_is_unknown():
    nan = np.nan
    np.testing.assert_array_equal(grades("ALT", 100.0, upper=nan), [nan])
    np.testing.assert_array_equal(grades("ALBUMIN", 3.2, 2.9, nan, lower=nan), [nan, 2, nan])
    np.testing.assert_array_equal(grades("INR", 1.1, 3.0, lower=nan, upper=nan), [0, 3])


def row(**cells):
    names = [f"g{g}_base_{b}" for b in ("normal", "abnormal") for g in GRADES]
    return {"analyte": "K", "unit_basis": "mmol/L absolute", "direction": "high", "source": "", **dict.fromkeys(names, ""), **cells}


def test_an_analyte_can_be_too_high_and_too_low():
    rules = rules_by_analyte(
        [
            row(g1_base_normal=">5.0-5.5", g2_base_normal=">5.5"),
            row(direction="low", g1_base_normal="<LLN-3.0", g2_base_normal="<3.0"),
        ]
    )["K"]
    assert worst_grade(rules, measured(2.9, 3.2, 4.0, 5.2, 6.0, lower=3.5)).tolist() == [2, 1, 0, 1, 2]


@pytest.mark.parametrize(
    "cells",
    [
        {"g1_base_normal": "about 3"},
        {"g1_base_normal": ">1-3", "g2_base_normal": ">4"},
        {"g1_base_normal": ">1-3", "g3_base_normal": ">3"},
        {"g1_base_normal": ">1-3"},
        {"g1_base_normal": "<1"},
        {"g1_base_normal": ">1", "g1_base_abnormal": ">1"},
        {"unit_basis": "sometimes", "g1_base_normal": ">1"},
        {"direction": "sideways", "g1_base_normal": ">1"},
    ],
)
def test_what_cannot_be_read_is_refused(cells):
    with pytest.raises(ValueError, match=r"\w"):
        read_rule(row(**cells))

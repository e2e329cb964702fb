"""Criteria, windows and covariates in words, against sentences written by hand."""

from __future__ import annotations

import pytest

from equipoise.report.protocol.words import bracket, covariate_in_words, criterion_in_words, days, listed, months, windows_in
from equipoise.study import model as m
from equipoise.study.model import Window


@pytest.mark.parametrize(
    ("window", "drawn", "said"),
    [
        (Window(), "[…, …]", "any time"),
        (Window(end=0), "[…, 0]", "any time up to day 0"),
        (Window(start=1), "[1, …]", "from day 1 on"),
        (Window(start=-365, end=-1), "[−365, −1]", "days −365 to −1"),
        (Window(start=0, end=0), "[0, 0]", "day 0"),
    ],
)
def test_windows(window: Window, drawn: str, said: str) -> None:
    assert (bracket(window), days(window)) == (drawn, said)


BLEED = m.EventCriterion(sets=("bleed",), window=Window(start=-30, end=0))


@pytest.mark.parametrize(
    ("criterion", "said"),
    [
        (BLEED, "a record of “bleed”, days −30 to 0"),
        (BLEED.model_copy(update={"at_least": 0, "at_most": 0}), "no record of “bleed”, days −30 to 0"),
        (BLEED.model_copy(update={"at_least": 0, "at_most": 2}), "at most 2 records of “bleed”, days −30 to 0"),
        (
            BLEED.model_copy(update={"at_least": 2, "days_apart": 30, "sets": ("a", "b", "c")}),
            "at least 2 records of “a”, “b” or “c” at least 30 days apart, days −30 to 0",
        ),
        (BLEED.model_copy(update={"at_least": 1, "at_most": 3, "count": "sets"}), "1 to 3 kinds of records of “bleed”, days −30 to 0"),
        (BLEED.model_copy(update={"at_least": 2, "count": "dates"}), "at least 2 days with a record of “bleed”, days −30 to 0"),
        (m.AgeCriterion(at_least=18), "age at index of at least 18 years"),
        (m.AgeCriterion(at_least=18, at_most=64), "age at index from 18 to 64 years"),
        (m.SexCriterion(sex="female"), "sex recorded as female"),
        (m.PriorObservation(days=365), "observed for 365 days before the index"),
        (m.MeasurementCriterion(sets=("alt",), unit="U/L", high=40), "a value of “alt” of at most 40 U/L, any time"),
        (
            m.Not(criterion=m.AnyOf(criteria=(BLEED, m.SexCriterion(sex="male")))),
            "not: (a record of “bleed”, days −30 to 0 or sex recorded as male)",
        ),
    ],
)
def test_criteria(criterion: m.Criterion, said: str) -> None:
    assert criterion_in_words(criterion) == said


def test_windows_of_a_nested_criterion_come_once_each() -> None:
    nested = m.AllOf(criteria=(BLEED, m.Not(criterion=BLEED), m.AgeCriterion(at_least=18), m.PriorObservation(days=90, after=30)))
    assert windows_in(nested) == (Window(start=-30, end=0), Window(start=0, end=0), Window(start=-90, end=30))


class Unheard(m.Model):
    """A criterion that nobody has words for."""

    kind: str = "dose_above"
    sets: tuple[str, ...] = ("drug",)
    window: Window = Window(end=-1)


def test_what_has_no_words_is_named_by_kind_sets_and_window() -> None:
    assert criterion_in_words(Unheard()) == "dose above, “drug”, any time up to day −1"
    assert covariate_in_words(Unheard()) == "dose above, “drug”, any time up to day −1"


@pytest.mark.parametrize(
    ("covariate", "said"),
    [
        (m.EventCovariate(name="x", sets=("a",), at_least=2), "at least 2 records of “a”"),
        (
            m.CountCovariate(name="x", sets=("a", "b"), count="sets", levels=3),
            "number of kinds of records of “a” or “b”; categories up to 3 or more",
        ),
        (
            m.MeasurementCovariate(name="x", sets=("alb",), unit="g/dL", low=0.8, high=7, transform="log"),
            "value of “alb” in g/dL nearest to day 0; only values from 0.8 to 7 count; natural logarithm; missing: the network's median "
            "and an indicator",
        ),
        (m.ComorbidityCovariate(name="x", without=("canc",)), "Charlson index, weights charlson1987, without canc"),
        (
            m.CategoryCovariate(name="x", levels=(m.CategoryLevel(level="HR+", criterion=BLEED),)),
            "the first that holds of: HR+: a record of “bleed”, days −30 to 0; else unknown",
        ),
    ],
)
def test_covariates(covariate: m.Covariate, said: str) -> None:
    assert covariate_in_words(covariate) == said


def test_lists_and_months() -> None:
    assert [listed(words) for words in ((), ("a",), ("a", "b"), ("a", "b", "c"))] == ["", "a", "a and b", "a, b and c"]
    assert [months(length) for length in (365, 731, 1096, 1826, 90)] == ["12 months", "24 months", "36 months", "60 months", "90 days"]

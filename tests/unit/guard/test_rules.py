"""Each rule at its border, by arithmetic; and that each is stated."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest

from equipoise.guard.policy import Policy
from equipoise.guard.rules import (
    STATEMENTS,
    Cells,
    Magnitude,
    Model,
    Name,
    Quantile,
    Subject,
    Text,
    apart,
    broken,
    coarse_steps,
)

FORBIDDEN: list[tuple[Subject, str]] = [
    (Cells((50, 10)), "small cell"),
    (Cells((1,)), "small cell"),
    (Model(29, 10), "saturated model"),  # 10 parameters need 30 persons
    (Model(12, 3), "saturated model"),  # 9 persons beyond the parameters
    (Model(1000, 5, smallest_cell=10), "small cell in a model"),
    (Magnitude(11, 100.0, 91.0**2 + 9.0**2), "dominance"),  # one person has 91 of 100
    (Magnitude(11, 100.0, 46.0**2 + 45.0**2 + 9.0**2), "dominance"),  # two persons have 91 of 100
    (Quantile(40, 0.25), "extreme"),  # 10 persons below
    (Quantile(10_000, 1.0), "extreme"),
    (Quantile(10_000, 0.0), "extreme"),
    (Text(401), "long text"),
]
ALLOWED: list[Subject] = [
    Cells((0, 11, 500)),
    Model(30, 10),
    Model(13, 3),
    Model(0, 5),
    Model(1000, 5, smallest_cell=11),
    Model(1000, 5, smallest_cell=0),
    Magnitude(11, 110.0, 11 * 100.0),  # eleven persons with 10 each
    Magnitude(0, 0.0, 0.0),
    Magnitude(11, 100.0, 40.0**2 + 40.0**2 + 9 * (20 / 9) ** 2),  # two have 80
    Quantile(44, 0.25),
    Quantile(22, 0.5),
    Text(400),
]


@pytest.mark.parametrize(("subject", "rule"), FORBIDDEN)
def test_what_a_rule_forbids(subject: Subject, rule: str) -> None:
    assert broken(subject, Policy()) == (rule,)


@pytest.mark.parametrize("subject", ALLOWED)
def test_what_no_rule_forbids(subject: Subject) -> None:
    assert broken(subject, Policy()) == ()


def test_every_rule_is_stated_and_can_forbid_something() -> None:
    assert set(STATEMENTS) == set(get_args(Name)) == {rule for _, rule in FORBIDDEN}
    assert all(text.endswith(".") and text.count(".") == 1 for text in STATEMENTS.values())


def test_the_minimum_is_the_policy_s() -> None:
    assert broken(Cells((11,)), Policy(minimum_count=20)) == ("small cell",)
    assert broken(Quantile(44, 0.25), Policy(minimum_count=20)) == ("extreme",)


def test_steps_are_laid_together_until_each_is_large_enough() -> None:
    assert coarse_steps([5, 5, 1, 3, 20, 2, 2], 11) == (2, 6)
    assert coarse_steps([11, 11], 11) == (0, 1)
    assert coarse_steps([5, 5], 11) == ()
    assert coarse_steps([], 11) == ()


@pytest.mark.parametrize("seed", range(20))
def test_no_step_stands_for_few_and_none_is_lost(seed: int) -> None:
    rng = np.random.default_rng(seed)
    persons = rng.integers(1, 9, rng.integers(1, 60)).tolist()
    ends = coarse_steps(persons, 11)
    if sum(persons) < 11:
        assert ends == ()
        return
    starts = (-1, *ends)
    groups = [sum(persons[a + 1 : b + 1]) for a, b in zip(starts, ends, strict=False)]
    assert min(groups) >= 11
    assert sum(groups) == sum(persons)


def test_numbers_at_risk_do_not_differ_by_a_few() -> None:
    assert apart([100, 95, 89, 89, 80, 70, 0], 11) == (True, False, True, True, False, True, True)

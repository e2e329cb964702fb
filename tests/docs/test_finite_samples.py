"""The page on small samples: many data sets fitted as one are what each alone gives, and its counts add up."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

import numpy as np

from equipoise import stats

BENCHMARKS = str(Path(__file__).resolve().parents[2] / "benchmarks")
sys.path.insert(0, BENCHMARKS)
try:
    many, cases = import_module("many_at_once"), import_module("finite_sample_cases")
finally:
    sys.path.remove(BENCHMARKS)  # it holds a `network.py`, which would stand before the folder `network` of the tests

R, N = 3, 50
ARM = np.repeat([0, 1], N // 2)


def test_many_data_sets_fitted_as_one_are_what_each_alone_gives() -> None:
    rng = np.random.default_rng(3)
    time, any_event = cases.censored(rng, rng.exponential(1, (R, N)))
    event = np.where(any_event == 1, rng.integers(1, 3, (R, N)), 0)
    died = (event == 1).astype(np.int64)
    x = np.stack([np.ones((R, N)), np.broadcast_to(ARM, (R, N)), rng.normal(size=(R, N))], axis=2)
    yes, count = rng.integers(0, 2, (R, N)).astype(float), rng.poisson(2, (R, N)).astype(float)
    cox = many.cox_of_each([cases.rows(t, e, ARM[:, None]) for t, e in zip(time, died, strict=True)])
    fine_gray = many.fine_gray_of_each(time, event, np.broadcast_to(ARM[:, None], (R, N, 1)).astype(float))
    logistic, poisson = many.logistic_of_each(x, yes), many.poisson_of_each(x, count)
    for k in range(R):
        alone = stats.cox(time[k], died[k], ARM, robust=True).fit
        np.testing.assert_allclose([*cox[k].coef, *cox[k].robust], [*alone.coef, *alone.se], rtol=1e-9)
        alone = stats.fine_gray(time[k], event[k], ARM).fit.fit
        np.testing.assert_allclose([*fine_gray[k].coef, *fine_gray[k].robust], [*alone.coef, *alone.se], rtol=1e-9)
        of_chance = stats.logistic(yes[k], x[k, :, 1:]).fit
        np.testing.assert_allclose([*logistic[k].coef, *logistic[k].se], [*of_chance.coef, *of_chance.se], rtol=1e-9)
        of_count = stats.glm(count[k], x[k, :, 1:], "poisson").fit
        np.testing.assert_allclose([*poisson[k].coef, *poisson[k].se], [*of_count.coef, *of_count.se], rtol=1e-9)


def test_a_data_set_that_is_refused_is_left_out_and_the_others_are_fitted() -> None:
    x = np.stack([np.ones((R, N)), np.broadcast_to(ARM, (R, N))], axis=2)
    yes = np.random.default_rng(1).integers(0, 2, (R, N)).astype(float)
    yes[1] = ARM
    assert sorted(many.logistic_of_each(x, yes)) == [0, 2]


def test_no_answer_and_answers() -> None:
    assert not cases.Found("x").answered
    assert not cases.Found("x", -np.inf, np.inf, 1.0).answered
    assert cases.Found("x", 0.5, np.inf, 0.7).right
    assert not cases.Found("x", 0.5, 0.6, 0.7).right
    assert not cases.Found("x", p=0.04).right

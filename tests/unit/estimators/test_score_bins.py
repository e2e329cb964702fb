"""Matching within bins of a score: by hand, against weights that are MatchIt's, and against greedy matching where the truth is known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from equipoise.estimators.data import CovariateData
from equipoise.estimators.loop import run_local, run_sites
from equipoise.estimators.matching.weights import subclass_weights
from equipoise.estimators.propensity.site import logit
from equipoise.estimators.score_bins.hub import ScoreBinsHub
from equipoise.estimators.score_bins.site import summarise
from equipoise.estimators.score_bins.summary import ScoreBinsResult, bin_of
from equipoise.kernel.errors import EquipoiseError
from equipoise.stats import match, match_in_bins

RNG = np.random.default_rng(12)


def data_of(score: np.ndarray, arm: np.ndarray) -> CovariateData:
    return CovariateData(score[:, None], arm, np.ones(len(arm)))


def found_of(score: np.ndarray, arm: np.ndarray, **settings: Any) -> ScoreBinsResult:
    return run_local(ScoreBinsHub(**settings), summarise, data_of(score, arm))


SCORE = np.array([0.1, 0.1, 0.1, 0.1, 0.3, 0.3, 0.5, 0.5, 0.5, 0.9])
ARM = np.array([0, 0, 0, 1, 0, 1, 0, 1, 1, 1])


@pytest.mark.parametrize(
    ("population", "comparator", "target"),
    [
        ("matched", [1 / 3, 1, 1, 0], [1, 1, 1 / 2, 0]),
        ("target", [1 / 3, 1, 2, 0], [1, 1, 1, 0]),
        ("overlap", [1 / 4, 1 / 2, 2 / 3, 0], [3 / 4, 1 / 2, 1 / 3, 0]),
        ("everyone", [4 / 3 * 5 / 9, 2 * 5 / 9, 3 * 5 / 9, 0], [4 * 4 / 9, 2 * 4 / 9, 3 / 2 * 4 / 9, 0]),
    ],
)
def test_weights_by_hand(population: Any, comparator: list[float], target: list[float]) -> None:
    found = found_of(SCORE, ARM, bins=10, population=population)
    weight = found.weight_of(SCORE, ARM)
    for place, score in enumerate((0.1, 0.3, 0.5, 0.9)):
        np.testing.assert_allclose(weight[(score == SCORE) & (ARM == 0)], comparator[place], atol=1e-15)
        np.testing.assert_allclose(weight[(score == SCORE) & (ARM == 1)], target[place], atol=1e-15)
    assert found.left_out.tolist() == [0, 1]


def confounded(n: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Score, arm and outcome; the treatment adds 1 to everybody's outcome."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 3))
    score = 1 / (1 + np.exp(1.5 - x @ [0.8, 0.5, 0.3]))
    arm = (rng.random(n) < score).astype(np.int64)
    return score, arm, 2 * x @ [0.8, 0.5, 0.3] + arm + rng.normal(size=n)


@pytest.mark.parametrize(("population", "estimand"), [("target", "ATT"), ("everyone", "ATE")])
def test_weights_are_those_of_subclasses(population: Any, estimand: Any) -> None:
    """`subclass_weights` gives MatchIt's weights (tests/gold), scaled to a mean of 1 in an arm."""
    score, arm, _ = confounded(2000, 1)
    found = found_of(score, arm, population=population)
    weight, place = found.weight_of(score, arm), bin_of(score, found.edges)
    kept = np.unique(place[weight > 0], return_inverse=True)[1]
    subclass = np.full(len(arm), -1)
    subclass[weight > 0] = kept
    expected = subclass_weights(subclass, arm, estimand)
    for one in (0, 1):
        mean = weight[(arm == one) & (weight > 0)].mean()
        np.testing.assert_allclose(weight[arm == one] / mean, expected[arm == one], rtol=1e-12)


def test_bins_hold_about_equal_numbers_of_the_smaller_arm() -> None:
    score, arm, _ = confounded(20_000, 2)
    found = found_of(score, arm, bins=20)
    assert found.count.shape == (2, 20)
    assert found.count.sum() == 20_000
    assert np.all(np.abs(found.count[1] - arm.sum() / 20) < 0.25 * arm.sum() / 20)
    np.testing.assert_allclose((found.weight * found.count)[0], (found.weight * found.count)[1])
    assert set(found.edges) <= set(ScoreBinsHub().first().edges)


def test_sites_give_the_pooled_weights() -> None:
    score, arm, _ = confounded(500, 3)
    sites = [data_of(score[:1], arm[:1]), data_of(score[1:300], arm[1:300]), data_of(score[:0], arm[:0]), data_of(score[300:], arm[300:])]
    pooled, split = found_of(score, arm), run_sites(ScoreBinsHub(), summarise, sites)
    np.testing.assert_array_equal(split.weight, pooled.weight)
    np.testing.assert_array_equal(split.edges, pooled.edges)


def test_estimates_lie_near_the_truth_and_near_greedy_matching() -> None:
    """The effect is 1 for everybody; the arms' plain means differ by 2.6 more."""
    crude, binned, matched = [], [], []
    for seed in range(20):
        score, arm, y = confounded(3000, 100 + seed)
        greedy = match(logit(score), arm).weight
        for weight, into in ((np.ones(len(y)), crude), (found_of(score, arm).weight_of(score, arm), binned), (greedy, matched)):
            means = [np.average(y[arm == one], weights=weight[arm == one]) for one in (0, 1)]
            into.append(means[1] - means[0])
    assert np.mean(crude) > 2
    standard_error = np.std(binned, ddof=1) / np.sqrt(20)
    assert np.mean(binned) == pytest.approx(1, abs=4 * standard_error)
    assert np.mean(np.abs(np.array(binned) - matched)) < 0.05
    assert np.std(binned) < 1.2 * np.std(matched)


def test_an_empty_arm_gets_no_weight_and_nonsense_is_refused() -> None:
    nobody = found_of(SCORE, np.zeros(10, dtype=np.int64))
    assert not nobody.weight.any()
    assert nobody.left_out.tolist() == [10, 0]
    for settings in ({"bins": 0}, {"population": "all"}):
        with pytest.raises(EquipoiseError, match="score bins"):
            found_of(SCORE, ARM, **settings)


def test_the_face_for_one_data_set_says_who_is_matched() -> None:
    found = match_in_bins(SCORE, ARM, 10)
    assert (found.n_matched(0), found.n_matched(1)) == (5, 4)
    assert found.subclass is not None
    assert len(np.unique(found.subclass[found.subclass >= 0])) == 3
    with pytest.raises(EquipoiseError, match="from 0 to 1"):
        match_in_bins(logit(SCORE), ARM)

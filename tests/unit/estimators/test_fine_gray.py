"""Fine-Gray: worked by hand; without censoring it is a Cox model; variances against the derivative by each row's weight."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from equipoise.estimators.cox.hub import CoxHub
from equipoise.estimators.cox.site import summarise as cox
from equipoise.estimators.data import SurvivalData
from equipoise.estimators.fine_gray.hub import FineGrayHub
from equipoise.estimators.fine_gray.site import summarise
from equipoise.estimators.fine_gray.summary import FineGrayResult
from equipoise.estimators.loop import run_local
from equipoise.kernel.errors import EquipoiseError


def rows(n: int, seed: int, *, groups: int = 1, censored: bool = True) -> SurvivalData:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 2))
    chance = [0.3, 0.4, 0.3] if censored else [0, 0.6, 0.4]
    return SurvivalData(
        time=np.ceil(20 * rng.exponential(np.exp(-x[:, 0] / 2))),
        event=rng.choice(3, n, p=chance),
        group=rng.integers(0, groups, n),
        stratum=np.zeros(n, dtype=np.int64),
        x=x,
        weight=np.ones(n),
    )


def fit(data: SurvivalData, **settings: object) -> FineGrayResult:
    asked = {"n_columns": data.x.shape[1], "cause": 1, "n_causes": 2, "n_groups": int(data.group.max()) + 1, **settings}
    return run_local(FineGrayHub(np.unique(data.time), **asked), summarise, data)  # type: ignore[arg-type]


def test_weights_by_hand() -> None:
    """Six people: cause 2 at 1 and 3, censored at 2 and 4, cause 1 at 5 and 6. Not censored: 4/5 after 2 and 8/15 after 4.

    At 5 the one taken at 1 counts 8/15, the one taken at 3 (8/15) / (4/5) = 2/3; two are at risk. At 6 one is.
    """
    data = SurvivalData(
        time=np.arange(1.0, 7.0),
        event=np.array([2, 0, 2, 0, 1, 1]),
        group=np.zeros(6, dtype=np.int64),
        stratum=np.zeros(6, dtype=np.int64),
        x=np.array([[0.0], [0.0], [1.0], [1.0], [0.0], [1.0]]),
        weight=np.ones(6),
    )
    found = fit(data)
    np.testing.assert_allclose(found.uncensored[0], [1, 1, 4 / 5, 4 / 5, 8 / 15, 8 / 15])
    at_5, at_6 = (8 / 15, 2 / 3, 1.0, 1.0), (8 / 15, 2 / 3, 1.0)
    np.testing.assert_allclose(found.fit.loglik_null, -np.log(sum(at_5)) - np.log(sum(at_6)))
    ratio = np.exp(found.fit.coef[0])
    jumps = 1 / (at_5[0] + at_5[2] + ratio * (at_5[1] + at_5[3])), 1 / (at_6[0] + ratio * (at_6[1] + at_6[2]))
    np.testing.assert_allclose(found.fit.baseline_hazard[0][4:], jumps)
    np.testing.assert_allclose(1 - ratio * (at_5[1] + at_5[3]) * jumps[0] - ratio * (at_6[1] + at_6[2]) * jumps[1], 0, atol=1e-8)
    assert (found.of_cause, found.of_others, found.censored) == (2, 2, 2)


@pytest.mark.parametrize("ties", ["breslow", "efron"])
def test_without_censoring_those_taken_stay_for_good(ties: str) -> None:
    """It is then a Cox model in which another cause's event is censoring after the last time."""
    data = rows(120, 4, censored=False)
    moved = np.where(data.event == 2, data.time.max() + 1, data.time)
    there = replace(data, time=moved, event=(data.event == 1).astype(np.int64))
    expected = run_local(CoxHub(np.unique(moved), 2, ties=ties, robust=True), cox, there)  # type: ignore[arg-type]
    for censoring in ("known", "estimated"):
        found = fit(data, ties=ties, censoring=censoring).fit
        np.testing.assert_allclose(found.coef, expected.coef, rtol=1e-8)
        np.testing.assert_allclose(found.vcov, expected.vcov, rtol=1e-8)
        np.testing.assert_allclose(found.loglik, expected.loglik)


@pytest.mark.parametrize("groups", [1, 2])
def test_the_variance_is_the_infinitesimal_jackknife(groups: int) -> None:
    """Up to terms of the censoring's squared hazard, which Fine and Gray leave out; with several groups cmprsk's is further off."""
    data = rows(300, 7, groups=groups)
    found = fit(data).fit
    influence = np.zeros((300, 2))
    for i in range(300):
        step = np.zeros(300)
        step[i] = 1e-4
        influence[i] = (fit(replace(data, weight=1 + step)).fit.coef - fit(replace(data, weight=1 - step)).fit.coef) / 2e-4
    expected = influence.T @ influence
    np.testing.assert_allclose(np.diag(found.vcov), np.diag(expected), rtol=1e-3)
    off = np.abs(np.diag(fit(data, censoring="known").fit.vcov) / np.diag(expected) - 1)
    assert off.max() > 3e-3
    if groups > 1:
        assert np.abs(np.diag(fit(data, censoring="estimated-as-cmprsk").fit.vcov) / np.diag(expected) - 1).max() > 1e-3


def test_with_one_censoring_group_cmprsk_is_right() -> None:
    data = rows(100, 2)
    np.testing.assert_allclose(fit(data).fit.vcov, fit(data, censoring="estimated-as-cmprsk").fit.vcov)


def test_events_first_is_together_when_no_censoring_meets_an_event() -> None:
    data = rows(80, 9)
    apart = replace(data, time=data.time + np.where(data.event == 0, 0.5, 0.0))
    np.testing.assert_allclose(fit(apart).fit.vcov, fit(apart, censoring_ties="events-first").fit.vcov)
    assert not np.allclose(fit(data).fit.coef, fit(data, censoring_ties="events-first").fit.coef, rtol=1e-6)


def test_the_incidence_of_a_person() -> None:
    found = fit(rows(200, 1))
    curves = found.incidence(np.array([[0.0, 0.0], [1.0, 0.0]]))
    begun = curves[0] > 0
    assert begun.any()
    np.testing.assert_allclose(np.log1p(-curves[1][begun]) / np.log1p(-curves[0][begun]), np.exp(found.fit.coef[0]))


def test_recovers_the_truth() -> None:
    """Fine and Gray's own design: F(t | x) = 1 - (1 - p (1 - exp(-t)))^exp(x b)."""
    rng = np.random.default_rng(8)
    n, p, slope = 20000, 0.5, 0.6
    x = rng.integers(0, 2, n).astype(float)
    most = 1 - (1 - p) ** np.exp(slope * x)
    mine = rng.uniform(size=n) < most
    level = 1 - (1 - rng.uniform(size=n) * most) ** np.exp(-slope * x)
    time = np.where(mine, -np.log1p(-level / p), rng.exponential(np.exp(-x)))
    censoring = rng.exponential(2, n)
    zeros = np.zeros(n, dtype=np.int64)
    event = np.where(time <= censoring, np.where(mine, 1, 2), 0)
    found = fit(SurvivalData(np.minimum(time, censoring), event, zeros, zeros, x[:, None], np.ones(n))).fit
    assert abs(found.coef[0] - slope) < 3 * found.se[0]
    assert found.se[0] < 0.05


def refused(code: str, data: SurvivalData, **settings: object) -> None:
    with pytest.raises(EquipoiseError) as caught:
        fit(data, **settings)
    assert caught.value.code == code


def test_refusals() -> None:
    data = rows(60, 3)
    refused("EQ-EST-106", data, cause=3)
    refused("EQ-EST-106", data, censoring="maybe")
    refused("EQ-EST-106", data, censoring_ties="never")
    refused("EQ-EST-106", data, ties="exact")
    refused("EQ-EST-106", data, n_columns=0)
    refused("EQ-EST-107", replace(data, entry=np.zeros(60)))
    refused("EQ-EST-121", replace(data, event=data.event + 1))
    refused("EQ-EST-122", replace(data, event=np.where(data.event == 1, 2, data.event)))
    refused("EQ-EST-102", replace(data, x=np.stack([data.x[:, 0], 2 * data.x[:, 0]], axis=1)))
    refused("EQ-EST-101", replace(data, x=np.stack([data.x[:, 0], (data.event == 1).astype(float)], axis=1)))


def test_cmprsk_counts_nobody_after_a_censoring_group_ends() -> None:
    """Group a is followed to 7 only. R: crr(t, s, x, cengroup = g, gtol = 1e-13), cmprsk 2.2-11; without that, the coefficient differs."""
    time = np.array([1, 2, 3, 4, 5, 6, 7, 2.5, 4.5, 8, 9, 10, 11, 12, 13])
    data = SurvivalData(
        time=time,
        event=np.array([1, 2, 0, 2, 1, 0, 2, 1, 0, 1, 2, 1, 0, 1, 2]),
        group=np.repeat([0, 1], [7, 8]),
        stratum=np.zeros(15, dtype=np.int64),
        x=np.array([0.3, -1, 0.5, 1.2, 0.1, -0.4, 0.8, 0.9, -0.6, 0.2, -0.3, 1.1, 0.4, -0.8, 0.6])[:, None],
        weight=np.ones(15),
    )
    found = fit(data, censoring="estimated-as-cmprsk").fit
    assert found.coef == pytest.approx([0.382819436151999], rel=1e-9)
    assert found.vcov.ravel() == pytest.approx([0.133816439241168], rel=1e-9)
    assert found.loglik == pytest.approx(-11.926819561955721, rel=1e-12)
    assert abs(fit(data, censoring="estimated").fit.coef[0] - found.coef[0]) > 0.01

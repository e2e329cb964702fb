"""Robust variances freed of leverage, against fits without each person, and information by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm, t

from equipoise.estimators.at_risk import place
from equipoise.estimators.cox.hub import CoxHub
from equipoise.estimators.cox.robust.leverage import LARGEST, carried, degrees_of_freedom, freed, own_information
from equipoise.estimators.cox.site import at_beta, summarise
from equipoise.estimators.data import SurvivalData
from equipoise.estimators.loop import run_sites

GRID = np.arange(1.0, 41.0)
EXPOSED = 12


def people(seed: int, n: int = 120) -> SurvivalData:
    """Twelve are exposed, with large and unequal weights; every person has two rows, before and after day 10."""
    rng = np.random.default_rng(seed)
    exposed, other = (np.arange(n) < EXPOSED).astype(float), rng.normal(size=n)
    time = np.ceil(rng.exponential(15, n)).clip(1, 40)
    event, weight = rng.random(n) < 0.8, np.where(exposed == 1, rng.uniform(1, 9, n), 1.0)
    early, late = np.arange(n), np.flatnonzero(time > 10)
    who = np.concatenate([early, late])
    return SurvivalData(
        time=np.concatenate([np.minimum(time, 10), time[late]]),
        event=np.concatenate([event & (time <= 10), event[late]]).astype(np.int64),
        group=np.zeros(who.size, dtype=np.int64),
        stratum=np.zeros(who.size, dtype=np.int64),
        x=np.column_stack([exposed, other])[who],
        weight=weight[who] * np.where(np.arange(who.size) < n, 1.0, 1.2),
        entry=np.concatenate([np.full(n, -np.inf), np.full(late.size, 10.0)]),
        cluster=who,
    )


def part(data: SurvivalData, rows: np.ndarray) -> SurvivalData:
    columns = ("time", "event", "group", "stratum", "x", "weight", "entry", "cluster")
    return replace(data, **{name: getattr(data, name)[rows] for name in columns})


@pytest.mark.parametrize("local", [True, False])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_where_few_carry_the_estimate_half_of_what_the_jackknife_adds_or_more_is_added(seed, local):
    """Second-order terms of leaving a person out (the risk sets change too) are not counted; the jackknife itself is too large a little."""
    data, hub = people(seed), CoxHub(GRID, 2, robust=True, local_strata=local, ties="breslow")
    whole = run_sites(hub, summarise, [data])
    without = [run_sites(hub, summarise, [part(data, data.cluster != person)]).coef for person in np.unique(data.cluster)]
    off = np.array(without) - whole.coef
    jackknife = np.sqrt(np.diag(off.T @ off))
    corrected = run_sites(replace(hub, leverage=True), summarise, [data])
    assert corrected.coef == pytest.approx(whole.coef, abs=1e-12)
    added, wanted = corrected.se - whole.se, jackknife - whole.se
    assert (wanted > 0.05 * whole.se).all()
    assert ((added > 0.45 * wanted) & (added < wanted)).all()


def test_at_one_time_of_events_the_parts_of_the_information_add_up_to_it():
    data = people(4)
    data = replace(data, time=np.full(data.time.size, 5.0), entry=None)
    hub = CoxHub(np.array([5.0]), 2, local_strata=True, ties="breslow")
    fit = run_sites(hub, summarise, [data])
    rows = at_beta(data, place(data, np.array([5.0]), data.stratum, 1), fit.coef, fit.means)
    hazard = data.weight[data.event == 1].sum() / rows.risk.sum()
    mean = (rows.risk @ rows.columns.whole()) / rows.risk.sum()
    own = own_information(rows, np.full(data.time.size, hazard), np.full((1, 1, 1), hazard) * mean)
    assert own.T @ own == pytest.approx(np.linalg.inv(fit.naive_vcov), rel=1e-9)


def test_freed_by_hand():
    """Two persons with a quarter and a half of the information 4, the second with two rows: residuals over 3/4 and 1/2."""
    own = np.array([[1.0], [1.0], [1.0]])
    assert freed(np.array([[3.0], [5.0]]), own, np.array([0, 1, 1]), np.array([[0.25]])) == pytest.approx(np.array([[4.0], [10.0]]))


def test_a_person_who_is_all_there_is_counts_tenfold_at_most():
    assert freed(np.array([[3.0]]), np.array([[2.0]]), np.array([0]), np.array([[0.25]])) == pytest.approx(np.array([[3 / (1 - LARGEST)]]))


def test_degrees_of_freedom_are_the_number_of_persons_who_carry_alike():
    """Five persons alike, one of them in two rows of half the information; then one who carries as much as the five together."""
    alike = np.array([[1.0], [1.0], [1.0], [1.0], [np.sqrt(0.5)], [np.sqrt(0.5)]])
    codes, ones, inverse = np.array([0, 1, 2, 3, 4, 4]), np.ones(6), np.array([[0.2]])
    assert degrees_of_freedom(carried(alike, ones, codes, 5, inverse)) == pytest.approx([5])
    heavy = carried(alike, np.array([1.0, 1, 1, 1, 9, 9]), codes, 5, inverse)
    assert degrees_of_freedom(heavy) == pytest.approx([(4 + 9) ** 2 / (4 + 81)])


def test_simulated_intervals_hold_the_truth_as_often_as_they_say():
    """Exposed: 25 of 150, with unequal weights, no effect. By the normal law of the plain variance they hold it in under 92 %."""
    rng, plain, freed_of = np.random.default_rng(11), 0, 0
    runs, n, grid = 400, 150, np.arange(1.0, 16.0)
    for _ in range(runs):
        exposed = (np.arange(n) < 25).astype(float)
        weight = np.where(exposed == 1, rng.exponential(1, n) + 0.1, 1.0)
        zeros = np.zeros(n, dtype=np.int64)
        time = np.ceil(rng.exponential(6, n)).clip(1, 15)
        data = SurvivalData(time, (rng.random(n) < 0.8).astype(np.int64), zeros, zeros, exposed[:, None], weight)
        fit = run_sites(CoxHub(grid, 1, robust=True, local_strata=True, leverage=True), summarise, [data])
        naive = run_sites(CoxHub(grid, 1, robust=True, local_strata=True), summarise, [data])
        plain += abs(naive.coef[0]) <= norm.ppf(0.975) * naive.se[0]
        freed_of += abs(fit.coef[0]) <= t.ppf(0.975, fit.df[0]) * fit.se[0]
    assert plain / runs < 0.925
    assert 0.93 < freed_of / runs < 0.98

"""Robust variances freed of leverage, against fits without each person, and information by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from equipoise.estimators.at_risk import place
from equipoise.estimators.cox.hub import CoxHub
from equipoise.estimators.cox.robust.leverage import LARGEST, freed, own_information
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

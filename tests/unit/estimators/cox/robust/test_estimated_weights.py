"""The variance that knows that weights were estimated, against the change of the whole analysis when one person counts a little more."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from equipoise.estimators.cox.hub import CoxHub
from equipoise.estimators.cox.site import summarise
from equipoise.estimators.data import EstimatedWeights, ModelData, SurvivalData
from equipoise.estimators.logistic.hub import LogisticHub
from equipoise.estimators.logistic.intercepts import inverse_logit, solve_intercepts
from equipoise.estimators.logistic.site import summarise as logistic_summarise
from equipoise.estimators.loop import run_sites
from equipoise.estimators.propensity.site import weight_slopes, weights
from equipoise.kernel.errors import EquipoiseError

GRID = np.arange(1.0, 61.0)


def people(seed: int, n: int = 150) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    site = np.sort(rng.integers(0, 4, n))
    x = np.column_stack([np.ones(n), rng.normal(size=(n, 2))])
    arm = (rng.random(n) < 1 / (1 + np.exp(-(0.3 + x[:, 1] - 0.5 * x[:, 2] + 0.4 * site - 0.6)))).astype(np.int64)
    time = np.ceil(rng.exponential(20 / np.exp(0.7 * x[:, 1] - 0.4 * arm))).clip(1, 60)
    return {"site": site.astype(np.int64), "x": x, "arm": arm, "time": time, "event": (rng.random(n) < 0.7).astype(np.int64)}


def fitted(p: dict[str, np.ndarray], case: np.ndarray, method: str, sd: float | None) -> SurvivalData:
    """The propensity model with case weights, and what the Cox model then sees."""
    y, zeros = p["arm"].astype(float), np.zeros(len(case), dtype=np.int64)
    model = run_sites(LogisticHub(3, site_intercept_sd=sd), logistic_summarise, [ModelData(p["x"], y, case, p["site"])])
    eta = p["x"] @ model.coef
    score = inverse_logit(eta if sd is None else eta + solve_intercepts(eta, y, case, p["site"], sd)[p["site"]])
    weight = weights(score, p["arm"], method)
    slope, precision = weight_slopes(score, p["arm"], method, weight), None if sd is None else 1 / sd**2
    estimated = EstimatedWeights(np.arange(len(case)), slope, p["x"], score, y, p["site"], precision)
    return SurvivalData(p["time"], p["event"], zeros, p["site"], y[:, None], weight * case, estimated=estimated)


def hub(local: bool, columns: int) -> CoxHub:
    return CoxHub(GRID, 1, n_strata=4, robust=True, local_strata=local, weight_columns=columns)


@pytest.mark.parametrize("method", ["overlap", "iptw", "att", "atc"])
@pytest.mark.parametrize(("sd", "local"), [(None, False), (1.0, True), (0.5, False)])
def test_the_infinitesimal_jackknife_of_both_models_gives_the_same_variance(method, sd, local):
    p, step = people(3), 1e-4
    n = len(p["arm"])
    influence = np.empty(n)
    for person in range(n):
        moved = []
        for sign in (1, -1):
            case = np.ones(n)
            case[person] += sign * step
            moved.append(run_sites(hub(local, 0), summarise, [fitted(p, case, method, sd)]).coef[0])
        influence[person] = (moved[0] - moved[1]) / (2 * step)
    found = run_sites(hub(local, 3), summarise, [fitted(p, np.ones(n), method, sd)])
    assert found.vcov[0, 0] == pytest.approx(np.sum(influence**2), rel=1e-4)
    known = run_sites(hub(local, 0), summarise, [fitted(p, np.ones(n), method, sd)])
    assert known.coef == pytest.approx(found.coef)
    assert known.vcov[0, 0] > found.vcov[0, 0], "these weights taken for known give too wide an interval"


@pytest.mark.parametrize(("local", "without_events"), [(True, ()), (True, (2,)), (False, ())])
def test_sites_apart_give_the_pooled_variance(local, without_events):
    p = people(8)
    p = {**p, "event": np.where(np.isin(p["site"], without_events), 0, p["event"])}
    whole = fitted(p, np.ones(len(p["arm"])), "overlap", 1.0)
    parts = [of_site(whole, p["site"] == site) for site in range(4)]
    pooled, apart = (run_sites(hub(local, 3), summarise, sites) for sites in ([whole], parts))
    assert apart.vcov == pytest.approx(pooled.vcov, rel=1e-10)


def model_of(data: SurvivalData) -> EstimatedWeights:
    assert data.estimated is not None
    return data.estimated


def of_site(data: SurvivalData, here: np.ndarray) -> SurvivalData:
    e = model_of(data)
    mine = EstimatedWeights(np.arange(here.sum()), e.slope[here], e.x[here], e.fitted[here], e.outcome[here], e.block[here], e.precision)
    rows = (column[here] for column in (data.time, data.event, data.group, data.stratum, data.x, data.weight))
    return SurvivalData(*rows, estimated=mine)


def test_people_who_are_in_the_propensity_model_alone_count_there():
    p = people(5)
    whole = fitted(p, np.ones(len(p["arm"])), "overlap", None)
    kept = np.random.default_rng(1).random(len(p["arm"])) < 0.8
    model = replace(model_of(whole), person=np.flatnonzero(kept), slope=model_of(whole).slope[kept])
    later = replace(of_site(whole, kept), estimated=model)
    silent = replace(whole, event=np.where(kept, whole.event, 0), time=np.where(kept, whole.time, 0.5))
    assert run_sites(hub(False, 3), summarise, [later]).vcov == pytest.approx(run_sites(hub(False, 3), summarise, [silent]).vcov)


def test_a_redundant_column_changes_nothing():
    p = people(6)
    whole = fitted(p, np.ones(len(p["arm"])), "iptw", None)
    twice = replace(model_of(whole), x=np.column_stack([model_of(whole).x, model_of(whole).x[:, 1]]))
    doubled = replace(whole, estimated=twice)
    assert run_sites(hub(False, 4), summarise, [doubled]).vcov == pytest.approx(run_sites(hub(False, 3), summarise, [whole]).vcov)


def test_the_model_must_be_there():
    p = people(7)
    bare = replace(fitted(p, np.ones(len(p["arm"])), "iptw", None), estimated=None)
    with pytest.raises(EquipoiseError, match="needs the model"):
        run_sites(hub(False, 3), summarise, [bare])

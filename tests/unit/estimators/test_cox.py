"""Cox regression: refusals that name the column, strata that stay at a site, and the likelihood by a plain loop."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from equipoise.estimators.cox.hub import CoxHub
from equipoise.estimators.cox.site import summarise
from equipoise.estimators.cox.summary import Curvature, LocalFit, RiskSets
from equipoise.estimators.data import SurvivalData
from equipoise.estimators.loop import run_local, run_sites
from equipoise.estimators.shape import Done
from equipoise.kernel.errors import EquipoiseError

GRID = np.arange(13.0)


def rows(n: int = 120, p: int = 2, strata: int = 1, seed: int = 4) -> SurvivalData:
    rng = np.random.default_rng(seed)
    return SurvivalData(
        time=rng.integers(1, 15, n).astype(float),
        event=(rng.uniform(size=n) < 0.6).astype(np.int64),
        group=np.zeros(n, dtype=np.int64),
        stratum=np.arange(n) % strata,
        x=rng.normal(size=(n, p)),
        weight=np.ones(n),
    )


def efron_loglik(data: SurvivalData, beta: np.ndarray) -> float:
    """Efron's log partial likelihood as the book writes it, one event time after another."""
    risk, total = np.exp(data.x @ beta), 0.0
    for t in GRID:
        dying = (data.time == t) & (data.event == 1)
        d = int(dying.sum())
        total += float((data.x[dying] @ beta).sum())
        for j in range(d):
            total -= np.log(risk[data.time >= t].sum() - j / d * risk[dying].sum())
    return float(total)


def test_the_log_likelihood_is_that_of_the_book() -> None:
    data = rows()
    found = run_local(CoxHub(GRID, 2), summarise, data)
    assert found.loglik == pytest.approx(efron_loglik(data, found.coef), rel=1e-12)
    assert found.loglik_null == pytest.approx(efron_loglik(data, np.zeros(2)), rel=1e-12)
    for step in ([1e-4, 0], [0, 1e-4], [-1e-4, 0], [0, -1e-4]):
        assert efron_loglik(data, found.coef + step) < found.loglik


def test_a_separating_column_is_named() -> None:
    data = rows(80, 3)
    never = np.where(data.event == 1, 0.0, (np.arange(80) % 3 == 0).astype(float))
    with pytest.raises(EquipoiseError, match="column 1 grows without end") as caught:
        run_local(CoxHub(GRID, 3), summarise, replace(data, x=np.column_stack([data.x[:, 0], never, data.x[:, 1]])))
    assert (caught.value.code, caught.value.problems[0].where.column) == ("EQ-EST-101", "1")


@pytest.mark.parametrize("local", [False, True])
def test_redundant_columns_are_named(local: bool) -> None:
    data = rows(80, 2, strata=4)
    for extra in (data.x.sum(axis=1), np.full(80, 7.0), 2000.0 + data.stratum):
        x = np.column_stack([data.x, extra])
        with pytest.raises(EquipoiseError, match="column 2") as caught:
            run_local(CoxHub(GRID, 3, n_strata=4, local_strata=local), summarise, replace(data, x=x))
        assert caught.value.code == "EQ-EST-102"


def test_without_events_there_is_nothing_to_fit() -> None:
    data = rows()
    with pytest.raises(EquipoiseError, match="EQ-EST-122"):
        run_local(CoxHub(GRID, 2), summarise, replace(data, event=data.event * 0))


@pytest.mark.parametrize("without_events", [(), (1, 3)])
def test_strata_that_stay_at_their_site_give_the_same_answer(without_events: tuple[int, ...]) -> None:
    data = replace(rows(150, 2, strata=5), weight=np.random.default_rng(0).uniform(0.5, 2, 150))
    data = replace(data, event=np.where(np.isin(data.stratum, without_events), 0, data.event))
    settings = {"robust": True, "zph": True}
    shared = run_local(CoxHub(GRID, 2, n_strata=5, **settings), summarise, data)
    hub = CoxHub(GRID, 2, local_strata=True, **settings)
    sites = [
        SurvivalData(data.time[at], data.event[at], data.group[at], data.stratum[at] * 0, data.x[at], data.weight[at])
        for at in (data.stratum == s for s in range(5))
    ]
    local = run_sites(hub, summarise, sites)
    np.testing.assert_allclose(local.coef, shared.coef, rtol=1e-9)
    np.testing.assert_allclose(local.vcov, shared.vcov, rtol=1e-9)
    assert local.loglik == pytest.approx(shared.loglik, rel=1e-12)
    np.testing.assert_allclose(local.proportional_hazards[0].chisq, shared.proportional_hazards[0].chisq, rtol=1e-8)


def test_nothing_per_time_leaves_a_site_whose_strata_are_its_own() -> None:
    data = rows()
    answer = summarise(data, CoxHub(GRID, 2, local_strata=True).first())
    assert isinstance(answer, LocalFit)
    assert (answer.leaving.size, answer.dying.size, answer.at_risk.size) == (0, 0, 0)
    assert answer.information.shape == (1, 2, 2)


def test_no_second_moment_per_time_leaves_a_site() -> None:
    data, hub = rows(p=3), CoxHub(GRID, 3, robust=True, zph=True)
    ask = hub.first()
    shapes = []
    while True:
        total = summarise(data, ask)
        if isinstance(total, Curvature):
            shapes.append(total.second.shape)
        else:
            assert isinstance(total, RiskSets)
            assert max(total.risk_x.size, total.death_risk_x.size) == GRID.size * 3
        step = hub.finish(ask, total)
        if isinstance(step, Done):
            break
        ask = step.ask
    assert set(shapes) == {(1, 3, 3), (3, 3, 3)}


def test_a_step_that_overshoots_is_halved() -> None:
    """Heavy tails make Newton's first step from zero too long."""
    rng = np.random.default_rng(8)
    n = 400
    x = rng.standard_t(1.2, size=(n, 1)) * 3
    time = np.minimum(np.ceil(rng.exponential(6 * np.exp(np.clip(-0.9 * x[:, 0], -6, 6)))), 12.0)
    data = replace(rows(n, 1), x=x, time=time, event=(time < 12).astype(np.int64))
    hub, halvings = CoxHub(GRID, 1), 0
    ask = hub.first()
    while True:
        step = hub.finish(ask, summarise(data, ask))
        if isinstance(step, Done):
            break
        ask = step.ask
        halvings = max(halvings, ask.progress.halvings)
    assert halvings > 0
    best = step.result.coef
    assert efron_loglik(data, best) > max(efron_loglik(data, best + 1e-4), efron_loglik(data, best - 1e-4))


@pytest.mark.parametrize("local", [False, True])
def test_a_beta_beyond_all_bounds_is_taken_back_without_a_warning(local: bool) -> None:
    """The ask of a later round, with a beta that overflows: the hub halves it."""
    data, hub = rows(), CoxHub(GRID, 2, local_strata=local)
    ask = hub.first()
    while ask.progress.iteration == 0:
        step = hub.finish(ask, summarise(data, ask))
        assert not isinstance(step, Done)
        ask = step.ask
    wild = replace(ask, beta=np.array([900.0, 900.0]), progress=replace(ask.progress, beta_previous=np.zeros(2)))
    step = hub.finish(wild, summarise(data, wild))
    assert not isinstance(step, Done)
    assert step.ask.beta.tolist() == [450.0, 450.0]
    assert step.ask.progress.halvings == 1


def test_one_event_time_says_nothing_of_proportionality() -> None:
    data = rows()
    once = replace(data, event=(data.time == 5).astype(np.int64))
    test = run_local(CoxHub(GRID, 2, zph=True), summarise, once).proportional_hazards[0]
    assert np.isnan(test.chisq).all()
    assert np.isnan(test.p).all()


def test_a_model_without_columns_is_a_baseline_hazard() -> None:
    data = rows(60, 0)
    found = run_local(CoxHub(GRID, 0, ties="breslow"), summarise, data)
    at_risk = np.array([np.sum(data.time >= t) for t in GRID])
    dying = np.array([np.sum((data.time == t) & (data.event == 1)) for t in GRID])
    np.testing.assert_allclose(found.baseline_hazard[0], dying / at_risk)


def test_unknown_options_are_refused() -> None:
    with pytest.raises(EquipoiseError, match="EQ-EST-106"):
        CoxHub(GRID, 1, ties="exact")  # type: ignore[arg-type]
    with pytest.raises(EquipoiseError, match="EQ-EST-106"):
        CoxHub(GRID, 1, zph_transforms=("square",))


@pytest.mark.parametrize("local", [False, True])
def test_a_fit_that_does_not_settle_tells_its_path(local: bool) -> None:
    with pytest.raises(EquipoiseError, match=r"EQ-EST-104 .* after 1 iterations; the log-likelihood went -"):
        run_local(CoxHub(GRID, 2, local_strata=local, max_iterations=1), summarise, rows())

"""Estimating equations as sums over sites, against `stats.gee` on all rows, dense algebra, and tables worked by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from equipoise.estimators.data import ModelData
from equipoise.estimators.gee.hub import GeeHub
from equipoise.estimators.gee.site import summarise
from equipoise.estimators.gee.summary import GeeAsk, GeeResult
from equipoise.estimators.loop import run_sites
from equipoise.kernel.errors import EquipoiseError
from equipoise.stats import gee


def rows(seed: int = 1, people: int = 120, k: int = 3, share: float = 0.75) -> ModelData:
    """Within a person the rows stand in the order of occasions."""
    rng = np.random.default_rng(seed)
    cluster, occasion = (part.ravel() for part in np.indices((people, k)))
    kept = rng.random(people * k) < share
    cluster, occasion = cluster[kept], occasion[kept]
    n = len(cluster)
    arm = (np.arange(people) % 2)[cluster]
    x = np.column_stack(
        [occasion == w for w in range(k)] + [rng.normal(4, 0.4, people)[cluster]] + [(occasion == w) * arm for w in range(k)]
    )
    y = 30 + 3 * x[:, k] + arm * occasion + rng.normal(size=people)[cluster] * 2 + rng.normal(size=n)
    return ModelData(x.astype(float), y, rng.uniform(0.3, 2, n), np.zeros(n, dtype=np.int64), cluster=cluster, occasion=occasion)


def fitted(data: ModelData, correlation: str, sites: int = 1) -> GeeResult:
    hub = GeeHub(data.x.shape[1], int(data.occasion.max()) + 1, correlation)  # type: ignore[arg-type,union-attr]
    homes = data.cluster % sites  # type: ignore[operator]
    parts = [part(data, homes == home) for home in range(sites)]
    return run_sites(hub, summarise, parts)


def part(data: ModelData, kept: np.ndarray) -> ModelData:
    return ModelData(
        data.x[kept],
        data.y[kept],
        data.weight[kept],
        data.block[kept],
        cluster=data.cluster[kept],
        occasion=data.occasion[kept],  # type: ignore[index]
    )


@pytest.mark.parametrize("correlation", ["independence", "exchangeable"])
@pytest.mark.parametrize("weighted", [True, False])
def test_three_sites_give_what_one_data_set_gives(correlation: str, weighted: bool) -> None:
    data = rows()
    data = data if weighted else replace(data, weight=np.ones(len(data.y)))
    found = fitted(data, correlation, sites=3)
    assert data.cluster is not None
    whole = gee(data.y, np.delete(data.x, 0, axis=1), data.cluster, corstr=correlation, weights=data.weight)  # type: ignore[arg-type]
    # There the first window is the intercept, and the others are differences from it.
    change = np.eye(7)
    change[1:3, 0] = 1
    np.testing.assert_allclose(found.coef, change @ whole.coef, rtol=1e-9)
    np.testing.assert_allclose(found.vcov, change @ whole.vcov @ change.T, rtol=1e-8, atol=1e-12)
    np.testing.assert_allclose(found.naive_vcov, change @ whole.naive_vcov @ change.T, rtol=1e-8, atol=1e-12)
    assert found.scale == pytest.approx(whole.scale, rel=1e-9)
    assert (found.n, found.clusters) == (whole.n, whole.clusters)
    if correlation == "exchangeable":
        assert found.correlation[0, 1] == pytest.approx(float(whole.alpha.ravel()[0]), rel=1e-8)


def test_ar1_is_that_of_one_data_set_where_nobody_misses_an_occasion() -> None:
    data = rows(share=1.1)
    found = fitted(data, "ar1", sites=2)
    assert data.cluster is not None
    whole = gee(data.y, np.delete(data.x, 0, axis=1), data.cluster, corstr="ar1", weights=data.weight)
    assert found.correlation[0, 2] == pytest.approx(float(whole.alpha.ravel()[0]) ** 2, rel=1e-8)
    np.testing.assert_allclose(found.coef[3:], whole.coef[3:], rtol=1e-9)
    np.testing.assert_allclose(found.se[3:], np.sqrt(np.diag(whole.vcov))[3:], rtol=1e-8)


def test_an_unstructured_correlation_solves_the_equations_person_by_person() -> None:
    data = rows()
    found = fitted(data, "unstructured", sites=3)
    assert data.cluster is not None
    assert data.occasion is not None
    score, bread, meat = np.zeros(7), np.zeros((7, 7)), np.zeros((7, 7))
    products, pairs, squares = np.zeros((3, 3)), np.zeros((3, 3)), 0.0
    for person in np.unique(data.cluster):
        mine = data.cluster == person
        x, w, at = data.x[mine], data.weight[mine], data.occasion[mine]
        residual = data.y[mine] - x @ found.coef
        working = np.diag(np.sqrt(w)) @ np.linalg.inv(found.correlation[np.ix_(at, at)]) @ np.diag(np.sqrt(w))
        part_of_score = x.T @ working @ residual
        score, bread, meat = score + part_of_score, bread + x.T @ working @ x, meat + np.outer(part_of_score, part_of_score)
        products[np.ix_(at, at)] += np.outer(w * residual, w * residual)
        pairs[np.ix_(at, at)] += np.outer(w, w)
        squares += float(w @ residual**2)
    np.testing.assert_allclose(score, 0, atol=1e-7)
    np.testing.assert_allclose(found.vcov, np.linalg.inv(bread) @ meat @ np.linalg.inv(bread), rtol=1e-8)
    scale = squares / data.weight.sum()
    assert found.scale == pytest.approx(scale, rel=1e-10)
    apart = ~np.eye(3, dtype=bool)
    np.testing.assert_allclose(found.correlation[apart], (products / pairs / scale)[apart], rtol=1e-9)


def test_two_people_by_hand() -> None:
    """One occasion, an arm each of two people: the difference of means 5 - 2, its sandwich the sum of squares over squared sizes."""
    data = ModelData(
        np.array([[1.0, 0], [1, 0], [1, 1], [1, 1]]),
        np.array([1.0, 3, 4, 6]),
        np.ones(4),
        np.zeros(4, dtype=np.int64),
        cluster=np.arange(4),
        occasion=np.zeros(4, dtype=np.int64),
    )
    found = fitted(data, "exchangeable")
    assert found.coef.tolist() == pytest.approx([2, 3])
    assert found.se[1] ** 2 == pytest.approx(2 / 4 + 2 / 4)
    chisq, p_value = found.wald(np.array([[0.0, 1.0]]))
    assert chisq == pytest.approx(9)
    assert p_value == pytest.approx(0.0026998, rel=1e-4)


def test_redundant_columns_go_or_are_refused() -> None:
    data = rows()
    twice = replace(data, x=np.column_stack([data.x, data.x[:, 3]]))
    with pytest.raises(EquipoiseError, match="EQ-EST-102"):
        run_sites(GeeHub(8, 3), summarise, [twice])
    found = run_sites(GeeHub(8, 3, drop_redundant=True), summarise, [twice])
    np.testing.assert_allclose(found.coef[:7], fitted(data, "exchangeable").coef)
    assert found.coef[7] == 0
    assert np.isnan(found.se[7])
    assert np.isnan(found.wald(np.eye(8)[7:])[0])
    np.testing.assert_allclose(found.se[:7], fitted(data, "exchangeable").se)


def test_rows_that_cannot_be_are_refused() -> None:
    data = rows()
    with pytest.raises(EquipoiseError, match="EQ-EST-105"):
        run_sites(GeeHub(7, 3), summarise, [part(data, np.zeros(len(data.y), dtype=bool))])
    with pytest.raises(EquipoiseError, match="EQ-EST-106"):
        summarise(replace(data, occasion=np.zeros(len(data.y), dtype=np.int64)), GeeHub(7, 3).first())
    with pytest.raises(EquipoiseError, match="EQ-EST-106"):
        summarise(replace(data, cluster=None), GeeHub(7, 3).first())
    with pytest.raises(EquipoiseError, match="EQ-EST-106"):
        summarise(data, GeeHub(7, 2).first())


@pytest.mark.parametrize(("seed", "plain_rounds"), [(4, 74), (6, 68)])
def test_a_slow_iteration_is_led_ahead_to_where_its_equations_hold(seed: int, plain_rounds: int) -> None:
    data = rows(seed, share=0.75)
    hub = GeeHub(data.x.shape[1], 3)
    found = run_sites(hub, summarise, [data])
    assert found.n_rounds < plain_rounds / 3
    total = summarise(data, GeeAsk(found.coef, found.correlation, found.scale, (), 2))
    assert np.abs(total.score) / np.sqrt(np.diag(total.information)) == pytest.approx(0, abs=1e-9)
    apart = ~np.eye(3, dtype=bool)
    shared = total.products[apart].sum() / total.pairs[apart].sum() / (total.squares / total.weight)
    assert found.correlation[0, 1] == pytest.approx(shared, abs=1e-10)


def test_equations_that_do_not_settle_tell_their_path() -> None:
    data = rows()
    with pytest.raises(EquipoiseError, match=r"EQ-EST-104 .* in 3 rounds; the greatest move went inf, \d"):
        run_sites(GeeHub(data.x.shape[1], 3, "exchangeable", max_rounds=3), summarise, [data])

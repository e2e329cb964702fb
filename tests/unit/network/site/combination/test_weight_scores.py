"""The variance that knows that the weights of clones were estimated, against the change of all when one person counts a little more."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pytest

from equipoise.estimators.cox.hub import CoxHub
from equipoise.estimators.cox.site import summarise
from equipoise.estimators.data import Floats, Ints, ModelData, SurvivalData
from equipoise.estimators.logistic.hub import LogisticHub
from equipoise.estimators.logistic.site import summarise as logistic_summarise
from equipoise.estimators.loop import run_local
from equipoise.network.site.combination.clones import Clones, clone
from equipoise.network.site.combination.decisions import decisions, weighted
from equipoise.network.site.combination.exposures import Exposures
from equipoise.network.site.combination.layout import Followed, Laid, joined
from equipoise.network.site.combination.weight_scores import Censoring
from equipoise.network.wire.combination import CensoringModel, CombinationFrame, Decision, coefficients_of
from equipoise.study.model import Combination, ExposureClass, ExposureWindow
from equipoise.table.analysis_table import AnalysisTable
from equipoise.table.combination.exposures import AT_INDEX, exposure_column, first_column

GRACE, N = 35, 70
MODELS: tuple[tuple[int, Decision], ...] = ((1, "index"), (1, "week"), (0, "end"))


@dataclass(frozen=True)
class People:
    clones: tuple[Clones, ...]
    x: Floats
    site: Ints


@pytest.fixture(scope="module")
def people() -> People:
    """Who begins A, and when, and who dies, depends on one covariate."""
    rng = np.random.default_rng(12)
    z = rng.normal(size=N)
    time = np.ceil(rng.exponential(60 * np.exp(-0.4 * z))).clip(1, 200)
    start = np.where(rng.random(N) < 1 / (1 + np.exp(-0.8 * z)), rng.integers(-15, GRACE + 10, N).astype(float), np.inf)
    start = np.where(start <= time, np.maximum(start, 0), np.inf)
    block = Combination(
        classes=(ExposureClass(name="A", sets=("a",)),),
        windows=(ExposureWindow(name="W0", start=-30, end=0),),
        main_window="W0",
        outcome="os",
        grace=GRACE,
    )
    table = pa.table(
        {
            **{exposure_column("A", name): (start <= 0).astype(float) for name in (AT_INDEX, "W0")},
            first_column("A"): [None if day in (0, np.inf) else float(day) for day in start],
        }
    )
    of = Followed(np.arange(N), time, (rng.random(N) < 0.8).astype(np.int64))
    exposures = Exposures(AnalysisTable(table, (), ()), block)
    x = np.column_stack([rng.integers(0, 2, N), z]).astype(float)
    return People(tuple(clone(of, exposures, label, GRACE) for label in (0, 1)), x, np.sort(rng.integers(0, 2, N)))


def model_of(people: People, case: Floats, strategy: int, decision: Decision) -> CensoringModel:
    found = decisions(people.clones[strategy], decision)
    coefs = []
    for design in (found.time, np.column_stack([found.time, people.x[found.who]])):
        data = ModelData(design, found.contradicted, case[found.who], np.zeros(len(found.who), dtype=np.int64))
        coefs.append(tuple(map(float, run_local(LogisticHub(design.shape[1]), logistic_summarise, data).coef)))
    return CensoringModel(strategy, decision, *coefs)


def laid_out(people: People, frame: CombinationFrame) -> Laid:
    return joined([weighted(clones, frame, people.x) for clones in people.clones])


def fitted(people: People, case: Floats, limits: tuple[tuple[float, float], ...] | None, columns: bool) -> SurvivalData:
    """Every model with case weights, and what Cox's model then sees: the label A, and the covariate."""
    models = tuple(model_of(people, case, *which) for which in MODELS)
    frame = CombinationFrame("weighted clones", models=models, limits=limits)
    laid = laid_out(people, frame)
    kept = np.random.default_rng(1).random(len(laid.who)) < 0.95
    scores = Censoring(people.clones, frame, laid.who, laid.weights, kept, people.x).scores()
    rows, zeros = laid.take(kept), np.zeros(int(kept.sum()), dtype=np.int64)
    x = np.column_stack([rows.label == 0, people.x[rows.who, 1]]).astype(float)
    return SurvivalData(
        rows.time,
        rows.event,
        zeros,
        people.site[rows.who],
        x,
        rows.weights * case[rows.who],
        rows.entry,
        None if columns else rows.who,
        estimated=scores if columns else None,
    )


def hub(data: SurvivalData, columns: int) -> CoxHub:
    return CoxHub(np.unique(data.time[data.event == 1]), 2, robust=True, local_strata=True, weight_columns=columns)


@pytest.mark.parametrize("limits", [None, ((0.3, 1.4), (0.6, 1.6))])
def test_the_infinitesimal_jackknife_of_all_models_gives_the_same_variance(
    people: People, limits: tuple[tuple[float, float], ...] | None
) -> None:
    step, influence = 1e-4, np.empty((N, 2))
    for person in range(N):
        moved = []
        for sign in (1, -1):
            case = np.ones(N)
            case[person] += sign * step
            data = fitted(people, case, limits, columns=False)
            moved.append(run_local(hub(data, 0), summarise, data).coef)
        influence[person] = (moved[0] - moved[1]) / (2 * step)
    data = fitted(people, np.ones(N), limits, columns=True)
    frame = CombinationFrame("weighted clones", models=tuple(model_of(people, np.ones(N), *which) for which in MODELS))
    found = run_local(hub(data, coefficients_of(frame)), summarise, data)
    np.testing.assert_allclose(found.vcov, influence.T @ influence, rtol=1e-3)
    cut = laid_out(people, CombinationFrame("weighted clones", models=frame.models, limits=limits)).weights
    assert limits is None or 0.02 < np.mean((cut == 1.4) | (cut == 1.6) | (cut == 0.3) | (cut == 0.6)) < 0.5


def test_a_coefficient_that_was_not_estimated_has_no_part(people: People) -> None:
    models = tuple(model_of(people, np.ones(N), *which) for which in MODELS)
    without = tuple(CensoringModel(m.strategy, m.decision, m.numerator, (*m.denominator[:-1], 0.0)) for m in models)
    frame = CombinationFrame("weighted clones", models=without)
    laid = laid_out(people, frame)
    scores = Censoring(people.clones, frame, laid.who, laid.weights, np.ones(len(laid.who), dtype=bool), people.x).scores()
    last = np.cumsum([len(m.numerator) + len(m.denominator) for m in without]) - 1
    score, information = scores.sums()
    assert not score[:, last].any()
    assert not information[last].any()
    for _, columns, slope in scores.slopes():
        assert not slope[:, [place - columns.start for place in last if columns.start <= place < columns.stop]].any()

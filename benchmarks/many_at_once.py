"""Many small data sets fitted as one: a stratum (or block) and columns of their own for each, by the same two halves.

The likelihood is the sum of theirs and nothing is shared, so the coefficients and variances are those of separate fits; what a fit costs
beside arithmetic is paid once. For `finite_samples.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.linalg import block_diag

from equipoise.estimators.cox import site as cox_site
from equipoise.estimators.cox.hub import CoxHub
from equipoise.estimators.data import EstimatedWeights, Floats, Ints, ModelData, SurvivalData
from equipoise.estimators.fine_gray import site as fine_gray_site
from equipoise.estimators.fine_gray.hub import FineGrayHub
from equipoise.estimators.glm import site as glm_site
from equipoise.estimators.glm.hub import GlmHub
from equipoise.estimators.logistic import site as logistic_site
from equipoise.estimators.logistic.hub import LogisticHub
from equipoise.estimators.loop import run_local
from equipoise.kernel.errors import EquipoiseError


@dataclass(frozen=True)
class Coefficients:
    """Of one data set: coefficients (p,), and standard errors of the model and robust ones, (p,) each."""

    coef: Floats
    se: Floats
    robust: Floats


def each(places: list[int], columns: int, fit: Callable[[list[int]], list[Coefficients]]) -> dict[int, Coefficients]:
    """Fits by place. A data set that the estimator refuses has none: the error names one of its columns, or it is looked for by halves."""
    try:
        return dict(zip(places, fit(places), strict=True)) if places else {}
    except EquipoiseError as error:
        if len(places) == 1:
            return {}
        named = error.problems[0].where.column
        if named is None:
            middle = len(places) // 2
            return each(places[:middle], columns, fit) | each(places[middle:], columns, fit)
        return each([place for k, place in enumerate(places) if k != int(named) // columns], columns, fit)


def cox_of_each(data: Sequence[SurvivalData], weight_columns: int = 0) -> dict[int, Coefficients]:
    """Cox's model of each data set, with columns of the same number. weight_columns: as `CoxHub` takes them, of each."""
    p = data[0].x.shape[1]

    def fit(places: list[int]) -> list[Coefficients]:
        rows = _survival([data[place] for place in places])
        hub = CoxHub(
            np.unique(rows.time[rows.event == 1]),
            p * len(places),
            robust=True,
            local_strata=True,
            weight_columns=weight_columns * len(places),
        )
        found = run_local(hub, cox_site.summarise, rows)
        return _parts(found.coef, found.naive_vcov, found.vcov, p)

    return each([k for k, one in enumerate(data) if one.event.any()], p, fit)


def fine_gray_of_each(time: Floats, event: Ints, x: Floats) -> dict[int, Coefficients]:
    """Fine and Gray's model of cause 1 of each of r data sets: time, event (r, n), x (r, n, p). Each has a censoring of its own."""
    p = x.shape[2]

    def fit(places: list[int]) -> list[Coefficients]:
        own, causes = np.repeat(np.arange(len(places)), time.shape[1]), int(event[places].max())
        ones = np.ones(own.size)
        rows = SurvivalData(time[places].ravel(), event[places].ravel(), own, own, block_diag(*x[places]), ones)
        hub = FineGrayHub(np.unique(rows.time), p * len(places), 1, causes, n_groups=len(places), n_strata=len(places))
        found = run_local(hub, fine_gray_site.summarise, rows).fit
        return _parts(found.coef, found.naive_vcov, found.vcov, p)

    return each([k for k, one in enumerate(event) if (one == 1).any()], p, fit)


def logistic_of_each(x: Floats, y: Floats) -> dict[int, Coefficients]:
    """Logistic regression of each of r data sets: x (r, n, p) with the intercept's ones, y (r, n). No robust errors."""

    def fit(places: list[int]) -> list[Coefficients]:
        hub = LogisticHub(x.shape[2] * len(places), intercept=False)
        found = run_local(hub, logistic_site.summarise, _regression(x, y, places))
        return _parts(found.coef, found.vcov, found.vcov, x.shape[2])

    return each([k for k, one in enumerate(y) if 0 < one.sum() < one.size], x.shape[2], fit)


def poisson_of_each(x: Floats, y: Floats) -> dict[int, Coefficients]:
    """Poisson regression of each of r data sets, likewise; robust errors are HC0."""

    def fit(places: list[int]) -> list[Coefficients]:
        hub = GlmHub(x.shape[2] * len(places), "poisson", None, False)
        found = run_local(hub, glm_site.summarise, _regression(x, y, places))
        return _parts(found.coef, found.vcov, found.robust_hc0, x.shape[2])

    return each([k for k, one in enumerate(y) if one.any()], x.shape[2], fit)


def _parts(coef: Floats, vcov: Floats, robust: Floats, p: int) -> list[Coefficients]:
    errors = [np.sqrt(np.maximum(np.diag(matrix), 0.0)) for matrix in (vcov, robust)]
    return [Coefficients(*(values[k : k + p] for values in (coef, *errors))) for k in range(0, len(coef), p)]


def _regression(x: Floats, y: Floats, places: list[int]) -> ModelData:
    rows = block_diag(*x[places])
    return ModelData(rows, y[places].ravel(), np.ones(len(rows)), np.repeat(np.arange(len(places)), x.shape[1]))


def _survival(data: Sequence[SurvivalData]) -> SurvivalData:
    """The data sets under each other, a stratum each."""
    stratum = np.repeat(np.arange(len(data)), [one.time.size for one in data])
    return SurvivalData(
        time=np.concatenate([one.time for one in data]),
        event=np.concatenate([one.event for one in data]),
        group=np.zeros(stratum.size, dtype=np.int64),
        stratum=stratum,
        x=block_diag(*(one.x for one in data)),
        weight=np.concatenate([one.weight for one in data]),
        cluster=None if data[0].cluster is None else np.concatenate([k * 10**6 + one.cluster for k, one in enumerate(data)]),  # type: ignore[operator]
        estimated=_estimated([one.estimated for one in data if one.estimated is not None]),
    )


def _estimated(models: list[EstimatedWeights]) -> EstimatedWeights | None:
    if not models:
        return None
    first = np.cumsum([0, *(model.fitted.size for model in models[:-1])])
    columns = {name: np.concatenate([getattr(model, name) for model in models]) for name in ("slope", "fitted", "outcome", "block")}
    person = np.concatenate([begin + model.person for begin, model in zip(first, models, strict=True)])
    return EstimatedWeights(person=person, x=block_diag(*(model.x for model in models)), **columns)

"""Parametric survival at a site: log-likelihood, score and information at the asked parameters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from equipoise.estimators.data import Floats, SurvivalData
from equipoise.estimators.errors import BAD_VALUE
from equipoise.estimators.parametric_aft.distributions import DISTRIBUTIONS, Distribution
from equipoise.estimators.parametric_aft.summary import ParametricAftAsk, ParametricAftSummary


@dataclass(frozen=True, slots=True)
class _Sums:
    loglik: float
    score: Floats
    information: Floats


def summarise(data: SurvivalData, ask: ParametricAftAsk) -> ParametricAftSummary:
    """Sums over this site's people. x holds the intercept's ones. Raises EQ-EST-121 for times that are not above 0.

    In the parameters coefficient/scale and 1/scale the log-likelihood is concave (Burridge 1981): w is linear in them.
    """
    used = data.weight > 0
    time, event, weight = data.time[used], data.event[used] == 1, data.weight[used]
    law = DISTRIBUTIONS[ask.distribution]
    if law.of_log and np.any(time <= 0):
        raise BAD_VALUE.error("parametric survival needs times above 0: the law gives none to an event at time 0")
    measured, x = law.measured(time), data.x[used]
    beyond = measured if data.offset is None else measured - data.offset[used]
    jacobian = measured if law.of_log else np.zeros_like(time)
    rows = _Rows(x, beyond, jacobian, event, weight)
    full = _sums(rows, law, ask.full.point)
    null = _sums(_Rows(np.ones((time.size, 1)), beyond, jacobian, event, weight), law, ask.null.point)
    return ParametricAftSummary(
        rows=int(time.size),
        events=int(event.sum()),
        weight=float(weight.sum()),
        event_weight=float(weight @ event),
        x=weight @ x,
        log_time=float(weight @ beyond),
        log_time_sq=float(weight @ beyond**2),
        loglik=full.loglik,
        score=full.score,
        information=full.information,
        null_loglik=null.loglik,
        null_score=null.score,
        null_information=null.information,
    )


@dataclass(frozen=True, slots=True)
class _Rows:
    x: Floats
    beyond: Floats
    jacobian: Floats
    event: NDArray[np.bool_]
    weight: Floats


def _sums(rows: _Rows, law: Distribution, point: Floats) -> _Sums:
    """The density of time is that of w over scale and time. A point that is far off gives infinities: the hub takes a shorter step."""
    design = -rows.x if law.scale is not None else np.column_stack([-rows.x, rows.beyond])
    inverse_scale = 1 / law.scale if law.scale is not None else float(point[-1])
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        w = design @ point + (rows.beyond * inverse_scale if law.scale is not None else 0.0)
        died, alive = law.event(w), law.censored(w)
        value = np.where(rows.event, died.value + np.log(inverse_scale) - rows.jacobian, alive.value)
        slope = rows.weight * np.where(rows.event, died.slope, alive.slope)
        bend = rows.weight * np.where(rows.event, died.curvature, alive.curvature)
        score, information = design.T @ slope, -(design * bend[:, None]).T @ design
    if law.scale is None:
        deaths = float(rows.weight @ rows.event)
        score[-1] += deaths / inverse_scale
        information[-1, -1] += deaths / inverse_scale**2
    return _Sums(float(rows.weight @ value), score, information)

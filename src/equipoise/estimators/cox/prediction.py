"""Survival curves for given covariates from a Cox fit: from sums alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equipoise.estimators.cox.summary import CoxResult
from equipoise.estimators.data import Floats
from equipoise.estimators.errors import BAD_ARGUMENT
from equipoise.estimators.kaplan_meier.intervals import survival_interval
from equipoise.estimators.kaplan_meier.summary import z_of


@dataclass(frozen=True, slots=True)
class PredictedSurvival:
    """Curves for each person asked about. time: (k,). The others (q, k): survival, standard error of the cumulative hazard, limits."""

    time: Floats
    survival: Floats
    cumulative_hazard_se: Floats
    lower: Floats
    upper: Floats


def predict_survival(result: CoxResult, x: Floats, stratum: int = 0, conf_type: str = "log") -> PredictedSurvival:
    """Survival of people with columns x, (q, p), offset 0, in a stratum; the fit must have been made with `prediction=True`.

    Source: the variance of Tsiatis (1981) and Link (1984), as R's `survfit.coxph`.
    Misleads when x lies outside the data, or when read as the curve of a group: it is one person's, not an average.
    """
    if not result.mean_hazard.size and x.shape[1]:
        raise BAD_ARGUMENT.error("this fit holds no baseline hazard: ask for it with prediction=True, without local strata")
    relative = np.exp(x @ result.coef)[:, None]
    hazard = np.cumsum(result.baseline_hazard[stratum])
    distance = x[:, None, :] * hazard[:, None] - np.cumsum(result.mean_hazard[stratum], axis=0)
    spread = np.einsum("qkp,pr,qkr->qk", distance, result.vcov, distance)
    se = relative * np.sqrt(np.cumsum(result.hazard_variance[stratum]) + spread)
    survival = np.exp(-relative * hazard)
    lower, upper = survival_interval(survival, se, z_of(result.confidence), conf_type)
    return PredictedSurvival(result.time, survival, se, lower, upper)

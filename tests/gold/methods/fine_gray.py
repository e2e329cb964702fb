"""cmprsk's crr, and survival's finegray with a weighted, clustered coxph."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from equipoise.estimators.fine_gray import site
from equipoise.estimators.fine_gray.hub import FineGrayHub
from equipoise.stats import fine_gray
from equipoise.stats.competing_risks import SubdistributionRegression
from gold.r_names import complete, design

GTOL = 1e-12
"""crr's tolerance in the reference values."""


def compute(options: dict[str, Any], data: pd.DataFrame, case: dict[str, Any]) -> dict[str, Any]:
    unknown = set(options) - {"time", "event", "cause", "covariates", "censoring_group"}
    if unknown:
        raise NotImplementedError(f"option {', '.join(sorted(unknown))}")
    expected, data = case["expected"], complete(data, options)
    grouped = data[options["censoring_group"]] if "censoring_group" in options else None
    fit = run(options, data, censoring_group=grouped, censoring="estimated-as-cmprsk")
    model = fit.fit.fit
    jumps = model.baseline_hazard[0] > 0
    found: dict[str, Any] = {
        "terms": list(fit.terms),
        "coef": fit.coef,
        "se": model.se,
        "vcov": model.vcov,
        "inv_information": None if expected["inv_information"] is None else model.naive_vcov,
        "loglik": model.loglik,
        "loglik_null": model.loglik_null,
        "converged": converged(fit, np.array(expected["coef"]), expected["loglik"]),
        "baseline_subdistribution_cumhaz": {"time": model.time[jumps], "jump": model.baseline_hazard[0][jumps]},
    }
    for ties in ("breslow", "efron"):
        if f"finegray_coxph_{ties}" in expected:
            found[f"finegray_coxph_{ties}"] = expanded(run(options, data, ties=ties, censoring="known", censoring_ties="events-first"))
    return found


def run(options: dict[str, Any], data: pd.DataFrame, **how: Any) -> SubdistributionRegression:
    return fine_gray(data[options["time"]], data[options["event"]], design(data, options["covariates"]), cause=options["cause"], **how)


def converged(fit: SubdistributionRegression, coef: np.ndarray, loglik: float) -> bool:
    """Whether crr's own rule holds where crr stopped: its coefficients are taken, the score there is ours.

    Where its search gives up for rounding of the likelihood, the score is still too large and it says that it did not converge.
    """
    hub = FineGrayHub(
        fit.fit.fit.time, coef.size, fit.fit.cause, len(fit.causes), n_groups=len(fit.censoring_groups), n_strata=len(fit.strata)
    )
    first = hub.finish(hub.first(), site.summarise(fit.data, hub.first())).ask
    there = replace(first, step=replace(first.step, beta=coef))
    second = hub.finish(there, site.summarise(fit.data, there)).ask
    score = site.summarise(fit.data, second).death_x[0] - second.step.death_means[0]
    return bool(np.max(np.abs(score) * np.maximum(np.abs(coef), 1)) < max(abs(loglik), 1) * GTOL)


def expanded(fit: SubdistributionRegression) -> dict[str, Any]:
    """survival lays a row for each interval between censoring times, with an event of the cause, in which a person still counts."""
    model, data = fit.fit.fit, fit.data
    censored = np.unique(data.time[data.event == 0])
    interval = np.searchsorted(censored, data.time, side="left")
    seen = np.unique(interval[data.event == fit.fit.cause])
    taken = interval[(data.event > 0) & (data.event != fit.fit.cause)]
    later = seen[None, :] > taken[:, None]
    after = np.append(1.0, fit.fit.uncensored[0][np.minimum(np.searchsorted(model.time, censored, side="right"), model.time.size - 1)])
    weights = after[seen][None, :] / after[taken][:, None]
    return {
        "coef": fit.coef,
        "robust_se": model.se,
        "naive_se": model.naive_se,
        "expanded_rows": data.time.size + int(later.sum()),
        "sum_weights": data.time.size + float(weights[later].sum()),
    }

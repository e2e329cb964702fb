"""R's glm and sandwich, through `equipoise.stats.glm`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import binom

from equipoise.estimators.glm.summary import GlmResult
from equipoise.stats import brier_score, c_statistic, glm, profile_interval
from gold.r_names import complete, design

NOT_BUILT = {"profile_ci_note": "a remark on how the limits were made, not a number"}
LIMITS = ("profile_ci_lower", "profile_ci_upper")
SPLINE = 1e-3
"""In standard errors: R reads the limits off a spline through ten points of the profile, ours solve for them."""


def slack(case: dict[str, Any]) -> dict[str, list[float]]:
    expected = case["expected"]
    return {key: [SPLINE * se for se in expected["se"]] for key in LIMITS if key in expected}


def compute(options: dict[str, Any], data: pd.DataFrame, case: dict[str, Any]) -> dict[str, Any]:
    data = complete(data, options)
    column = {name: data[options[name]] for name in ("weights", "offset", "cluster") if name in options}
    x = design(data, options["covariates"])
    outcome = data[options["outcome"]]
    how = {"start": options.get("start"), "deviance_tolerance": 1e-14, "drop_redundant": True}
    fitted = glm(outcome, x, options["family"], options.get("link"), **how, **column)
    fit = fitted.fit
    assert isinstance(fit, GlmResult)
    quasi = options["family"].startswith("quasi")
    loglik = likelihood(fit, fitted.fitted, outcome, column.get("weights"))
    return {
        "terms": list(fitted.terms),
        "coef": np.where(np.isnan(fit.se), np.nan, fit.coef),
        "se": fit.se,
        "z": fit.z,
        "p": fit.p_value,
        "vcov": fit.vcov,
        "deviance": fit.deviance,
        "null_deviance": fit.null_deviance,
        "aic": None if quasi else fit.aic + 2 * (fit.loglik - loglik),
        "loglik": None if quasi else loglik,
        "df_residual": fit.df_residual,
        "dispersion": fit.dispersion,
        "converged": True,
        "se_hc0": se(fit.robust_hc0),
        "se_hc1": se(fit.robust_hc1),
        "se_hc3": se(fit.robust_hc3),
        "fitted": fitted.fitted,
        "linear_predictor": fitted.linear_predictor,
        **(
            {"c_statistic": c_statistic(fitted.fitted, outcome), "brier": brier_score(fitted.fitted, outcome)}
            if outcome.isin([0, 1]).all()
            else {}
        ),
        **clustered(fit),
        **(limits(options, data) if LIMITS[0] in case["expected"] else {}),
    }


def likelihood(fit: GlmResult, mu: np.ndarray, outcome: pd.Series, weights: pd.Series | None) -> float:
    """R rounds the weights of a binomial, and those of them with the outcome, to whole people for its likelihood, and warns."""
    if fit.family != "binomial" or weights is None:
        return fit.loglik
    return float(binom.logpmf(np.rint(weights * outcome), np.rint(weights), mu)[weights > 0].sum())


def limits(options: dict[str, Any], data: pd.DataFrame) -> dict[str, Any]:
    column = {name: data[options[name]] for name in ("weights", "offset") if name in options}
    x, start = design(data, options["covariates"]), options.get("start")
    found = profile_interval(data[options["outcome"]], x, options["family"], options.get("link"), start=start, **column)
    return {LIMITS[0]: found.lower, LIMITS[1]: found.upper}


def clustered(fit: GlmResult) -> dict[str, Any]:
    if fit.robust_cluster is None or fit.robust_cluster_cr1 is None:
        return {}
    return {"se_cluster_cr0": se(fit.robust_cluster), "se_cluster_cr1": se(fit.robust_cluster_cr1)}


def se(variance: Any) -> Any:
    return np.sqrt(np.diag(variance))

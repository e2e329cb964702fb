"""Balancing weights, the balance and the effects they give, through `equipoise.stats`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from equipoise.estimators.glm.summary import GlmResult
from equipoise.stats import balance, cox, glm, weight
from equipoise.stats.propensity import Weights

SVYGLM_STOPS = 1e-8
"""svyglm divides weights by their mean and stops where glm does by default: a coefficient may be 1e-8 from where it goes."""


def settings(estimand: str) -> dict[str, Any]:
    """`ate`, `att`, ..., with `_stabilized` or `_trunc_<low>_<high>` (percent) behind it."""
    name, _, cut = estimand.replace("_stabilized", "").partition("_trunc_")
    quantiles = tuple(float(percent) / 100 for percent in cut.split("_")) if cut else None
    return {
        "method": {"ate": "iptw", "ato": "overlap", "atm": "matching"}.get(name, name),
        "stabilise": "_stabilized" in estimand,
        "winsorise": quantiles,
    }


def compute(options: dict[str, Any], data: pd.DataFrame, case: dict[str, Any]) -> dict[str, Any]:
    expected = case["expected"]
    estimand = options["estimand"]
    treated = data[options["treatment"]]
    made = weight(data[options["ps_column"]], treated, **settings(estimand))
    return {
        "weights": made.weight,
        "sum_treated": made.of(1).sum(),
        "sum_control": made.of(0).sum(),
        "ess_treated": made.effective_n(1),
        "ess_control": made.effective_n(0),
        "ess": made.effective_n(),
        "max": made.weight.max(),
        "balance": balance_table(data, treated, made.weight, expected["balance"]["covariate"]),
        "outcome": outcome_model(data[expected["outcome"]["column"]], made),
        **({"weighted_cox": weighted_cox(data, made)} if "weighted_cox" in expected else {}),
    }


def balance_table(data: pd.DataFrame, treated: Any, weights: Any, covariates: list[str]) -> dict[str, Any]:
    found = balance(data[covariates], treated, weights)
    return {
        "covariate": covariates,
        "mean_treated": found.moments.mean[1],
        "mean_control": found.moments.mean[0],
        "smd_unadjusted_pooled_sd": found.differences("pooled"),
        "smd_unadjusted_treated_sd": found.differences("target"),
        "smd_weighted_pooled_sd": found.differences("weighted"),
    }


def outcome_model(outcome: pd.Series[Any], made: Weights) -> dict[str, Any]:
    difference = glm(outcome, made.treated, "gaussian", weights=made.weight)
    means = [float(np.average(outcome[made.treated == arm], weights=made.of(arm))) for arm in (0, 1)]
    table = {
        "column": outcome.name,
        "mean_treated": means[1],
        "mean_control": means[0],
        "difference": difference.fit.coef[1],
        "svyglm_se_of_difference": survey_se(difference.fit),
    }
    if outcome.isin([0, 1]).all():
        scaled = made.weight / made.weight.mean()
        odds = glm(outcome, made.treated, "quasibinomial", weights=scaled, deviance_tolerance=SVYGLM_STOPS)
        table |= {"log_or": odds.fit.coef[1], "log_or_se": survey_se(odds.fit)}
    return table


def survey_se(fit: Any) -> float:
    """The linearised standard error of a design without clusters: HC0 with n / (n - 1)."""
    assert isinstance(fit, GlmResult)
    return float(np.sqrt(fit.robust_hc0[1, 1] * fit.n / (fit.n - 1)))


def weighted_cox(data: pd.DataFrame, made: Weights) -> dict[str, float]:
    fitted = cox(data["time"], data["event"], pd.DataFrame({"treat": made.treated}), weights=made.weight, robust=True)
    variance = {"robust_se": fitted.fit.vcov, "naive_se": fitted.fit.naive_vcov}
    return {"coef": fitted.fit.coef[0], **{name: float(np.sqrt(value[0, 0])) for name, value in variance.items()}}

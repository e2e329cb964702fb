"""Conditional logistic regression of matched sets in memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from equipoise.estimators.conditional_logistic import site
from equipoise.estimators.conditional_logistic.hub import ConditionalLogisticHub
from equipoise.estimators.conditional_logistic.summary import ConditionalLogisticResult
from equipoise.estimators.cox import site as cox_site
from equipoise.estimators.cox.hub import CoxHub
from equipoise.estimators.cox.summary import CoxResult
from equipoise.estimators.data import ModelData
from equipoise.estimators.errors import BAD_ARGUMENT, with_column_names
from equipoise.estimators.loop import run_local
from equipoise.kernel.errors import EquipoiseError
from equipoise.stats.design import Columns, arms, named_columns
from equipoise.stats.survival_rows import Follow, Labels, SurvivalRows, survival_rows, wants_robust

SetTies = Literal["exact", "efron", "breslow"]


@dataclass(frozen=True)
class ConditionalLogisticRegression:
    """Log odds ratios by term. `fit` holds coef, vcov, se, z, p, interval, loglik, loglik_null, score_test, rows, events."""

    terms: tuple[str, ...]
    ties: SetTies
    fit: ConditionalLogisticResult | CoxResult

    def summary(self) -> pd.DataFrame:
        """A row a term: coefficient, odds ratio, standard error, limits of the odds ratio, z, p."""
        fit = self.fit
        lower, upper = fit.interval
        table = {"coef": fit.coef, "odds_ratio": np.exp(fit.coef), "se": fit.se, "lower": lower, "upper": upper, "z": fit.z, "p": fit.p}
        return pd.DataFrame(table, index=pd.Index(self.terms, name="term"))

    def __repr__(self) -> str:
        fit = self.fit
        table = pd.DataFrame(
            {"coef": fit.coef, "exp(coef)": np.exp(fit.coef), "se(coef)": fit.se, "z": fit.z, "p": fit.p}, index=list(self.terms)
        )
        test = f"Likelihood ratio test={fit.likelihood_ratio:.4g}  on {fit.coef.size} df, p={fit.p_of(fit.likelihood_ratio):.4g}"
        return table.to_string(float_format=lambda value: f"{value:.5g}") + f"\n\n{test}\nn= {fit.rows}, number of events= {fit.events}"


def conditional_logistic(
    outcome: ArrayLike,
    x: Columns,
    strata: Labels,
    *,
    ties: SetTies = "exact",
    weights: ArrayLike | None = None,
    offset: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    robust: bool | None = None,
    conf_level: float = 0.95,
) -> ConditionalLogisticRegression:
    """Odds ratios within matched sets, as in a matched case-control study; R's `clogit`.

    Parameters
    ----------
    outcome : (n,) 1 case, 0 control. x : (n, p) covariates. strata : labels of the matched sets.
    ties : how several cases in a set are treated: `exact`, or Efron's or Breslow's approximation, by the stratified Cox likelihood.
    weights, cluster, robust : with the approximations only. offset : (n,) added to the log odds.

    Raises EQ-EST-101 (a coefficient without end), 102 (redundant column), 104 (not settled), 106 (unusable argument), 122 (no set with
    both outcomes).

    Misleads when matching was on a consequence of the exposure; or, with the approximations, when sets hold many cases: coefficients
    shrink towards 0 (Breslow's most).
    Source: Breslow and Day (1980), chapter 7; exact likelihood: Gail, Lubin and Rubinstein (1981).
    """
    terms, columns = named_columns(x)
    case = _cases(outcome, len(columns))
    if not np.all(np.isfinite(columns)):
        raise BAD_ARGUMENT.error("x has missing or infinite values")
    if ties not in ("exact", "efron", "breslow"):
        raise BAD_ARGUMENT.error(f"ties is {ties!r}; it may be exact, efron or breslow")
    if not 0 < conf_level < 1:
        raise BAD_ARGUMENT.error("conf_level must lie between 0 and 1")
    follow = Follow(weights, None, cluster, offset)
    rows = survival_rows(np.ones(len(columns)), case, follow, strata=strata, x=columns)
    try:
        if ties == "exact":
            _refuse_weighting(follow, robust)
            return ConditionalLogisticRegression(terms, ties, _exact(rows, conf_level))
        hub = CoxHub(rows.grid, len(terms), ties=ties, robust=wants_robust(robust, follow), local_strata=True, confidence=conf_level)
        return ConditionalLogisticRegression(terms, ties, run_local(hub, cox_site.summarise, rows.data))
    except EquipoiseError as error:
        raise with_column_names(error, terms) from None


def _cases(outcome: ArrayLike, n: int) -> ArrayLike:
    """The outcome as 0 and 1. Raises EQ-EST-106 for other values."""
    try:
        return arms(outcome, n)
    except EquipoiseError:
        raise BAD_ARGUMENT.error(f"outcome must hold {n} values, 1 (case) and 0 (control) only") from None


def _refuse_weighting(follow: Follow, robust: bool | None) -> None:
    if follow.weights is not None or follow.cluster is not None or robust:
        raise BAD_ARGUMENT.error(
            "weights, clusters and robust variances have no exact conditional likelihood: choose ties efron or breslow"
        )


def _exact(rows: SurvivalRows, conf_level: float) -> ConditionalLogisticResult:
    data = rows.data
    model = ModelData(
        data.x, data.event.astype(np.float64), data.weight, np.zeros_like(data.stratum), offset=data.offset, cluster=data.stratum
    )
    return run_local(ConditionalLogisticHub(data.x.shape[1], conf_level), site.summarise, model)

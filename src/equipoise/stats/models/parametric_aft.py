"""Parametric survival of one data set in memory."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from equipoise.estimators.data import Floats
from equipoise.estimators.errors import BAD_ARGUMENT, with_column_names
from equipoise.estimators.loop import run_local
from equipoise.estimators.parametric_aft import site
from equipoise.estimators.parametric_aft.distributions import DistributionName
from equipoise.estimators.parametric_aft.hub import ParametricAftHub
from equipoise.estimators.parametric_aft.summary import ParametricAftResult
from equipoise.kernel.errors import EquipoiseError
from equipoise.stats.design import INTERCEPT, Columns, named_columns
from equipoise.stats.survival_rows import Follow, survival_rows

LOG_SCALE = "Log(scale)"


@dataclass(frozen=True)
class ParametricSurvival:
    """Coefficients on log time by term, intercept first. `fit` holds coef, scale, vcov, se, z, p, loglik, loglik_null, means."""

    terms: tuple[str, ...]
    fit: ParametricAftResult

    def summary(self) -> pd.DataFrame:
        """A row a term: coefficient, ratio of times with limits, standard error, z, p."""
        fit = self.fit
        lower, upper = fit.interval
        se = fit.se[: fit.coef.size]
        table = {"coef": fit.coef, "time_ratio": np.exp(fit.coef), "se": se, "lower": lower, "upper": upper, "z": fit.z, "p": fit.p}
        return pd.DataFrame(table, index=pd.Index(self.terms, name="term"))

    def quantile(self, x: ArrayLike | None = None, p: float = 0.5) -> Floats:
        """(m,) times by which a share p has had the event, for people with covariates x (m, terms less the intercept); at the means."""
        return self.fit.quantile(p, self._with_intercept(x))

    def survival(self, time: ArrayLike, x: ArrayLike | None = None) -> Floats:
        """(m, k) share without the event at each time (k,), for people with covariates x; at the means without."""
        return self.fit.survival(np.atleast_1d(np.asarray(time, dtype=np.float64)), self._with_intercept(x))

    def _with_intercept(self, x: ArrayLike | None) -> Floats:
        if x is None:
            return self.fit.means[None]
        people = np.atleast_2d(np.asarray(x, dtype=np.float64))
        return np.column_stack([np.ones(len(people)), people])

    def __repr__(self) -> str:
        fit = self.fit
        table = self.summary()[["coef", "se", "z", "p"]].to_string(float_format=lambda value: f"{value:.5g}")
        how = f"Scale= {fit.scale:.4g}" if fit.scale_estimated else f"Scale fixed at {fit.scale:g}"
        test = f"Chisq= {fit.likelihood_ratio:.4g} on {fit.coef.size - 1} degrees of freedom, p= {fit.likelihood_ratio_p:.4g}"
        logliks = f"Loglik(model)= {fit.loglik:.6g}   Loglik(intercept only)= {fit.loglik_null:.6g}"
        return f"{table}\n\n{how}\n\n{fit.distribution} distribution\n{logliks}\n{test}\nn= {fit.rows}, events= {fit.events}"


def parametric_aft(
    time: ArrayLike,
    event: ArrayLike,
    x: Columns,
    dist: DistributionName = "weibull",
    *,
    weights: ArrayLike | None = None,
    offset: ArrayLike | None = None,
    conf_level: float = 0.95,
) -> ParametricSurvival:
    """How covariates stretch the time to an event, under a law of time: accelerated failure time; R's `survreg`.

    Parameters
    ----------
    time : (n,) end of follow-up, > 0. event : (n,) 1 event, 0 censored. x : (n, p) covariates without the intercept.
    dist : `exponential`, `weibull`, `rayleigh`, `lognormal` or `loglogistic`; or, for time itself instead of its logarithm, `extreme`,
    `gaussian` or `logistic`, whose coefficients are differences in time. weights : (n,) >= 0. offset : (n,) added to log time.

    Raises EQ-EST-101 (a coefficient without end), 102 (redundant column), 104 (not settled), 106, 121 (unusable argument), 122 (no event).

    Misleads when read beyond the last event, where the law decides and not the data.
    Source: Kalbfleisch and Prentice (2002), chapter 3.
    """
    names, columns = named_columns(x)
    if not np.all(np.isfinite(columns)):
        raise BAD_ARGUMENT.error("x has missing or infinite values")
    if not 0 < conf_level < 1:
        raise BAD_ARGUMENT.error("conf_level must lie between 0 and 1")
    terms = (INTERCEPT, *names)
    design = np.column_stack([np.ones(len(columns)), columns])
    rows = survival_rows(time, event, Follow(weights, offset=offset), x=design)
    if len(design) != rows.data.time.size:
        raise BAD_ARGUMENT.error(f"x must have {rows.data.time.size} rows")
    try:
        return ParametricSurvival(terms, run_local(ParametricAftHub(len(terms), dist, conf_level), site.summarise, rows.data))
    except EquipoiseError as error:
        raise with_column_names(error, (*terms, LOG_SCALE)) from None

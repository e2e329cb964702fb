"""Propensity scores and balancing weights on one data set in memory."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from equipoise.estimators.data import Floats, Ints
from equipoise.estimators.errors import BAD_ARGUMENT
from equipoise.estimators.propensity.site import WeightMethod, preference_score, weights
from equipoise.stats.design import Columns, arms, floats
from equipoise.stats.regression import Regression, c_statistic, logistic

LEAST_SCORE = 1e-12


@dataclass(frozen=True)
class Propensity:
    """Scores (n,), preference scores (n,) and the model behind them. `equipoise_share`: people with a preference score in [0.3, 0.7]."""

    score: Floats
    preference: Floats
    model: Regression
    c_statistic: float
    equipoise_share: float

    def summary(self) -> pd.DataFrame:
        """The model's terms."""
        return self.model.summary()

    def __repr__(self) -> str:
        return f"{self.model!r}\nc statistic {self.c_statistic:.4f}, in clinical equipoise {self.equipoise_share:.1%}"


@dataclass(frozen=True)
class Weights:
    """Balancing weights (n,) and what they are worth: effective sample sizes (sum w)^2 / sum w^2 and sums, in all and by arm."""

    method: WeightMethod
    weight: Floats
    treated: Ints

    def effective_n(self, arm: int | None = None) -> float:
        """Kish's effective sample size of an arm (1 target, 0 comparator), or of all."""
        weight = self.of(arm)
        square = float(weight @ weight)
        return float(weight.sum()) ** 2 / square if square > 0 else 0.0

    def of(self, arm: int | None) -> Floats:
        """The weights of an arm, or all."""
        return self.weight if arm is None else self.weight[self.treated == arm]

    def summary(self) -> pd.DataFrame:
        """A row an arm: people, those with a weight above 0, sum, effective sample size, largest weight."""
        rows = {name: self._row(arm) for name, arm in (("target", 1), ("comparator", 0), ("all", None))}
        return pd.DataFrame.from_dict(rows, orient="index")

    def _row(self, arm: int | None) -> dict[str, float]:
        weight = self.of(arm)
        largest = float(weight.max(initial=0.0))
        return {
            "n": len(weight),
            "weighted": int((weight > 0).sum()),
            "sum": weight.sum(),
            "ess": self.effective_n(arm),
            "largest": largest,
        }

    def __repr__(self) -> str:
        return f"{self.method} weights\n\n{self.summary().to_string(float_format=lambda value: f'{value:.5g}')}"


def propensity(treated: ArrayLike, x: Columns, *, site: ArrayLike | None = None, site_intercept_sd: float | None = None) -> Propensity:
    """The probability of the target arm given covariates (Rosenbaum and Rubin, Biometrika 1983; 70: 41), by logistic regression.

    treated : (n,) 1 target, 0 comparator. x : (n, p) covariates. site, site_intercept_sd : as in `logistic`. Raises as `logistic`.

    Misleads when: a covariate was measured after the treatment began, or predicts the treatment but not the outcome.
    """
    arm = arms(treated)
    model = logistic(arm, x, site=site, site_intercept_sd=site_intercept_sd)
    score = np.clip(model.fitted, LEAST_SCORE, 1 - LEAST_SCORE)
    preference = preference_score(score, float(arm.mean()))
    share = float(np.mean((preference >= 0.3) & (preference <= 0.7)))
    return Propensity(model.fitted, preference, model, c_statistic(score, arm), share)


def weight(
    score: ArrayLike,
    treated: ArrayLike,
    method: WeightMethod = "overlap",
    *,
    stabilise: bool = False,
    trim: tuple[float, float] | None = None,
    winsorise: tuple[float, float] | None = None,
) -> Weights:
    """Balancing weights from propensity scores (n,) in (0, 1); see `equipoise.estimators.propensity.site.weights` for the formulas.

    stabilise : multiply iptw weights by the share of the person's own arm. trim : 0 outside these scores. winsorise : bring weights in
    between these quantiles (type 7, both arms together). Raises EQ-EST-106.

    Misleads when: the effective sample size is far below the number of people, or scores lie near 0 or 1 under iptw, att and atc.
    """
    e = floats(score, "score")
    if np.any((e <= 0) | (e >= 1)):
        raise BAD_ARGUMENT.error("propensity scores lie strictly between 0 and 1")
    if stabilise and method != "iptw":
        raise BAD_ARGUMENT.error("only iptw weights can be stabilised")
    arm = arms(treated, len(e))
    made = weights(e, arm, method, prevalence=float(arm.mean()) if stabilise else None, trim=trim)
    if winsorise is not None:
        made = np.clip(made, *np.quantile(made, winsorise))
    return Weights(method, made, arm)

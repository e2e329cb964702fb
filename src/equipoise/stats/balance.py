"""Balance of covariates between two arms on one data set in memory, weighted or not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from equipoise.estimators.data import CovariateData, Floats, Ints
from equipoise.estimators.histogram import site as histogram_site
from equipoise.estimators.histogram.hub import HistogramHub
from equipoise.estimators.loop import run_local
from equipoise.estimators.moments import site as moments_site
from equipoise.estimators.moments.balance import Denominator, standardised_differences, variance_ratios
from equipoise.estimators.moments.hub import MomentsHub
from equipoise.estimators.moments.summary import MomentsResult
from equipoise.stats.design import Columns, arms, named_columns, weights_or_ones


@dataclass(frozen=True)
class Balance:
    """Balance of p covariates, target (group 1) against comparator (group 0). `binary` (p,) marks columns of 0 and 1.

    `distribution_mean`, `distribution_max` (p,): mean and largest distance between the arms' weighted distribution functions.
    """

    covariates: tuple[str, ...]
    moments: MomentsResult
    binary: NDArray[np.bool_]
    distribution_mean: Floats
    distribution_max: Floats

    def differences(self, by: Denominator = "pooled", *, bernoulli: bool = False) -> Floats:
        """Standardised mean differences (p,); `bernoulli`: the variance of binary columns is p(1-p), as MatchIt and Austin take it."""
        return standardised_differences(self.moments, by=by, bernoulli=self.binary if bernoulli else None)

    @property
    def variance_ratio(self) -> Floats:
        """Weighted variance of the target arm over the comparator's (p,), NaN for binary columns."""
        return np.where(self.binary, np.nan, variance_ratios(self.moments))

    def effective_n(self, arm: int) -> float:
        """Effective sample size of an arm (1 target, 0 comparator)."""
        return float(self.moments.effective_n[arm])

    def summary(self) -> pd.DataFrame:
        """A row a covariate: weighted means and SDs by arm, standardised difference, variance ratio, largest distribution distance."""
        sd = np.sqrt(self.moments.variance)
        table = {
            "mean_target": self.moments.mean[1],
            "sd_target": sd[1],
            "mean_comparator": self.moments.mean[0],
            "sd_comparator": sd[0],
            "smd": self.differences(),
            "variance_ratio": self.variance_ratio,
            "distribution_max": self.distribution_max,
        }
        return pd.DataFrame(table, index=pd.Index(self.covariates, name="covariate"))

    def __repr__(self) -> str:
        sizes = f"effective sample sizes: target {self.effective_n(1):.1f}, comparator {self.effective_n(0):.1f}"
        return f"{self.summary().to_string(float_format=lambda value: f'{value:.4f}')}\n\n{sizes}"


def balance(x: Columns, treated: ArrayLike, weights: ArrayLike | None = None) -> Balance:
    """How alike two arms are in each covariate (n, p), NaN where missing; treated (n,) 1 or 0; weights (n,), all 1 if None.

    Misleads when: read as proof of comparability: it says nothing of what was not measured, and small arms look unbalanced by chance.
    """
    names, columns = named_columns(x)
    arm = arms(treated, len(columns))
    weight = weights_or_ones(weights, len(columns))
    hub = MomentsHub(2, len(names), moments_site.centre(columns))
    moments = run_local(hub, moments_site.summarise, CovariateData(columns, arm, weight))
    distances = np.array([_distribution_distance(column, arm, weight) for column in columns.T]).reshape(-1, 2)
    binary = np.all((columns == 0) | (columns == 1) | np.isnan(columns), axis=0)
    return Balance(names, moments, binary, distances[:, 0], distances[:, 1])


def _distribution_distance(column: Floats, arm: Ints, weight: Floats) -> tuple[float, float]:
    """Mean (over the distinct values) and maximum of the distance between the arms' distribution functions."""
    values = np.unique(column[np.isfinite(column)])
    if not len(values):
        return float("nan"), float("nan")
    edges = np.append(values, values[-1] + max(1.0, abs(values[-1])))
    bins = run_local(HistogramHub(edges, 2), histogram_site.summarise, CovariateData(column[:, None], arm, weight)).weight
    total = bins.sum(axis=1, keepdims=True)
    if not np.all(total > 0):
        return float("nan"), float("nan")
    reached = np.cumsum(bins / total, axis=1)
    distance = np.abs(reached[1] - reached[0])
    if np.array_equal(values, [0.0, 1.0]):
        return float(distance[0]), float(distance[0])
    return float(distance.mean()), float(distance.max())

"""Balance between two groups, from moments alone: fit for the hub."""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from equipoise.estimators.data import Floats
from equipoise.estimators.moments.summary import MomentsResult

Denominator: TypeAlias = Literal["pooled", "target", "comparator", "weighted"]
"""Whose standard deviation: root mean square of both groups before weighting, one group's before weighting, or both after."""


def standardised_differences(
    moments: MomentsResult, target: int = 1, comparator: int = 0, by: Denominator = "pooled", bernoulli: NDArray[np.bool_] | None = None
) -> Floats:
    """Weighted mean of the target group minus the comparator's, in standard deviations (p,); signed.

    `pooled` is Austin's (Stat Med 2009; 28: 3083): the denominator stays that of the unweighted groups, so that before and after are
    on one scale. `bernoulli` (p,) marks columns of 0 and 1 whose variance is taken as p(1-p) instead of the sample variance. 0 where
    both means are equal; NaN where the denominator is 0 and the means differ.

    Misleads when: variances differ much after weighting, or the covariate is far from symmetric; look at variance ratios too.
    """
    difference = moments.mean[target] - moments.mean[comparator]
    return np.where(difference == 0, 0.0, difference / _denominator(moments, (target, comparator), by, bernoulli))


def variance_ratios(moments: MomentsResult, target: int = 1, comparator: int = 0) -> Floats:
    """Weighted variance of the target group over the comparator's (p,); NaN where the latter is 0. Near 1 is balanced."""
    bottom = moments.variance[comparator]
    return np.asarray(moments.variance[target] / np.where(bottom > 0, bottom, np.nan))


def _denominator(moments: MomentsResult, groups: tuple[int, int], by: Denominator, bernoulli: NDArray[np.bool_] | None) -> Floats:
    target, comparator = groups
    crude, weighted = moments.crude_variance, moments.variance
    if bernoulli is not None:
        crude = np.where(bernoulli, moments.crude_mean * (1 - moments.crude_mean), crude)
        weighted = np.where(bernoulli, moments.mean * (1 - moments.mean), weighted)
    squares: dict[str, Floats] = {
        "pooled": (crude[target] + crude[comparator]) / 2,
        "target": crude[target],
        "comparator": crude[comparator],
        "weighted": (weighted[target] + weighted[comparator]) / 2,
    }
    square = squares[by]
    return np.sqrt(np.where(square > 0, square, np.nan))

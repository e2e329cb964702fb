"""What a site half is given: plain numpy columns, one row a person (or a person-interval). Letters: n rows, p covariates, g groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class EstimatedWeights:
    """How the weights of n rows hang on the logistic model that they come from, fitted to N people: for variances that know it.

    person: (n,) int64 each row's place among the N people. slope: (n,) derivative of the row's weight by its linear predictor.
    x: (N, q) the model's columns, the ones of its intercept included. fitted, outcome: (N,) probability and 0/1 outcome. block: (N,) int64
    sites with an intercept of their own under a normal prior of precision `precision`; None for a model without such.
    """

    person: Ints
    slope: Floats
    x: Floats
    fitted: Floats
    outcome: Floats
    block: Ints
    precision: float | None = None


@dataclass(frozen=True, slots=True)
class SurvivalData:
    """Rows for survival estimators.

    time: (n,) float64, end of follow-up, same unit as the grid. event: (n,) int64, 0 censored, 1 event (of
    competing causes 1, 2, and so on). group: (n,) int64 in [0, g). stratum: (n,) int64 in [0, s). x: (n, p) float64.
    weight: (n,) float64 >= 0.
    entry: (n,) float64 or None (all from minus infinity). cluster: (n,) int64 or None; a cluster lies wholly at one site.
    offset: (n,) float64 or None. estimated: how the weights were estimated, or None for known ones.
    """

    time: Floats
    event: Ints
    group: Ints
    stratum: Ints
    x: Floats
    weight: Floats
    entry: Floats | None = None
    cluster: Ints | None = None
    offset: Floats | None = None
    estimated: EstimatedWeights | None = None


@dataclass(frozen=True, slots=True)
class ModelData:
    """Rows for regression of y on x. x: (n, p) float64, the intercept's ones included if wanted. y, weight: (n,) float64.

    block: (n,) int64 labels of sites; a block lies wholly at one site. offset, cluster: as in SurvivalData. occasion: (n,) int64 in [0, k),
    each at most once a cluster, or None.
    """

    x: Floats
    y: Floats
    weight: Floats
    block: Ints
    offset: Floats | None = None
    cluster: Ints | None = None
    occasion: Ints | None = None


@dataclass(frozen=True, slots=True)
class CovariateData:
    """Rows for description. x: (n, p) float64, NaN where missing. group: (n,) int64 in [0, g). weight: (n,) float64 >= 0."""

    x: Floats
    group: Ints
    weight: Floats

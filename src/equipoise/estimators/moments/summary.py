"""What crosses the border for a baseline table: sums of covariates by group, weighted and not."""

from __future__ import annotations

from dataclasses import dataclass

from equipoise.estimators.data import Floats, Ints
from equipoise.estimators.shape import Additive, disclosed


@dataclass(frozen=True)
class MomentsAsk:
    """Sum covariates about `shift` (p,), a value near each column's centre, by group 0..n_groups-1."""

    n_groups: int
    shift: Floats


@dataclass(frozen=True)
class MomentsSummary(Additive):
    """Sums by group and column (g, p), over people whose value is not missing; `group_*` (g,) over all people of the group.

    `x` and `xx` are sums of x - shift and its square, `wx` and `wxx` the same weighted. `group_weighted` counts weights above 0.
    """

    group_n: Ints = disclosed("count")
    group_weighted: Ints = disclosed("count")
    group_w: Floats = disclosed("sum")
    group_ww: Floats = disclosed("sum")
    n: Ints = disclosed("count")
    missing: Ints = disclosed("count")
    w: Floats = disclosed("sum")
    ww: Floats = disclosed("sum")
    x: Floats = disclosed("sum")
    xx: Floats = disclosed("sum")
    wx: Floats = disclosed("sum")
    wxx: Floats = disclosed("sum")


@dataclass(frozen=True)
class MomentsResult:
    """Means and variances by group and column (g, p); NaN where a group has too few people.

    `variance` is unbiased for equal weights: sum w (x - mean)^2 / (W - W2 / W) with W = sum w, W2 = sum w^2. `crude_*` ignore the
    weights. `effective_n` (g,) is W^2 / W2 over all people of the group.
    """

    group_n: Ints
    group_weighted: Ints
    sum_of_weights: Floats
    effective_n: Floats
    n: Ints
    missing: Ints
    weight: Floats
    mean: Floats
    variance: Floats
    crude_mean: Floats
    crude_variance: Floats

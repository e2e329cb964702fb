"""What crosses the border for a baseline table: sums of covariates by group, weighted and not. Letters: g groups, p columns."""

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
    """Sums over all people of a group, then over those whose value is not missing; w weights, d the value less the ask's shift."""

    group_n: Ints = disclosed("count", "(g,)", "people")
    group_weighted: Ints = disclosed("count", "(g,)", "people with a weight above 0")
    group_w: Floats = disclosed("sum", "(g,)", "w over all")
    group_ww: Floats = disclosed("sum", "(g,)", "w^2 over all")
    n: Ints = disclosed("count", "(g, p)", "people with a value")
    missing: Ints = disclosed("count", "(g, p)", "people without a value")
    w: Floats = disclosed("sum", "(g, p)", "w")
    ww: Floats = disclosed("sum", "(g, p)", "w^2")
    x: Floats = disclosed("sum", "(g, p)", "d; of a column of 0 and 1 a count of people")
    xx: Floats = disclosed("sum", "(g, p)", "d^2")
    wx: Floats = disclosed("sum", "(g, p)", "w d")
    wxx: Floats = disclosed("sum", "(g, p)", "w d^2")


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

"""Exact inference on a common odds ratio: given all margins, the exposed events follow a convolution of hypergeometric distributions."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce

import numpy as np
from scipy.special import gammaln, logsumexp

from equipoise.estimators.data import Floats, Ints
from equipoise.estimators.two_by_two.interval import critical
from equipoise.estimators.two_by_two.roots import EPSILON, R_TOLERANCE, root

TIED = 1 + 1e-7
"""Probabilities this near to each other are equal, as R takes them."""


@dataclass(frozen=True, slots=True)
class ExactOddsRatio:
    """Conditional maximum-likelihood odds ratio, exact limits, and exact p-values against an odds ratio of 1."""

    estimate: float
    lower: float
    upper: float
    p: float
    p_greater: float
    p_less: float


@dataclass(frozen=True, slots=True)
class ConditionalEvents:
    """The exposed events given all margins: `support` (m,) their possible numbers, `log_p` (m,) their log probabilities at odds ratio 1."""

    support: Ints
    log_p: Floats

    def probabilities(self, odds_ratio: float) -> Floats:
        """(m,) probabilities at an odds ratio above 0."""
        log_p = self.log_p + math.log(odds_ratio) * self.support
        weights = np.exp(log_p - log_p.max())
        return np.asarray(weights / weights.sum())

    def mean(self, odds_ratio: float) -> float:
        """The expected number of exposed events."""
        if odds_ratio == 0:
            return float(self.support[0])
        return float(self.support @ self.probabilities(odds_ratio))

    def at_most(self, events: float, odds_ratio: float) -> float:
        """P(X <= events)."""
        return 1.0 if odds_ratio == 0 else float(self.probabilities(odds_ratio)[self.support <= events].sum())

    def at_least(self, events: float, odds_ratio: float) -> float:
        """P(X >= events)."""
        return float(events <= self.support[0]) if odds_ratio == 0 else float(self.probabilities(odds_ratio)[self.support >= events].sum())


def exact_odds_ratio(tables: Ints, confidence: float = 0.95, *, as_r: bool = False) -> ExactOddsRatio:
    """The odds ratio common to k tables (k, 2, 2), rows exposed and not, columns event and not; R's fisher.test and mantelhaen.test.

    Two-sided p: all tables no more probable than the one seen. as_r : to reproduce R's digits, root searches stop 1e-4 from the root
    and, with several tables, the far tail of the distribution underflows, and margins that leave no choice give 0; otherwise all is to
    rounding error.
    Misleads when: the odds ratio differs much between strata. It is conservative: the interval covers more than it says.
    Source: Fisher (1935); Gart (1970), Biometrika 57: 471; Mehta, Patel and Gray (1985), JASA 80: 969.
    """
    critical(confidence)
    seen = int(tables[:, 0, 0].sum())
    law = conditional_events(tables, underflow=as_r)
    tolerance = R_TOLERANCE if as_r else 0.0
    tail = (1 - confidence) / 2
    first, last = law.support[0], law.support[-1]
    at_one = law.probabilities(1.0)
    return ExactOddsRatio(
        estimate=0.0 if as_r and first == last else _estimate(law, seen, tolerance),
        lower=0.0 if seen == first else _solve(lambda ratio: law.at_least(seen, ratio) - tail, tolerance),
        upper=math.inf if seen == last else _solve(lambda ratio: law.at_most(seen, ratio) - tail, tolerance),
        p=min(1.0, float(at_one[at_one <= at_one[seen - first] * TIED].sum())),
        p_greater=min(1.0, float(at_one[law.support >= seen].sum())),
        p_less=min(1.0, float(at_one[law.support <= seen].sum())),
    )


def _estimate(law: ConditionalEvents, seen: int, tolerance: float) -> float:
    if law.support[0] == law.support[-1]:
        return math.nan
    if seen == law.support[0]:
        return 0.0
    return math.inf if seen == law.support[-1] else _solve(lambda ratio: law.mean(ratio) - seen, tolerance)


def _solve(f: Callable[[float], float], tolerance: float) -> float:
    """The odds ratio where f is zero, searched for in (0, 1), or by its inverse."""
    at_one = f(1.0)
    if at_one == 0:
        return 1.0
    if (f(0.0) > 0) != (at_one > 0):
        return root(f, 0.0, 1.0, tolerance)
    return 1 / root(lambda inverse: f(1 / inverse), EPSILON, 1.0, tolerance)


def conditional_events(tables: Ints, *, underflow: bool = False) -> ConditionalEvents:
    """The distribution of the sum of exposed events over tables (k, 2, 2) given their margins.

    `underflow`: convolve probabilities, not their logarithms, as R does: what is under 1e-308 becomes 0.
    """
    return reduce(_convolved_with_underflow if underflow else _convolved, [_one_table(table) for table in tables])


def _one_table(table: Ints) -> ConditionalEvents:
    exposed, unexposed = (int(n) for n in table.sum(axis=1))
    events = int(table[:, 0].sum())
    support = np.arange(max(0, events - unexposed), min(exposed, events) + 1)
    return ConditionalEvents(support, _log_choose(exposed, support) + _log_choose(unexposed, events - support) - _log_choose_all(table))


def _log_choose(n: int, k: Ints) -> Floats:
    return np.asarray(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1))


def _log_choose_all(table: Ints) -> float:
    return float(_log_choose(int(table.sum()), np.array([table[:, 0].sum()]))[0])


def _convolved(one: ConditionalEvents, other: ConditionalEvents) -> ConditionalEvents:
    few, many = (one, other) if one.support.size <= other.support.size else (other, one)
    size = few.support.size + many.support.size - 1
    log_p = np.full((few.support.size, size), -np.inf)
    for shift, value in enumerate(few.log_p):
        log_p[shift, shift : shift + many.support.size] = many.log_p + value
    return ConditionalEvents(one.support[0] + other.support[0] + np.arange(size), np.asarray(logsumexp(log_p, axis=0)))


def _convolved_with_underflow(one: ConditionalEvents, other: ConditionalEvents) -> ConditionalEvents:
    p = np.convolve(np.exp(one.log_p), np.exp(other.log_p))
    with np.errstate(divide="ignore"):
        return ConditionalEvents(one.support[0] + other.support[0] + np.arange(p.size), np.log(p))

"""Propensity scores and weights where the rows are. Letters: e the score, t the arm (1 target, 0 comparator), n people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

import numpy as np

from equipoise.estimators.data import Floats, Ints
from equipoise.estimators.errors import BAD_ARGUMENT
from equipoise.estimators.logistic.intercepts import inverse_logit, solve_intercepts
from equipoise.kernel.errors import closest

WeightMethod: TypeAlias = Literal["overlap", "iptw", "att", "atc", "matching", "entropy"]
"""Whom the weighted people stand for: those in clinical equipoise, all, the target arm, the comparator arm, or near-overlap variants."""


def propensity_scores(x: Floats, coef: Floats, block: Ints, y: Floats, site_intercept_sd: float | None = None) -> Floats:
    """The probability of the target arm (n,) under a global model; x: (n, p), coef: (p,), block: (n,) site labels, y: (n,) the arm.

    With `site_intercept_sd` each block's own intercept is solved again from its own rows: it is never received or sent.
    """
    eta = x @ coef
    if site_intercept_sd is None or not len(eta):
        return inverse_logit(eta)
    dense = np.unique(block, return_inverse=True)[1].astype(np.int64)
    u = solve_intercepts(eta, y.astype(np.float64), np.ones(len(eta)), dense, site_intercept_sd)
    return inverse_logit(eta + u[dense])


def logit(e: Floats) -> Floats:
    """The log odds of a probability in (0, 1)."""
    return np.log(e) - np.log1p(-e)


def weights(
    e: Floats, treated: Ints, method: WeightMethod, *, prevalence: float | None = None, trim: tuple[float, float] | None = None
) -> Floats:
    """Balancing weights (n,): tilting function h(e) over the probability of the person's own arm (Li, Morgan, Zaslavsky, JASA 2018).

    overlap: h = e(1-e), weights 1-e and e. iptw: h = 1, weights 1/e and 1/(1-e); with `prevalence` (the target's share over the whole
    network) stabilised to p/e and (1-p)/(1-e). att: h = e. atc: h = 1-e. matching: h = min(e, 1-e). entropy: h = -e ln e - (1-e) ln(1-e).
    `trim`: people whose score lies outside [low, high] get 0, whatever the method. Raises EQ-EST-106 for an unknown method.

    Misleads when: scores come near 0 or 1 under iptw, att or atc: a few people carry the answer (look at the effective sample size);
    the estimand moves with `trim`, and is a population that nobody named under overlap, matching and entropy weights.
    """
    if method not in TILTS:
        raise BAD_ARGUMENT.error(f"no such weights: {method}", did_you_mean=closest(str(method), TILTS))
    own = np.where(treated == 1, e, 1 - e)
    weight = TILTS[method](e) / own
    if prevalence is not None and method == "iptw":
        weight = weight * np.where(treated == 1, prevalence, 1 - prevalence)
    if trim is None:
        return weight
    return np.where((e >= trim[0]) & (e <= trim[1]), weight, 0.0)


def weight_slopes(e: Floats, treated: Ints, method: WeightMethod, weight: Floats) -> Floats:
    """The derivative (n,) of each person's weight by the log odds of the score; weight: (n,) as `weights` gives them.

    Raises EQ-EST-106 for a method whose weights have a corner (matching) or no simple slope (entropy).
    """
    if method not in SLOPES:
        raise BAD_ARGUMENT.error(f"the slope of {method} weights is not known", did_you_mean=closest(str(method), SLOPES))
    target, comparator = SLOPES[method](e)
    return weight * np.where(treated == 1, target, comparator)


def preference_score(e: Floats, prevalence: float) -> Floats:
    """The propensity score (n,) with the arms' sizes taken out: logit(f) = logit(e) - logit(prevalence).

    Walker et al., Comparative Effectiveness Research 2013; 3: 11. Two treatments are in empirical equipoise where most people of both
    arms lie in [0.3, 0.7].
    """
    return inverse_logit(logit(e) - np.log(prevalence / (1 - prevalence)))


def _entropy(e: Floats) -> Floats:
    return -(e * np.log(e) + (1 - e) * np.log1p(-e))


TILTS: dict[str, Callable[[Floats], Floats]] = {
    "overlap": lambda e: e * (1 - e),
    "iptw": np.ones_like,
    "att": lambda e: e,
    "atc": lambda e: 1 - e,
    "matching": lambda e: np.minimum(e, 1 - e),
    "entropy": _entropy,
}

SLOPES: dict[str, Callable[[Floats], tuple[Floats, Floats]]] = {
    "overlap": lambda e: (-e, 1 - e),
    "iptw": lambda e: (e - 1, e),
    "att": lambda e: (np.zeros_like(e), np.ones_like(e)),
    "atc": lambda e: (-np.ones_like(e), np.zeros_like(e)),
}
"""Derivatives of the log weight by the log odds of the score, in the target arm and in the comparator arm."""

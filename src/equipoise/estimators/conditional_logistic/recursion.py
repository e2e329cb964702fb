"""Who else could have been the cases: sums over all subsets of a matched set, without listing them.

Given d cases among the n people of a set, the conditional likelihood compares the cases' linear predictor with
log of the sum, over every subset of d people, of exp(the subset's linear predictor). Adding one person at a time,
B(d, n) = B(d, n-1) + exp(eta_n) B(d-1, n-1): Gail, Lubin and Rubinstein (1981), Biometrika 68:703. Read as a mixture of subsets
without and with person n, the mean and the covariance of the subset's sum of x follow the same step, and nothing overflows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equipoise.estimators.data import Floats, Ints


@dataclass(frozen=True, slots=True)
class SubsetSums:
    """Per set. log_total: (m,) log of the sum over subsets; mean: (m, p), covariance: (m, p, p) of the subset's sum of x."""

    log_total: Floats
    mean: Floats
    covariance: Floats


def subset_sums(eta: Floats, x: Floats, chosen: Ints) -> SubsetSums:
    """Sums over subsets of `chosen` (m,) people. eta: (m, n), -inf where a smaller set has nobody; x: (m, n, p)."""
    m, n, p = x.shape
    size = int(chosen.max(initial=0)) + 1
    log_total = np.full((m, size), -np.inf)
    log_total[:, 0] = 0.0
    mean, covariance = np.zeros((m, size, p)), np.zeros((m, size, p, p))
    for person in range(n):
        log_total, mean, covariance = _with_one_more(log_total, mean, covariance, eta[:, person], x[:, person])
    rows = np.arange(m)
    return SubsetSums(log_total[rows, chosen], mean[rows, chosen], covariance[rows, chosen])


def _with_one_more(log_total: Floats, mean: Floats, covariance: Floats, eta: Floats, x: Floats) -> tuple[Floats, Floats, Floats]:
    """The three sums by subset size (m, size, ...) after one more person in each set joined or not."""
    joined = np.full_like(log_total, -np.inf)
    joined[:, 1:] = log_total[:, :-1] + eta[:, None]
    total = np.logaddexp(log_total, joined)
    share = np.exp(joined - np.where(np.isneginf(total), 0.0, total))[:, 1:, None]
    shift = mean[:, :-1] + x[:, None, :] - mean[:, 1:]
    new_mean, new_covariance = mean.copy(), covariance.copy()
    new_mean[:, 1:] += share * shift
    spread = covariance[:, :-1] - covariance[:, 1:] + ((1 - share) * shift)[..., :, None] * shift[..., None, :]
    new_covariance[:, 1:] += share[..., None] * spread
    return total, new_mean, new_covariance

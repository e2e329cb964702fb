"""P-values adjusted for being several."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

import numpy as np

from equipoise.estimators.data import Floats, Ints
from equipoise.estimators.errors import BAD_ARGUMENT

Adjustment: TypeAlias = Literal["holm", "hochberg", "hommel", "bonferroni", "BH", "BY", "fdr", "none"]


def adjusted_p(p: Floats, method: Adjustment = "holm", *, n: int | None = None) -> Floats:
    """Adjusted p-values (k,) in the order given; missing ones stay missing and do not count; R's p.adjust.

    holm, hochberg, hommel, bonferroni bound the chance of any false finding; BH (`fdr`) and BY the share of false ones among findings.
    n : comparisons made, if more than are given. Raises EQ-EST-106 for values outside [0, 1], n too small, an unknown method.

    Misleads when: the family is chosen after looking; hochberg, hommel and BH when tests are negatively dependent.
    Source: Holm (1979); Hochberg (1988); Hommel (1988); Benjamini and Hochberg (1995); Benjamini and Yekutieli (2001).
    """
    values = np.asarray(p, dtype=np.float64)
    known = ~np.isnan(values)
    given = values[known]
    count = given.size if n is None else n
    if values.ndim != 1 or np.any((given < 0) | (given > 1)) or count < given.size:
        raise BAD_ARGUMENT.error("p must be a vector of values between 0 and 1, and n at least their number")
    if method not in _METHODS:
        raise BAD_ARGUMENT.error(f"method must be one of {', '.join(_METHODS)}")
    adjusted = values.copy()
    if count > 1:
        order = np.argsort(given, kind="stable")
        back = np.empty_like(order)
        back[order] = np.arange(order.size)
        adjusted[known] = np.minimum(1.0, _METHODS[method](given[order], count))[back]
    return adjusted


def _ranks(p: Floats) -> Ints:
    return np.arange(1, p.size + 1)


def _down(values: Floats) -> Floats:
    """The largest so far, from the smallest p upwards."""
    return np.asarray(np.maximum.accumulate(values))


def _up(values: Floats) -> Floats:
    """The smallest so far, from the largest p downwards."""
    return np.asarray(np.minimum.accumulate(values[::-1])[::-1])


def _false_discovery(p: Floats, n: int) -> Floats:
    return _up(n / _ranks(p) * p)


def _dependent_discovery(p: Floats, n: int) -> Floats:
    return _up(float((1 / np.arange(1, n + 1)).sum()) * n / _ranks(p) * p)


def _hommel(p: Floats, n: int) -> Floats:
    """Hommel's closed test: for each number m of true hypotheses, Simes's bound on the m largest, and on the others at most the same."""
    ordered = np.concatenate([p, np.ones(n - p.size)])
    rank = np.arange(1, n + 1)
    best = np.full(n, float((n * ordered / rank).min()))
    adjusted = best.copy()
    for m in range(n - 1, 1, -1):
        few, many = np.arange(n - m + 1), np.arange(n - m + 1, n)
        bound = float((m * ordered[many] / np.arange(2, m + 1)).min())
        adjusted[few] = np.minimum(m * ordered[few], bound)
        adjusted[many] = adjusted[n - m]
        best = np.maximum(best, adjusted)
    return np.asarray(np.maximum(best, ordered)[: p.size])


def _bonferroni(p: Floats, n: int) -> Floats:
    return p * n


def _unadjusted(p: Floats, _n: int) -> Floats:
    return p


def _holm(p: Floats, n: int) -> Floats:
    return _down((n + 1 - _ranks(p)) * p)


def _hochberg(p: Floats, n: int) -> Floats:
    return _up((n + 1 - _ranks(p)) * p)


_METHODS: dict[str, Callable[[Floats, int], Floats]] = {
    "holm": _holm,
    "hochberg": _hochberg,
    "hommel": _hommel,
    "bonferroni": _bonferroni,
    "BH": _false_discovery,
    "BY": _dependent_discovery,
    "fdr": _false_discovery,
    "none": _unadjusted,
}

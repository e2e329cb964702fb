"""Every pair of combined arms compared: the log-rank test of each from the sums by arm, and Holm's correction over all pairs."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from scipy.stats import chi2

from equipoise.estimators.data import Floats
from equipoise.estimators.evidence.multiplicity import adjusted_p
from equipoise.estimators.kaplan_meier.summary import Curve
from equipoise.network.hub.combination.contrasts import Effect


def pairs_of(codes: tuple[int, ...]) -> tuple[tuple[int, int], ...]:
    """All pairs, in the order of the codes."""
    return tuple(combinations(codes, 2))


def logrank(one: Curve, other: Curve) -> Effect:
    """The log-rank test of two arms from those at risk and the events on each day; `estimate` is the chi-square on one degree of freedom.

    Unweighted. Source: Mantel (1966); equal to R's `survdiff` on the persons of the two arms.
    """
    days = np.union1d(one.time[one.n_event > 0], other.time[other.n_event > 0])
    (n1, d1), (n2, d2) = _on(one, days), _on(other, days)
    n, d = n1 + n2, d1 + d2
    many = np.maximum(n - 1, 1.0)
    variance = float(np.sum(d * (n1 / n) * (n2 / n) * (n - d) / many))
    excess = float(np.sum(d1 - d * n1 / n))
    statistic = excess**2 / variance if variance > 0 else float("nan")
    return Effect(statistic, float("nan"), float("nan"), float(chi2.sf(statistic, 1)))


def _on(curve: Curve, days: Floats) -> tuple[Floats, Floats]:
    """Those at risk and the events on each day."""
    at_risk = np.append(curve.n_risk, 0.0)[np.searchsorted(curve.time, days, side="left")]
    place = np.minimum(np.searchsorted(curve.time, days), max(len(curve.time) - 1, 0))
    events = np.where(curve.time[place] == days, curve.n_event[place], 0.0) if len(curve.time) else np.zeros(len(days))
    return at_risk, events


def holm(p_values: tuple[float, ...]) -> tuple[float, ...]:
    """P-values adjusted for being so many (Holm 1979); missing ones do not count."""
    return tuple(float(p) for p in adjusted_p(np.array(p_values), "holm"))

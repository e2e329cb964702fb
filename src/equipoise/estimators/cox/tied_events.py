"""What each event time adds to Cox's partial likelihood, from its risk set alone; Breslow's and Efron's treatment of ties.

At a time with d events of mean weight v, risk-set sums S0, S1 and sums over the dying D0, D1, Efron's method replaces the d
equal denominators by phi_l = S0 - (l/d) D0, l = 0..d-1; Breslow's keeps phi_l = S0. Efron (1977), J Am Stat Assoc 72:557.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equipoise.estimators.cox.summary import RiskSets
from equipoise.estimators.data import BLOCK, Floats


@dataclass(frozen=True, slots=True)
class TiedEvents:
    """Per stratum and time. log_terms: (s, k) what is subtracted from the log likelihood; hazard: sum of v / phi_l; tied: sum of
    (l/d) v / phi_l; hazard_sq, cross_sq, tied_sq: sums of v / phi_l^2 times 1, l/d, (l/d)^2.
    """

    log_terms: Floats
    hazard: Floats
    tied: Floats
    hazard_sq: Floats
    cross_sq: Floats
    tied_sq: Floats


def tied_events(sets: RiskSets, efron: bool) -> TiedEvents:
    """The scalars of every event time; zeros where nobody dies."""
    where = np.nonzero(sets.deaths)
    count = sets.deaths[where] if efron else np.ones(where[0].size, dtype=np.int64)
    owner = np.repeat(np.arange(count.size), count)
    rank = np.arange(owner.size) - np.repeat(np.cumsum(count) - count, count)
    share = rank / count[owner]
    death_risk = sets.death_risk[where] if efron else np.zeros(where[0].size)
    weight = (sets.death_weight[where] / count)[owner]

    def gather(values: Floats) -> Floats:
        full = np.zeros(sets.risk.shape)
        full[where] = np.bincount(owner, weights=values, minlength=count.size)
        return full

    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        phi = sets.risk[where][owner] - share * death_risk[owner]
        inverse = weight / phi
        terms = [weight * np.log(phi), inverse, share * inverse, inverse / phi, share * inverse / phi, share**2 * inverse / phi]
    return TiedEvents(*(gather(values) for values in terms))


def log_likelihood(sets: RiskSets, ties: TiedEvents) -> float:
    """The log partial likelihood at the beta of the risk sets."""
    return float(sets.death_eta - ties.log_terms.sum())


def death_means(sets: RiskSets, ties: TiedEvents) -> Floats:
    """(s, k, p): the sum over the dying at each time of the risk set's mean of x, weighted."""
    found = ties.hazard[..., None] * sets.risk_x
    return found - ties.tied[..., None] * sets.death_risk_x if sets.death_risk_x.size else found


def expected_x(sets: RiskSets, ties: TiedEvents, multipliers: Floats) -> Floats:
    """(m, p): `death_means` times each multiplier, summed over strata and times. multipliers: (m, k)."""
    shape = ties.hazard.size, sets.risk_x.shape[-1]
    found: Floats = _over_cells(multipliers, ties.hazard) @ sets.risk_x.reshape(shape)
    return found - _over_cells(multipliers, ties.tied) @ sets.death_risk_x.reshape(shape) if sets.death_risk_x.size else found


def _over_cells(multipliers: Floats, values: Floats) -> Floats:
    """(m, s k): values, (s, k), times each multiplier."""
    return (multipliers[:, None, :] * values).reshape(len(multipliers), values.size)


def mean_squares(sets: RiskSets, ties: TiedEvents, multipliers: Floats) -> Floats:
    """(m, p, p): the sum over the dying of the outer product of the risk set's mean of x, times each multiplier. multipliers: (m, k)."""
    return np.stack([_squares(sets, ties, row) for row in multipliers])


def _squares(sets: RiskSets, ties: TiedEvents, multiplier: Floats) -> Floats:
    p = sets.risk_x.shape[-1]
    s1 = sets.risk_x.reshape(ties.hazard.size, p)
    d1 = sets.death_risk_x.reshape(s1.shape) if sets.death_risk_x.size else s1
    squared, crossed, tied = ((values * multiplier).reshape(-1, 1) for values in (ties.hazard_sq, ties.cross_sq, ties.tied_sq))
    own, cross, together = np.zeros((p, p)), np.zeros((p, p)), d1.size > 0 and bool(ties.tied.any())
    for start in range(0, len(s1), BLOCK):
        part = slice(start, start + BLOCK)
        own += s1[part].T @ (s1[part] * squared[part])
        if together:
            cross += s1[part].T @ (d1[part] * crossed[part])
            own += d1[part].T @ (d1[part] * tied[part])
    return own - cross - cross.T


def mean_hazard(sets: RiskSets, ties: TiedEvents) -> Floats:
    """(s, k, p): at each time the sum over l of mean_l v / phi_l, mean_l being the risk set's mean of x that the l-th of the dying met."""
    found = ties.hazard_sq[..., None] * sets.risk_x
    if sets.death_risk_x.size and ties.tied.any():
        found -= ties.cross_sq[..., None] * sets.death_risk_x
    return found


def residual_means(sets: RiskSets, ties: TiedEvents) -> tuple[Floats, Floats, Floats]:
    """For score residuals, each (s, k, p): `mean_hazard`, the sums over l of (l/d) mean_l v / phi_l, and the plain mean of mean_l."""
    s1, d1 = sets.risk_x, sets.death_risk_x if sets.death_risk_x.size else np.zeros_like(sets.risk_x)
    tied = ties.cross_sq[..., None] * s1 - ties.tied_sq[..., None] * d1
    weight = np.where(sets.death_weight > 0, sets.death_weight, 1.0)[..., None]
    return mean_hazard(sets, ties), tied, death_means(sets, ties) / weight

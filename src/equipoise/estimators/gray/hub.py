"""Gray's test of equal cumulative incidence from sums. Gray (1988), Ann Stat 16:1141."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equipoise.estimators.aalen_johansen.counting import drawn
from equipoise.estimators.aalen_johansen.curves import state_probabilities
from equipoise.estimators.data import Floats
from equipoise.estimators.errors import BAD_ARGUMENT, NO_EVENTS
from equipoise.estimators.gray.summary import GrayAsk, GrayResult, GraySummary, GrayTest
from equipoise.estimators.hazard import NOBODY, ratio
from equipoise.estimators.shape import Done


@dataclass(frozen=True, slots=True)
class GrayHub:
    """Settings. rho: events are weighted by (1 - F(t-))^rho, F the incidence under the hypothesis in the stratum; 0 weighs all alike."""

    grid: Floats
    n_groups: int
    n_causes: int
    n_strata: int = 1
    rho: float = 0.0

    def __post_init__(self) -> None:
        if self.n_groups < 2:
            raise BAD_ARGUMENT.error("Gray's test compares at least two groups")
        if not np.isfinite(self.rho):
            raise BAD_ARGUMENT.error("rho must be a number")

    def first(self) -> GrayAsk:
        """The question of the only round."""
        return GrayAsk(self.grid, self.n_groups, self.n_causes, self.n_strata)

    def finish(self, _ask: GrayAsk, total: GraySummary) -> Done[GrayResult]:
        """A test for each cause. Raises EQ-EST-122 when no cause has an event."""
        if not total.events.any():
            raise NO_EVENTS.error("no event of any cause in any group")
        tests = tuple(self._test(total, cause) for cause in range(self.n_causes))
        return Done(GrayResult(total.rows, tests, self.rho))

    def _test(self, total: GraySummary, cause: int) -> GrayTest:
        parts = [score_and_variance(at_risk, events, cause, self.rho) for at_risk, events in zip(total.at_risk, total.events, strict=True)]
        score, variance = np.sum([part[0] for part in parts], axis=0), np.sum([part[1] for part in parts], axis=0)
        present = np.flatnonzero(total.at_risk.any(axis=(0, 2)))[:-1]
        inner = variance[np.ix_(present, present)]
        tested = present.size > 0 and np.linalg.matrix_rank(inner) == present.size
        statistic = float(score[present] @ np.linalg.solve(inner, score[present])) if tested else float("nan")
        return GrayTest(cause + 1, score, variance, statistic, present.size)


@dataclass(frozen=True, slots=True)
class Stratum:
    """One stratum, cause against the rest. at_risk, own, other, free, before, incidence, share: (g, k).

    before, free: probability of no event before and after each time; incidence: of the cause, before it. share: at_risk / before, those
    who would be at risk had nobody had an event. own, other: events of the cause and of the others. null, null_after: (k,) the common
    incidence under the hypothesis, before and after each time.
    """

    at_risk: Floats
    own: Floats
    other: Floats
    free: Floats
    before: Floats
    incidence: Floats
    share: Floats
    null: Floats
    null_after: Floats


def score_and_variance(at_risk: Floats, events: Floats, cause: int, rho: float) -> tuple[Floats, Floats]:
    """(g,) and (g, g) for one stratum. at_risk: (g, k); events: (g, c, k)."""
    part = _stratum(at_risk, events, cause)
    weight = _time_weight(1 - part.null, rho)
    risk = part.share * (1 - part.incidence)
    deaths = part.own.sum(axis=0)
    score = (weight * (part.own - ratio(deaths * risk, risk.sum(axis=0)))).sum(axis=1)
    return score, _variance(part, weight, deaths)


def _time_weight(left: Floats, rho: float) -> Floats:
    """left ** rho, and 0 where nothing is left under the hypothesis, unless all times weigh alike. left: (k,)."""
    some = left > NOBODY
    return np.where(some, np.where(some, left, 1.0) ** rho, 1.0 if rho == 0 else 0.0)


def _stratum(at_risk: Floats, events: Floats, cause: int) -> Stratum:
    states = state_probabilities(at_risk, events)
    after = states.probability[:, cause + 1]
    share = ratio(at_risk, states.before)
    steps = ratio(events[:, cause].sum(axis=0), share.sum(axis=0))
    null_after = np.cumsum(steps)
    return Stratum(
        at_risk=at_risk,
        own=events[:, cause],
        other=events.sum(axis=1) - events[:, cause],
        free=states.probability[:, 0],
        before=states.before,
        incidence=np.concatenate([np.zeros((at_risk.shape[0], 1)), after[:, :-1]], axis=1),
        share=share,
        null=null_after - steps,
        null_after=null_after,
    )


def _variance(part: Stratum, weight: Floats, deaths: Floats) -> Floats:
    """Sum over times and groups k of squared moves of the score: those of the cause's events, and of the others'."""
    total = part.share.sum(axis=0)
    each = ratio(deaths, total)
    groups = np.eye(part.share.shape[0])[:, :, None]
    direct = weight * part.share[:, None] * (groups - ratio(part.share, total))
    left = np.where(np.abs(1 - part.null) > NOBODY, 1 - part.null, np.inf)
    later = np.cumsum(direct * each / left, axis=-1)
    later = later[..., -1:] - later
    lasting = ratio(np.broadcast_to(1 - part.null_after, part.free.shape), part.free)
    own_move = direct + np.where(part.free > 0, 1 - lasting, 1.0) * later
    own_size = ratio(drawn(np.broadcast_to(deaths, part.before.shape), total * part.before), total) * ratio(part.before, part.at_risk)
    other_size = ratio(part.before, part.at_risk) ** 2 * drawn(part.other, part.at_risk)
    return _outer(own_size, own_move) + _outer(other_size, lasting * later)


def _outer(size: Floats, move: Floats) -> Floats:
    found: Floats = np.einsum("kt,ikt,jkt->ij", size, move, move)
    return found

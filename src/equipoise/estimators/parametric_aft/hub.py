"""Parametric survival at the hub: Newton's method with step halving, on sums, for the model and its intercept-only twin together."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from equipoise.estimators.data import Floats
from equipoise.estimators.errors import BAD_ARGUMENT, COLLINEAR, NO_EVENTS, NO_PEOPLE, NOT_CONVERGED, SEPARATION
from equipoise.estimators.newton import inverse, newton_step, path_taken, redundant_columns
from equipoise.estimators.parametric_aft.distributions import DISTRIBUTIONS, DistributionName
from equipoise.estimators.parametric_aft.summary import Climb, ParametricAftAsk, ParametricAftResult, ParametricAftSummary
from equipoise.estimators.shape import Again, Done
from equipoise.kernel.errors import Where

SETTLING = 1e-10
RUNAWAY_STEP = 0.1


@dataclass(frozen=True, slots=True)
class ParametricAftHub:
    """Settings. n_columns: p, the intercept's column of ones first. tolerance: on twice the gain that one more step promises."""

    n_columns: int
    distribution: DistributionName = "weibull"
    confidence: float = 0.95
    tolerance: float = 1e-20
    max_rounds: int = 100

    def __post_init__(self) -> None:
        if self.distribution not in DISTRIBUTIONS:
            raise BAD_ARGUMENT.error(f"dist is {self.distribution!r}; it may be one of {', '.join(DISTRIBUTIONS)}")

    @property
    def _fixed(self) -> float | None:
        return DISTRIBUTIONS[self.distribution].scale

    def first(self) -> ParametricAftAsk:
        """A first round for the moments of log time, from which the climb starts."""
        return ParametricAftAsk(self.distribution, self._start(self.n_columns, 0.0, 1.0), self._start(1, 0.0, 1.0), *(np.zeros(0),) * 2, 0)

    def _start(self, columns: int, mean: float, spread: float) -> Climb:
        point = np.zeros(columns + (self._fixed is None))
        point[0] = mean / (self._fixed or spread)
        if self._fixed is None:
            point[-1] = 1 / spread
        return Climb(point, point, -np.inf, np.inf, settled=False)

    def finish(self, ask: ParametricAftAsk, total: ParametricAftSummary) -> Again[ParametricAftAsk] | Done[ParametricAftResult]:
        """The next point from sums, or the result. Raises EQ-EST-101, 102, 104, 105, 122."""
        if ask.round == 0:
            return Again(self._opening(ask, total))
        if ask.round == 1:
            ask = replace(ask, reference=self._reference(total.information))
        if ask.full.settled and ask.null.settled:
            return Done(self._result(ask, total))
        ask = replace(ask, path=(*ask.path, total.loglik))
        if ask.round >= self.max_rounds:
            raise NOT_CONVERGED.error(f"the parametric model did not settle in {self.max_rounds} rounds; {path_taken(ask.path)}")
        full = self._climb(ask.full, total.loglik, total.score, total.information)
        null = self._climb(ask.null, total.null_loglik, total.null_score, total.null_information)
        _watch_for_separation(full, ask)
        return Again(replace(ask, full=full, null=null, round=ask.round + 1))

    def _opening(self, ask: ParametricAftAsk, total: ParametricAftSummary) -> ParametricAftAsk:
        if total.rows == 0:
            raise NO_PEOPLE.error("no people to fit a parametric survival model to")
        if total.events == 0:
            raise NO_EVENTS.error("no event among the people of the parametric survival model")
        mean = total.log_time / total.weight
        spread = float(np.sqrt(max(total.log_time_sq / total.weight - mean**2, 0.0)))
        if spread <= 1e-7 * (1 + abs(mean)) and self._fixed is None:
            raise NOT_CONVERGED.error("all times are equal: the scale has no estimate above 0")
        start = self._start(self.n_columns, mean, spread), self._start(1, mean, spread)
        return replace(ask, full=start[0], null=start[1], means=total.x / total.weight, round=1)

    def _reference(self, information: Floats) -> Floats:
        dropped = redundant_columns(information)
        if dropped:
            raise COLLINEAR.error("this column is redundant given those before it", Where(column=str(dropped[0])))
        return np.sqrt(np.diag(information))

    def _climb(self, at: Climb, loglik: float, score: Floats, information: Floats) -> Climb:
        """One step up, or a shorter one after a try that fell. A settled point stays."""
        if at.settled:
            return at
        if not (np.isfinite(loglik) and loglik >= at.base_loglik - 1e-9 * (1 + abs(loglik))):
            return self._inside(at.base, (at.point - at.base) / 2, at)
        try:
            step = newton_step(score, information)
        except (np.linalg.LinAlgError, ValueError):
            way = path_taken([at.base_loglik, loglik] if np.isfinite(at.base_loglik) else [loglik])
            raise NOT_CONVERGED.error(f"the information about some parameter vanished on the way; {way}") from None
        gain = float(step @ score)
        stalled = gain < SETTLING and gain > 1e-3 * at.gain
        moved = self._inside(at.point, step, replace(at, base_loglik=loglik, gain=gain))
        return replace(moved, settled=gain <= self.tolerance or stalled)

    def _inside(self, base: Floats, step: Floats, at: Climb) -> Climb:
        """The step from the base, shortened where 1/scale would fall by more than nine tenths."""
        if self._fixed is None and base[-1] + step[-1] < 0.1 * base[-1]:
            step = step * (-0.9 * base[-1] / step[-1])
        return replace(at, base=base, point=base + step)

    def _result(self, ask: ParametricAftAsk, total: ParametricAftSummary) -> ParametricAftResult:
        point, variance = ask.full.point, inverse(total.information)
        coef = point if self._fixed is None else point * self._fixed
        scale, turn = self._fixed, np.eye(point.size) * (self._fixed or 1.0)
        if scale is None:
            scale = float(1 / point[-1])
            coef = point[:-1] * scale
            turn = np.eye(point.size) * scale
            turn[:, -1] = np.append(-coef, -1.0) * scale
        return ParametricAftResult(
            distribution=self.distribution,
            coef=coef,
            scale=scale,
            vcov=turn @ variance @ turn.T,
            means=ask.means,
            rows=total.rows,
            events=total.events,
            event_weight=total.event_weight,
            loglik=total.loglik,
            loglik_null=total.null_loglik,
            confidence=self.confidence,
            rounds=ask.round,
        )


def _watch_for_separation(full: Climb, ask: ParametricAftAsk) -> None:
    """A coefficient that still runs, measured by the information it had at the start, while the likelihood gains nothing."""
    run = np.abs(full.point - full.base) * ask.reference
    if not full.settled and full.gain < 1e-9 and run.max() > RUNAWAY_STEP:
        raise SEPARATION.error("the coefficient of this column has no finite estimate", Where(column=str(int(run.argmax()))))

"""Logistic regression at the hub: Newton's method with step halving, on sums."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from equipoise.estimators.data import Floats
from equipoise.estimators.errors import COLLINEAR, NO_PEOPLE, NOT_CONVERGED, ONE_OUTCOME_ONLY, SEPARATION
from equipoise.estimators.logistic.summary import LogisticAsk, LogisticResult, LogisticSummary
from equipoise.estimators.newton import inverse, newton_step, path_taken, redundant_columns
from equipoise.estimators.shape import Again, Done
from equipoise.kernel.errors import Where

RUNAWAY_STEP = 0.1
SETTLING = 1e-12
BESIDE_INTERCEPTS = 2.0**14
"""Roundings of the information beside site intercepts: what they explain was taken out, which is nearly all of a constant column."""


@dataclass(frozen=True, slots=True)
class LogisticHub:
    """Settings of a logistic regression. `intercept`: the design holds a column of ones, so the null model has an intercept.

    `site_intercept_sd`: standard deviation of the normal prior of each site's own intercept, None for one common intercept.
    `prior_sd`: standard deviation of a normal prior of every coefficient but the first column's, None for maximum likelihood; on
    standardised columns 2.5 is weak, and gives separated data an answer (after Gelman et al., Ann Appl Stat 2008; 2: 1360). The
    log-likelihood of the result then holds the prior.
    `drop_redundant`: leave redundant columns out (coefficient 0, variance NaN) instead of raising EQ-EST-102.
    `tolerance`: the fit ends when the Newton decrement (twice the log-likelihood that a step may gain) is below this, or stalls
    at rounding error, or is known to be rounding error; the last step is then taken.
    """

    n_columns: int
    site_intercept_sd: float | None = None
    intercept: bool = True
    prior_sd: float | None = None
    drop_redundant: bool = False
    tolerance: float = 1e-20
    max_rounds: int = 60

    def first(self) -> LogisticAsk:
        """Start from coefficients of 0."""
        zero = np.zeros(self.n_columns)
        null = np.zeros(1 if self.intercept else 0)
        return LogisticAsk(zero, null, self.site_intercept_sd, zero, zero, -np.inf, np.inf, np.full(self.n_columns, np.nan), (), 1)

    def finish(self, ask: LogisticAsk, total: LogisticSummary) -> Again[LogisticAsk] | Done[LogisticResult]:
        """One Newton step from sums, or the result when no step would gain anything. Raises EQ-EST-101 to 105."""
        if ask.round == 1:
            ask = self._opening(ask, total)
        total = self._with_prior(ask, total)
        ask = replace(ask, path=(*ask.path, total.loglik))
        if not _no_worse(total.loglik, ask.base_loglik):
            return self._retry(ask)
        step = _step(total.gradient, total.information, ask)
        null_step = newton_step(total.null_gradient, total.null_information) if self.intercept else np.zeros(0)
        gain = float(step @ total.gradient)
        _watch_for_separation(step, gain, ask)
        null_gain = float(null_step @ total.null_gradient)
        if self._settled(gain, ask) and null_gain <= SETTLING:
            return Done(self._result(replace(ask, coef=ask.coef + step), total))
        moved = replace(ask, base=ask.coef, step=step, base_loglik=total.loglik, gain=gain, gain_before=ask.gain, coef=ask.coef + step)
        return self._again(replace(moved, null_coef=ask.null_coef + null_step))

    def _opening(self, ask: LogisticAsk, total: LogisticSummary) -> LogisticAsk:
        if total.n == 0 or total.weight <= 0:
            raise NO_PEOPLE.error("no people to fit a logistic regression to")
        if total.outcome <= 0 or total.outcome >= total.weight:
            raise ONE_OUTCOME_ONLY.error("the outcome of the logistic regression has one value only")
        dropped = redundant_columns(total.information, 8.0 if self.site_intercept_sd is None else BESIDE_INTERCEPTS)
        if dropped and not self.drop_redundant:
            raise COLLINEAR.error("this column is redundant given those before it", Where(column=str(dropped[0])))
        return replace(ask, reference=np.sqrt(np.diag(total.information)), dropped=dropped)

    def _with_prior(self, ask: LogisticAsk, total: LogisticSummary) -> LogisticSummary:
        if self.prior_sd is None:
            return total
        precision = np.full(self.n_columns, self.prior_sd**-2)
        precision[0] = 0.0
        return replace(
            total,
            gradient=total.gradient - precision * ask.coef,
            information=total.information + np.diag(precision),
            loglik=total.loglik - float(precision @ ask.coef**2) / 2,
        )

    def _settled(self, gain: float, ask: LogisticAsk) -> bool:
        """Whether a step gains nothing more: measured, or stalled at rounding error, or foretold. Newton's gains fall as their squares,
        so the last two tell what this one is beneath its rounding error.
        """
        if gain > SETTLING:
            return gain <= self.tolerance
        foretold = ask.gain * (ask.gain / ask.gain_before) ** 2 if np.isfinite(ask.gain_before) else np.inf
        return gain <= self.tolerance or gain > 1e-3 * ask.gain or foretold <= self.tolerance

    def _retry(self, ask: LogisticAsk) -> Again[LogisticAsk]:
        half = ask.step / 2
        return self._again(replace(ask, step=half, coef=ask.base + half))

    def _again(self, ask: LogisticAsk) -> Again[LogisticAsk]:
        if ask.round >= self.max_rounds:
            raise NOT_CONVERGED.error(f"the logistic regression did not settle in {self.max_rounds} rounds; {path_taken(ask.path)}")
        return Again(replace(ask, round=ask.round + 1))

    def _result(self, ask: LogisticAsk, total: LogisticSummary) -> LogisticResult:
        return LogisticResult(
            coef=ask.coef,
            vcov=inverse(total.information, ask.dropped),
            loglik=total.loglik,
            null_loglik=total.null_loglik,
            saturated_loglik=total.saturated_loglik,
            n=total.n,
            weight=total.weight,
            n_rounds=ask.round,
            dropped=ask.dropped,
            site_intercept_sd=self.site_intercept_sd,
        )


def _no_worse(loglik: float, base: float) -> bool:
    """Whether a try kept the log-likelihood, rounding aside."""
    return bool(np.isfinite(loglik)) and loglik >= base - 1e-9 * (1 + abs(loglik))


def _step(gradient: Floats, information: Floats, ask: LogisticAsk) -> Floats:
    try:
        return newton_step(gradient, information, ask.dropped)
    except np.linalg.LinAlgError:
        worst = int(np.argmin(np.diag(information) / np.where(ask.reference > 0, ask.reference**2, np.inf)))
        raise _separated(worst) from None


def _watch_for_separation(step: Floats, gain: float, ask: LogisticAsk) -> None:
    """A coefficient that still runs, measured by the information it had at the start, while the likelihood gains nothing."""
    run = np.abs(step) * ask.reference
    if gain < 1e-9 and run.max(initial=0.0) > RUNAWAY_STEP:
        raise _separated(int(run.argmax()))


def _separated(column: int) -> Exception:
    return SEPARATION.error("the coefficient of this column has no finite estimate", Where(column=str(column)))

"""Conditional logistic regression at the hub: Newton's method with step halving, on sums over matched sets."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from equipoise.estimators.conditional_logistic.summary import (
    ConditionalLogisticAsk,
    ConditionalLogisticResult,
    ConditionalLogisticSummary,
)
from equipoise.estimators.cox.newton import SETTLED, newton_step, refuse_constant, refuse_runaway
from equipoise.estimators.errors import NO_EVENTS, NO_PEOPLE, NOT_CONVERGED
from equipoise.estimators.newton import inverse, path_taken
from equipoise.estimators.shape import Again, Done


@dataclass(frozen=True, slots=True)
class ConditionalLogisticHub:
    """Settings. n_columns: p, without an intercept: the sets condition it away. confidence: share of intervals that cover."""

    n_columns: int
    confidence: float = 0.95
    max_iterations: int = 40

    def first(self) -> ConditionalLogisticAsk:
        """Everything at coefficient 0."""
        zero, none = np.zeros(self.n_columns), np.zeros(0)
        return ConditionalLogisticAsk(zero, zero, -np.inf, np.nan, np.nan, none, none, final=False, iteration=0, halvings=0)

    def finish(
        self, ask: ConditionalLogisticAsk, total: ConditionalLogisticSummary
    ) -> Again[ConditionalLogisticAsk] | Done[ConditionalLogisticResult]:
        """The next step, a shorter one, or the result. Raises EQ-EST-101, 102, 104, 105, 122."""
        if ask.iteration == 0:
            ask = self._opening(ask, total)
        if ask.final:
            return Done(self._result(ask, total))
        if not (np.isfinite(total.loglik) and total.loglik >= ask.base_loglik - 1e-9 * abs(ask.base_loglik)):
            return self._shorter(ask)
        step = newton_step(total.information, total.score)
        settled = float(total.score @ step) <= SETTLED
        if settled:
            refuse_runaway(step, ask.spread)
        if ask.iteration >= self.max_iterations:
            raise NOT_CONVERGED.error(
                f"the coefficients still move after {ask.iteration} iterations; {path_taken([*ask.path, total.loglik])}"
            )
        moved = replace(ask, path=(*ask.path, total.loglik), coef=ask.coef + step, base=ask.coef, base_loglik=total.loglik, final=settled)
        return Again(replace(moved, iteration=ask.iteration + 1, halvings=0))

    def _opening(self, ask: ConditionalLogisticAsk, total: ConditionalLogisticSummary) -> ConditionalLogisticAsk:
        if total.rows == 0:
            raise NO_PEOPLE.error("no people to fit a conditional logistic regression to")
        if total.sets == 0:
            raise NO_EVENTS.error("no matched set holds both a case and a control")
        means = total.x / total.rows
        spread = np.sqrt(np.maximum(total.x_sq / total.rows - means**2, 0.0))
        spread = np.where(spread > 1e-7 * np.abs(means), spread, 0.0)
        refuse_constant(total.information, means, spread, total.cases)
        test = float(total.score @ newton_step(total.information, total.score))
        return replace(ask, loglik_null=total.loglik, score_test=test, means=means, spread=spread)

    def _shorter(self, ask: ConditionalLogisticAsk) -> Again[ConditionalLogisticAsk]:
        if ask.halvings >= self.max_iterations:
            raise NOT_CONVERGED.error(f"no step along Newton's direction raises the conditional likelihood; {path_taken(ask.path)}")
        return Again(replace(ask, coef=(ask.coef + ask.base) / 2, halvings=ask.halvings + 1))

    def _result(self, ask: ConditionalLogisticAsk, total: ConditionalLogisticSummary) -> ConditionalLogisticResult:
        return ConditionalLogisticResult(
            coef=ask.coef,
            vcov=inverse(total.information),
            rows=total.rows,
            events=total.cases,
            sets=total.sets,
            loglik=total.loglik,
            loglik_null=ask.loglik_null,
            score_test=ask.score_test,
            confidence=self.confidence,
            iterations=ask.iteration,
        )

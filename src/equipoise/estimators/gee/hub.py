"""Generalised estimating equations at the hub: coefficients and working correlation in turn, on sums, until neither moves."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from equipoise.estimators.data import Floats
from equipoise.estimators.errors import COLLINEAR, NO_PEOPLE, NOT_CONVERGED
from equipoise.estimators.gee.anderson import accelerated
from equipoise.estimators.gee.summary import Correlation, GeeAsk, GeeResult, GeeSummary
from equipoise.estimators.newton import inverse, newton_step, path_taken, redundant_columns
from equipoise.estimators.shape import Again, Done
from equipoise.kernel.errors import Where

SETTLED = 1e-11
SINGULAR = 1e-6
"""Least eigenvalue that a working correlation may have."""
AR1_STEPS = 200


@dataclass(frozen=True)
class GeeHub:
    """Settings: columns of the model, occasions, the working correlation. The mean is x @ coef; the variance is the same for all.

    `drop_redundant`: leave redundant columns out (coefficient 0, variance NaN) instead of raising EQ-EST-102.
    """

    n_columns: int
    n_occasions: int
    correlation: Correlation = "exchangeable"
    drop_redundant: bool = False
    max_rounds: int = 100

    def first(self) -> GeeAsk:
        """Coefficients of 0, independence."""
        return GeeAsk(np.zeros(self.n_columns), np.eye(self.n_occasions), np.nan, (), 1)

    def finish(self, ask: GeeAsk, total: GeeSummary) -> Again[GeeAsk] | Done[GeeResult]:
        """One step of the coefficients and of the correlation, or the result. Raises EQ-EST-102, 104, 105.

        The first round knows no residuals yet: its step is that of least squares.
        """
        if total.n == 0:
            raise NO_PEOPLE.error("no rows to fit estimating equations to")
        if ask.round == 1:
            ask = replace(ask, dropped=self._redundant(total.information))
        step = self._step(ask, total)
        if ask.round == 1:
            return Again(replace(ask, coef=step, round=2))
        scale = total.squares / total.weight
        correlation = self._correlation(total, scale)
        move = self._move(ask, total, step, correlation)
        if move <= SETTLED:
            return Done(self._result(replace(ask, coef=ask.coef + step, scale=scale), total))
        ask = replace(ask, path=(*ask.path, move))
        if ask.round >= self.max_rounds:
            raise NOT_CONVERGED.error(
                f"the estimating equations did not settle in {self.max_rounds} rounds; {path_taken(ask.path, 'greatest move')}"
            )
        return Again(self._next(replace(ask, scale=scale, round=ask.round + 1), total, step, correlation))

    def _next(self, ask: GeeAsk, total: GeeSummary, step: Floats, correlation: Floats) -> GeeAsk:
        """The next coefficients and correlation, ahead of the plain iteration where its last rounds show where it is going."""
        p, pairs = len(step), np.triu_indices(self.n_occasions, 1)
        errors = np.sqrt(np.diag(total.information) / ask.scale) if ask.scale > 0 else np.ones(p)
        unit = np.concatenate([errors, np.full(len(pairs[0]), np.sqrt(total.clusters))])
        point = np.concatenate([ask.coef, ask.correlation[pairs]])
        move = np.concatenate([step, (correlation - ask.correlation)[pairs]])
        found, past = accelerated(ask.past, point, move, unit)
        upper = np.zeros((self.n_occasions, self.n_occasions))
        upper[pairs] = found[p:]
        ahead = np.eye(self.n_occasions) + upper + upper.T
        if not float(np.linalg.eigvalsh(ahead).min()) >= SINGULAR:
            return replace(ask, coef=ask.coef + step, correlation=correlation, past=np.zeros(0))
        return replace(ask, coef=found[:p], correlation=ahead, past=past)

    def _redundant(self, information: Floats) -> tuple[int, ...]:
        dropped = redundant_columns(information)
        if dropped and not self.drop_redundant:
            raise COLLINEAR.error("this column is redundant given those before it", Where(column=str(dropped[0])))
        return dropped

    def _step(self, ask: GeeAsk, total: GeeSummary) -> Floats:
        try:
            return newton_step(total.score, total.information, ask.dropped)
        except np.linalg.LinAlgError:
            raise NOT_CONVERGED.error("the information of the estimating equations vanished") from None

    def _move(self, ask: GeeAsk, total: GeeSummary, step: Floats, correlation: Floats) -> float:
        """By how much coefficients (in standard errors), scale and correlation still move, at most."""
        scale = total.squares / total.weight
        in_errors = np.abs(step) * np.sqrt(np.diag(total.information) / scale) if scale > 0 else np.zeros(1)
        moved = float(np.abs(correlation - ask.correlation).max(initial=0.0))
        drift = abs(ask.scale / scale - 1) if scale > 0 and np.isfinite(ask.scale) else np.inf if scale > 0 else 0.0
        return max(float(in_errors.max(initial=0.0)), moved, drift)

    def _correlation(self, total: GeeSummary, scale: float) -> Floats:
        """(k, k) from mean products of residuals; 0 for pairs of occasions that no cluster has. Raises EQ-EST-104 if not a correlation."""
        made = _made_of(self.correlation, total.products / scale if scale > 0 else 0.0 * total.products, total.pairs)
        if float(np.linalg.eigvalsh(made).min()) < SINGULAR:
            raise NOT_CONVERGED.error(f"the {self.correlation} working correlation of these rows is not one that rows can have")
        return made

    def _result(self, ask: GeeAsk, total: GeeSummary) -> GeeResult:
        bread = inverse(total.information, ask.dropped)
        return GeeResult(
            coef=ask.coef,
            vcov=_sandwich(bread, total.meat),
            naive_vcov=bread * ask.scale,
            correlation=ask.correlation,
            scale=ask.scale,
            n=total.n,
            clusters=total.clusters,
            n_rounds=ask.round,
            dropped=ask.dropped,
        )


def _sandwich(bread: Floats, meat: Floats) -> Floats:
    """(p, p) bread meat bread; NaN where the bread is."""
    inner = np.nan_to_num(bread)
    return np.where(np.isnan(bread), np.nan, inner @ meat @ inner)


def _made_of(kind: Correlation, products: Floats, pairs: Floats) -> Floats:
    """(k, k) the correlation that the mean products of pairs of occasions ask for; a pair of rows weighs the product of its weights."""
    k = len(products)
    lag = np.abs(np.subtract.outer(np.arange(k), np.arange(k)))
    apart = lag > 0
    match kind:
        case "independence":
            return np.eye(k)
        case "exchangeable":
            return np.where(apart, _ratio(products[apart].sum(), pairs[apart].sum()), 1.0)
        case "unstructured":
            return np.where(apart, np.where(pairs > 0, products / np.where(pairs > 0, pairs, 1.0), 0.0), 1.0)
        case "ar1":
            sums = [(float(products[lag == d].sum()), float(pairs[lag == d].sum())) for d in range(1, k)]
            return np.asarray(_ar1(sums) ** lag.astype(np.float64))


def _ar1(sums: list[tuple[float, float]]) -> float:
    """The alpha that sets the products at each lag to its power, by Gauss and Newton; sums: of products and of pairs, lag by lag."""
    alpha = 0.0
    for _ in range(AR1_STEPS):
        slopes = [lag * alpha ** (lag - 1) for lag in range(1, len(sums) + 1)]
        misses = [product - pairs * alpha ** (lag + 1) for lag, (product, pairs) in enumerate(sums)]
        step = _ratio(
            sum(s * miss for s, miss in zip(slopes, misses, strict=True)),
            sum(s * s * pairs for s, (_, pairs) in zip(slopes, sums, strict=True)),
        )
        alpha += step
        if abs(step) < SETTLED / 100:
            return alpha
    raise NOT_CONVERGED.error("the ar1 working correlation did not settle")


def _ratio(top: float, bottom: float) -> float:
    return top / bottom if bottom > 0 else 0.0

"""Proportional hazards from sums over risk sets: Newton's method over the network."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from equipoise.estimators.cox.newton import SETTLED, center_of, means_and_spread, newton_step, refuse_constant, refuse_runaway
from equipoise.estimators.cox.proportionality import TRANSFORMS, proportionality_test, time_multipliers
from equipoise.estimators.cox.robust.estimated_weights import corrected_meat
from equipoise.estimators.cox.robust.leverage import degrees_of_freedom
from equipoise.estimators.cox.summary import (
    CoxAsk,
    CoxResult,
    CoxSummary,
    Curvature,
    CurvatureAsk,
    LocalAsk,
    LocalFit,
    Progress,
    ProportionalHazardsTest,
    RiskSets,
    RiskSetsAsk,
    Ties,
)
from equipoise.estimators.cox.tied_events import expected_x, log_likelihood, mean_hazard, mean_squares, residual_means, tied_events
from equipoise.estimators.data import Floats, Ints
from equipoise.estimators.errors import BAD_ARGUMENT, NO_EVENTS, NOT_CONVERGED
from equipoise.estimators.newton import path_taken
from equipoise.estimators.shape import Again, Done

_NONE = np.zeros(0)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The likelihood at one beta. score: (m, p); information: (m, p, p); meat: (p, p) or size 0; carried: (2, p) or size 0."""

    loglik: float
    score: Floats
    information: Floats
    meat: Floats
    carried: Floats


@dataclass(frozen=True, slots=True)
class CoxHub:
    """Settings. grid: (k,) ascending times; n_columns: p. Two rounds an iteration, or one with `local_strata`.

    local_strata: strata never cross sites (stratified by site): each site numbers its own and reports only its likelihood, score
    and information. zph: test of proportional hazards, on the transforms of time named, by column or by `zph_terms` (columns of
    each term). prediction: keep what standard errors of predicted curves need (not with local strata). weight_columns: with `robust`,
    the columns of the logistic model that the weights were estimated with, whose estimation the variance then allows for; 0 for none.
    weight_prior: the precision of the normal prior of that model's coefficients (all but the first). leverage: with `robust`, residuals by
    cluster are freed of their own pull on the fit (`leverage`; weights taken for known). center: (p,) what to take off the
    columns in the first round, where their means are known beforehand; later rounds take off the means of all sites, if they lie far off.
    """

    grid: Floats
    n_columns: int
    n_strata: int = 1
    ties: Ties = "efron"
    robust: bool = False
    local_strata: bool = False
    zph: bool = False
    confidence: float = 0.95
    zph_transforms: tuple[str, ...] = ("km",)
    zph_terms: tuple[tuple[int, ...], ...] = ()
    prediction: bool = False
    weight_columns: int = 0
    weight_prior: float = 0.0
    leverage: bool = False
    max_iterations: int = 40
    center: Floats | None = None

    def __post_init__(self) -> None:
        if self.ties not in ("efron", "breslow"):
            raise BAD_ARGUMENT.error(f"ties is {self.ties!r}; it may be efron or breslow")
        for transform in self.zph_transforms:
            if transform not in TRANSFORMS:
                raise BAD_ARGUMENT.error(f"transform is {transform!r}; it may be one of {', '.join(TRANSFORMS)}")

    def first(self) -> CoxAsk:
        """Everything at coefficient zero."""
        start = np.zeros(self.n_columns)
        return self._ask(start, start if self.center is None else self.center, Progress(multipliers=np.ones((1, self.grid.size))))

    def finish(self, ask: CoxAsk, total: CoxSummary) -> Again[CoxAsk] | Done[CoxResult]:
        """The second half of the iteration, the next iteration, a shorter step, or the result."""
        if isinstance(ask, RiskSetsAsk) and isinstance(total, RiskSets):
            return self._after_risk_sets(ask, total)
        if isinstance(ask, CurvatureAsk) and isinstance(total, Curvature):
            information = total.second - ask.mean_squares
            found = Evaluation(ask.progress.loglik, total.death_x - ask.death_means, information, self._meat(total), total.carried)
            return self._advance(ask, found, ask.progress)
        if isinstance(ask, LocalAsk) and isinstance(total, LocalFit):
            if self._overshot(ask.progress, total.loglik):
                return self._shorter(ask)
            progress = ask.progress if ask.progress.rows else self._first_totals(ask.progress, total, total.events)
            found = Evaluation(total.loglik, total.score, total.information, self._meat(total), total.carried)
            return self._advance(ask, found, replace(progress, loglik=total.loglik))
        raise TypeError("the summary does not answer the ask")

    def _ask(self, beta: Floats, center: Floats, progress: Progress) -> CoxAsk:
        efron, count = self.ties == "efron", self.zph and progress.rows == 0
        if not self.local_strata:
            return RiskSetsAsk(self.grid, self.n_strata, efron, beta, center, count, progress)
        multipliers = progress.multipliers if progress.final else progress.multipliers[:1]
        robust = self._wants_meat(progress)
        columns = self.weight_columns if robust else 0
        return LocalAsk(self.grid, efron, beta, center, robust, count, multipliers, progress, columns, progress.inverse)

    def _wants_meat(self, progress: Progress) -> bool:
        return self.robust and (progress.final or progress.iteration == 0)

    def _first_totals(self, progress: Progress, total: RiskSets | LocalFit, events: int) -> Progress:
        if not events:
            raise NO_EVENTS.error("no event among the people at risk")
        means, spread = means_and_spread(total.weight, total.x, total.x_sq)
        counts = total.leaving, total.dying, total.at_risk
        multipliers = time_multipliers(self.zph_transforms, self.grid, counts) if self.zph else progress.multipliers
        return replace(progress, rows=total.rows, events=events, means=means, spread=spread, multipliers=multipliers)

    def _after_risk_sets(self, ask: RiskSetsAsk, total: RiskSets) -> Again[CoxAsk] | Done[CoxResult]:
        ties = tied_events(total, ask.efron)
        loglik = log_likelihood(total, ties)
        progress = ask.progress
        if self._overshot(progress, loglik):
            return self._shorter(ask)
        if progress.rows == 0:
            progress = self._first_totals(progress, total, int(total.deaths.sum()))
        robust = self._wants_meat(progress)
        predicting = self.prediction and progress.final
        means = residual_means(total, ties) if robust else (mean_hazard(total, ties) if predicting else _NONE, _NONE, _NONE)
        multipliers = progress.multipliers if progress.final else progress.multipliers[:1]
        expected = expected_x(total, ties, multipliers)
        return Again(
            CurvatureAsk(
                grid=ask.grid,
                n_strata=ask.n_strata,
                efron=ask.efron,
                beta=ask.beta,
                center=ask.center,
                hazard=ties.hazard,
                tied=ties.tied,
                multipliers=multipliers,
                robust=robust,
                mean_hazard=means[0],
                tied_mean=means[1],
                death_mean=means[2],
                mean_squares=mean_squares(total, ties, multipliers),
                death_means=expected,
                hazard_variance=ties.hazard_sq if predicting else _NONE,
                progress=replace(progress, loglik=loglik),
                weight_columns=self.weight_columns if robust else 0,
                inverse=progress.inverse,
            )
        )

    def _meat(self, total: Curvature | LocalFit) -> Floats:
        """(p, p), or size 0 when it was not asked for."""
        return corrected_meat(total.meat, total.slopes, self.weight_prior) if total.slopes.size else total.meat

    def _overshot(self, progress: Progress, loglik: float) -> bool:
        if progress.iteration == 0 or (progress.final and np.isfinite(loglik)):
            return False
        return not np.isfinite(loglik) or loglik < progress.loglik - 1e-9 * abs(progress.loglik)

    def _shorter(self, ask: RiskSetsAsk | LocalAsk) -> Again[CoxAsk]:
        progress = ask.progress
        if progress.halvings >= self.max_iterations:
            raise NOT_CONVERGED.error(f"no step along Newton's direction raises the partial likelihood; {path_taken(progress.path)}")
        halfway = (ask.beta + progress.beta_previous) / 2
        return Again(self._ask(halfway, ask.center, replace(progress, halvings=progress.halvings + 1)))

    def _advance(self, ask: CurvatureAsk | LocalAsk, found: Evaluation, progress: Progress) -> Again[CoxAsk] | Done[CoxResult]:
        information, score = found.information[0], found.score[0]
        if progress.iteration == 0:
            progress = self._at_zero(found, progress, ask.center)
        if progress.final:
            return Done(self._result(ask, found, progress))
        step = newton_step(information, score)
        settled = float(score @ step) <= SETTLED
        if settled:
            refuse_runaway(step, progress.spread)
        if progress.iteration >= self.max_iterations:
            raise NOT_CONVERGED.error(
                f"the coefficients still move after {progress.iteration} iterations; {path_taken([*progress.path, found.loglik])}"
            )
        path = (*progress.path, found.loglik)
        inverse = np.linalg.inv(information) if settled and self.leverage else _NONE
        then = replace(
            progress, iteration=progress.iteration + 1, halvings=0, final=settled, beta_previous=ask.beta, path=path, inverse=inverse
        )
        return Again(self._ask(ask.beta + step, center_of(progress.means, progress.spread), then))

    def _at_zero(self, found: Evaluation, progress: Progress, center: Floats) -> Progress:
        information, score = found.information[0], found.score[0]
        refuse_constant(information, progress.means - center, progress.spread, progress.events)
        test = float(score @ newton_step(information, score))
        robust = float(score @ np.linalg.lstsq(found.meat, score)[0]) if found.meat.size else float("nan")
        return replace(progress, loglik_null=found.loglik, score_test=test, robust_score_test=robust)

    def _result(self, ask: CurvatureAsk | LocalAsk, found: Evaluation, progress: Progress) -> CoxResult:
        naive = np.linalg.inv(found.information[0])
        hazard, hazard_variance, mean_hazard = _baseline(ask) if isinstance(ask, CurvatureAsk) else (_NONE, _NONE, _NONE)
        return CoxResult(
            coef=ask.beta,
            vcov=naive @ found.meat @ naive if self.robust else naive,
            naive_vcov=naive,
            robust=self.robust,
            ties=self.ties,
            rows=progress.rows,
            events=progress.events,
            loglik_null=progress.loglik_null,
            loglik=found.loglik,
            score_test=progress.score_test,
            robust_score_test=progress.robust_score_test,
            means=progress.means,
            time=self.grid,
            baseline_hazard=hazard,
            hazard_variance=hazard_variance,
            mean_hazard=mean_hazard,
            confidence=self.confidence,
            iterations=progress.iteration,
            proportional_hazards=self._tests(found) if self.zph else (),
            df=degrees_of_freedom(found.carried) if found.carried.size else _NONE,
        )

    def _tests(self, found: Evaluation) -> tuple[ProportionalHazardsTest, ...]:
        groups = self.zph_terms or tuple((column,) for column in range(self.n_columns))
        terms: tuple[Ints, ...] = tuple(np.array(group, dtype=np.int64) for group in groups)
        tests = []
        for i, transform in enumerate(self.zph_transforms):
            blocks = found.information[0], found.information[1 + 2 * i], found.information[2 + 2 * i]
            tests.append(proportionality_test(transform, found.score[1 + 2 * i], blocks, terms))
        return tuple(tests)


def _baseline(ask: CurvatureAsk) -> tuple[Floats, Floats, Floats]:
    """Hazard increments, their variances and the hazard-weighted means of x, moved from the center to all columns at 0."""
    scale = float(np.exp(-ask.center @ ask.beta))
    mean_hazard = (ask.mean_hazard + ask.hazard[..., None] * ask.center) * scale if ask.mean_hazard.size else _NONE
    return ask.hazard * scale, ask.hazard_variance * scale**2, mean_hazard

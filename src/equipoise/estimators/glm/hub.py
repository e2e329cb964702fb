"""Generalised linear models at the hub: Fisher scoring with step halving, then one round for robust variances."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from equipoise.estimators.data import Floats
from equipoise.estimators.errors import BAD_ARGUMENT, COLLINEAR, NO_PEOPLE, NOT_CONVERGED, SEPARATION
from equipoise.estimators.glm.families import FAMILIES, FamilyName, LikelihoodSums, LinkName
from equipoise.estimators.glm.summary import GlmAsk, GlmResult, GlmSummary
from equipoise.estimators.newton import inverse, kept_columns, newton_step, path_taken, redundant_columns
from equipoise.estimators.shape import Again, Done
from equipoise.kernel.errors import Where

NULL_SETTLED = 1e-13
IDLE, RUNAWAY_STEP = 1e-10, 0.1
"""A step that promises less than `IDLE` of deviance, yet moves a coefficient by more than `RUNAWAY_STEP` of its first standard errors."""
SEPARABLE = ("binomial", "poisson")


VANISHED = "the model's information vanished: some fitted means reached the edge of what the family allows"


@dataclass(frozen=True)
class GlmHub:
    """Settings. `link` None takes the family's canonical link. `intercept`: the design holds a column of ones.

    `start` (p,): first coefficients; needed where the first guess may leave the family's bounds (log and identity links of a binomial).
    `tolerance`: on the expected fall of the deviance of one more step, relative to the deviance. `deviance_tolerance`: stop sooner, as
    R's `glm` does with this `epsilon`, and keep the variance of the step before, so that all digits are R's. `firth`: a logistic
    model whose likelihood is multiplied by the root of the information's determinant: less bias, finite where columns separate.
    """

    n_columns: int
    family: FamilyName = "binomial"
    link: LinkName | None = None
    intercept: bool = True
    start: tuple[float, ...] | None = None
    drop_redundant: bool = False
    tolerance: float = 1e-20
    deviance_tolerance: float | None = None
    max_rounds: int = 200
    firth: bool = False

    def __post_init__(self) -> None:
        if self.firth and (self.family, self.link or "logit") != ("binomial", "logit"):
            raise BAD_ARGUMENT.error("Firth's correction is that of logistic models: family binomial, link logit")

    def first(self) -> GlmAsk:
        """Start from `start`, or from the family's first means."""
        link = self.link or FAMILIES[self.family].canonical
        start = None if self.start is None else np.asarray(self.start, dtype=np.float64)
        null = None if self.intercept else np.zeros(0)
        return GlmAsk(self.family, link, start, null, self.intercept, None, False, None, None, None, np.inf, np.inf, (), 1)

    def finish(self, ask: GlmAsk, total: GlmSummary) -> Again[GlmAsk] | Done[GlmResult]:
        """One step from sums; the result after the round in which the sites squared their scores. Raises EQ-EST-101, 102, 104, 105."""
        if total.n == 0:
            raise NO_PEOPLE.error("no people to fit a model to")
        if ask.closing:
            return Done(self._result(ask, total))
        if total.invalid or self._height(ask, total) > ask.base_deviance + 1e-9 * (1 + abs(ask.base_deviance)):
            return self._retry(ask)
        if self._as_r_stops(ask, total):
            return self._again(self._stopped(ask, total))
        ask = replace(ask, path=(*ask.path, total.deviance))
        if ask.round == 1:
            ask = replace(ask, dropped=self._redundant(total.information), reference=np.sqrt(np.diag(total.information)))
        if self.firth and not ask.firth and ask.coef is not None:
            return self._again(replace(ask, firth=True, covariance=np.nan_to_num(inverse(total.information, ask.dropped))))
        step = self._step(total.score, total.information, ask)
        null_step = self._null_step(total)
        gain = float(step @ total.score) / (abs(total.deviance) + 0.1) if ask.coef is not None else np.inf
        self._watch_for_separation(ask, step, float(step @ total.score))
        moved = self._moved(ask, step, null_step, total, gain)
        return self._again(replace(moved, closing=self._closes(ask, total, gain)))

    def _height(self, ask: GlmAsk, total: GlmSummary) -> float:
        """What a step must not raise: the deviance, with Firth's correction less the logarithm of the information's determinant."""
        if not self.firth:
            return total.deviance
        kept = kept_columns(self.n_columns, ask.dropped)
        return total.deviance - float(np.linalg.slogdet(total.information[np.ix_(kept, kept)])[1])

    def _watch_for_separation(self, ask: GlmAsk, step: Floats, gain: float) -> None:
        """A coefficient that still runs, measured by the information it had at the start, while the deviance gains nothing."""
        run = np.abs(step) * ask.reference
        if ask.coef is None or gain >= IDLE or run.max() <= RUNAWAY_STEP or self.family.removeprefix("quasi") not in SEPARABLE:
            return
        first = int(self.intercept and run[1:].max(initial=0.0) > RUNAWAY_STEP)
        raise SEPARATION.error(
            "the coefficient of this column has no finite estimate", Where(column=str(first + int(run[first:].argmax())))
        )

    def _as_r_stops(self, ask: GlmAsk, total: GlmSummary) -> bool:
        if self.deviance_tolerance is None:
            return False
        return abs(total.deviance - ask.base_deviance) < self.deviance_tolerance * (abs(total.deviance) + 0.1)

    def _stopped(self, ask: GlmAsk, total: GlmSummary) -> GlmAsk:
        """The last round; before it, rounds in which only the model of the intercept alone moves, where it has not settled yet."""
        if self._null_gain(total) <= NULL_SETTLED or ask.null_coef is None:
            return replace(ask, closing=True, weigh_at=ask.base)
        return replace(ask, null_coef=ask.null_coef + self._null_step(total))

    def _null_gain(self, total: GlmSummary) -> float:
        return float(self._null_step(total) @ total.null_score) / (abs(total.null_deviance) + 0.1)

    def _closes(self, ask: GlmAsk, total: GlmSummary, gain: float) -> bool:
        return ask.null_coef is not None and self._null_gain(total) <= NULL_SETTLED and self._settled(gain, ask.gain)

    def _settled(self, gain: float, previous: float) -> bool:
        return gain <= self.tolerance or (gain < 1e-15 and gain > 0.5 * previous)

    def _moved(self, ask: GlmAsk, step: Floats, null_step: Floats, total: GlmSummary, gain: float) -> GlmAsk:
        null = null_step if ask.null_coef is None else ask.null_coef + null_step
        covariance = np.nan_to_num(inverse(total.information, ask.dropped))
        if ask.coef is None:
            return replace(ask, coef=step, null_coef=null, covariance=covariance)
        return replace(
            ask,
            covariance=covariance,
            firth=False,
            base=ask.coef,
            step=step,
            base_deviance=self._height(ask, total),
            gain=gain,
            coef=ask.coef + step,
            null_coef=null,
        )

    def _redundant(self, information: Floats) -> tuple[int, ...]:
        dropped = redundant_columns(information)
        if dropped and not self.drop_redundant:
            raise COLLINEAR.error("this column is redundant given those before it", Where(column=str(dropped[0])))
        return dropped

    def _null_step(self, total: GlmSummary) -> Floats:
        try:
            return newton_step(total.null_score, total.null_information) if self.intercept else np.zeros(0)
        except np.linalg.LinAlgError:
            raise NOT_CONVERGED.error(VANISHED) from None

    def _step(self, score: Floats, information: Floats, ask: GlmAsk) -> Floats:
        try:
            return newton_step(score, information, ask.dropped)
        except np.linalg.LinAlgError:
            raise NOT_CONVERGED.error(f"{VANISHED}; {path_taken(ask.path, 'deviance')}") from None

    def _retry(self, ask: GlmAsk) -> Again[GlmAsk]:
        if ask.base is None or ask.step is None:
            raise NOT_CONVERGED.error("the first means lie outside what the family allows: give starting coefficients")
        half = ask.step / 2
        return self._again(replace(ask, step=half, coef=ask.base + half))

    def _again(self, ask: GlmAsk) -> Again[GlmAsk]:
        if ask.round >= self.max_rounds:
            raise NOT_CONVERGED.error(f"the model did not settle in {self.max_rounds} rounds; {path_taken(ask.path, 'deviance')}")
        return Again(replace(ask, round=ask.round + 1))

    def _result(self, ask: GlmAsk, total: GlmSummary) -> GlmResult:
        assert ask.coef is not None  # noqa: S101
        unscaled = _variance(total.information, ask.dropped)
        if self.deviance_tolerance is not None and ask.covariance is not None:
            unscaled = np.where(np.isnan(unscaled), np.nan, ask.covariance)
        rank = self.n_columns - len(ask.dropped)
        estimated = FAMILIES[self.family].dispersion
        dispersion = (total.pearson / (total.n - rank) if total.n > rank else float("nan")) if estimated else 1.0
        return GlmResult(
            family=self.family,
            link=ask.link,
            coef=ask.coef,
            unscaled=unscaled,
            n=total.n,
            deviance=total.deviance,
            null_deviance=total.null_deviance,
            loglik=self._loglik(total),
            dispersion=dispersion,
            n_rounds=ask.round,
            robust_hc0=_sandwich(unscaled, total.meat_hc0),
            robust_hc3=_sandwich(unscaled, total.meat_hc3),
            robust_cluster=_sandwich(unscaled, total.meat_cluster) if total.n_clusters else None,
            n_clusters=total.n_clusters,
            dropped=ask.dropped,
            firth=self.firth,
        )

    def _loglik(self, total: GlmSummary) -> float:
        if self.family.startswith("quasi"):
            return float("nan")
        return FAMILIES[self.family].whole(LikelihoodSums(total.loglik, total.deviance, total.weight, total.n, total.log_weight))


def _sandwich(bread: Floats, meat: Floats) -> Floats:
    with np.errstate(invalid="ignore"):  # a leverage of 1 leaves no HC3
        return np.asarray(bread @ meat @ bread)


def _variance(information: Floats, dropped: tuple[int, ...]) -> Floats:
    try:
        return inverse(information, dropped)
    except np.linalg.LinAlgError:
        raise NOT_CONVERGED.error(VANISHED) from None

"""Clone-censor-weight: models of the artificial censoring over the network, the limits of the weights, and what is asked with them.

Estimand: the hazard (and survival) if everybody of an arm began the class of a strategy within the grace period, against everybody
beginning none; given arm and covariates for models that have them, standardised to all persons at risk for the others.
Assumptions: given arm and baseline covariates, who begins which class when does not depend on what else decides the outcome; every
kind of person begins every class sometimes; the models of the artificial censoring hold (where the covariates stand in the outcome
model too, one of the two is enough if hazards are proportional given them).
Weights are stabilised by the chances at each time, and cut at the 1st and 99th percentile, in each strategy, of the weights that its clones
have when the grace period has ended. (Percentiles over all pieces of all strategies would be those of pieces with a weight near 1, and
cut off nearly every weight of a strategy that few follow.) The variance of the hazard ratios is robust, by person (whose clones share a
fate), freed of each person's pull on the fit (`estimators/cox/robust/leverage`), and takes the weights for known: a little too wide.
Intervals are Student's, with the degrees of freedom that the persons' parts in the variance give.
A covariate that tells for certain who contradicts a strategy (nobody of that kind begins the class, say) cannot enter a weight: it stays in
the outcome model only, and the answer for such people is extrapolated.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import inf, isnan

from equipoise.estimators.data import Floats
from equipoise.estimators.errors import NO_PEOPLE, ONE_OUTCOME_ONLY
from equipoise.estimators.logistic.hub import LogisticHub
from equipoise.estimators.logistic.summary import LogisticResult
from equipoise.estimators.quantiles.hub import QuantilesHub
from equipoise.estimators.quantiles.summary import QuantilesResult
from equipoise.network.hub.analysis.effects import answers_of
from equipoise.network.hub.combination.asking import Asking, Counted
from equipoise.network.hub.rounds import Failed, Job, run_job, run_jobs
from equipoise.network.wire.combination import DECISIONS, CensoringModel, CombinationFrame, Decision, time_terms, weeks_of
from equipoise.results.study_result import Note

PERCENTILES = 0.01, 0.99


@dataclass(frozen=True, slots=True)
class Weights:
    """frame: the weighted clones of the strategies that can be weighted (`labels`)."""

    frame: CombinationFrame
    notes: tuple[Note, ...] = ()


def weigh(ask: Asking, counted: Counted) -> Weights:
    """Fit the models of the artificial censoring, leave out strategies that have none, and find the limits of the weights."""
    present = tuple(label for label in range(ask.arms.labels) if counted.labels.curve(label).people_with_event > 0)
    asked = [(strategy, decision) for strategy in present for decision in _decisions(ask, strategy)]
    numerators = _fits(ask, [_Model(ask, *one, None) for one in asked])
    denominators = _fits(ask, [_Model(ask, *one, ask.covariates) for one in asked])
    models, failed = [], dict[int, Failed]()
    for (strategy, decision), plain, full in zip(asked, numerators, denominators, strict=True):
        if isinstance(plain, Failed) or isinstance(full, Failed):
            wrong = [fit for fit in (plain, full) if isinstance(fit, Failed) and not _nothing_to_model(fit)]
            failed.update({strategy: wrong[0]} if wrong else {})
            continue
        models.append(CensoringModel(strategy, decision, plain, full))
    kept = tuple(label for label in present if label not in failed)
    used = tuple(model for model in models if model.strategy in kept)
    frame = CombinationFrame("weighted clones", labels=kept, models=used, censored_on=ask.covariates)
    notes = tuple(_note(ask, strategy, wrong) for strategy, wrong in failed.items())
    return _limited(ask, frame, notes)


@dataclass(frozen=True, slots=True)
class _Model:
    """One model of one decision. covariates: None for the numerator, on time alone; the denominator has the arm too."""

    ask: Asking
    strategy: int
    decision: Decision
    covariates: tuple[int, ...] | None

    @property
    def before(self) -> int:
        """Columns before the covariates."""
        return time_terms(self.decision, weeks_of(self.ask.arms.block.grace)) + (self.covariates is not None)

    def job(self) -> Job:
        """The model as a question."""
        covariates = self.covariates or ()
        frame = CombinationFrame(
            "decisions", strategy=self.strategy, decision=self.decision, arm=self.covariates is not None, covariates=covariates
        )
        return Job("logistic", LogisticHub(self.before + len(covariates), drop_redundant=True), self.ask.view(frame))

    def without(self, failed: Failed) -> _Model | None:
        """The model without the covariate that its error names; None when the error names none of the covariates."""
        place = int(failed.error.problems[0].where.column or -1) - self.before
        if self.covariates is None or place < 0:
            return None
        return replace(self, covariates=self.covariates[:place] + self.covariates[place + 1 :])

    def coefficients(self, fit: LogisticResult) -> tuple[float, ...]:
        """On time, arm and all the covariates of the study; 0 for one that had no estimate."""
        coef, kept = tuple(map(float, fit.coef)), self.covariates
        if kept is None:
            return coef
        of = dict(zip(kept, coef[self.before :], strict=True))
        return (*coef[: self.before], *(of.get(place, 0.0) for place in self.ask.covariates))


def _fits(ask: Asking, models: list[_Model]) -> list[tuple[float, ...] | Failed]:
    """Coefficients. A covariate that tells for certain who begins what cannot enter a weight: it is left out of that model."""
    run = ask.stage.talk, ask.stage.setting
    found: list[LogisticResult | Failed] = run_jobs(*run, [model.job() for model in models])
    for _ in ask.covariates:
        again = {place: less for place, fit in enumerate(found) if isinstance(fit, Failed) and (less := models[place].without(fit))}
        if not again:
            break
        for place, fit in zip(again, run_jobs(*run, [model.job() for model in again.values()]), strict=True):
            models[place], found[place] = again[place], fit
    return [fit if isinstance(fit, Failed) else model.coefficients(fit) for model, fit in zip(models, found, strict=True)]


def _decisions(ask: Asking, strategy: int) -> Iterator[Decision]:
    """Decisions that may contradict a strategy: classes of higher priority at the index and in weeks; the end, unless it begins none."""
    last = ask.arms.labels - 1
    yield from (decision for decision in DECISIONS if (strategy < last if decision == "end" else strategy > 0))


def _nothing_to_model(failed: Failed) -> bool:
    """Nobody's data contradict the strategy then (or nobody is left to decide): no weight changes."""
    return failed.error.code in (ONE_OUTCOME_ONLY.code, NO_PEOPLE.code)


def _limited(ask: Asking, frame: CombinationFrame, notes: tuple[Note, ...]) -> Weights:
    if not frame.labels:
        return Weights(frame, notes)
    job = Job("quantiles", QuantilesHub(ask.arms.labels, PERCENTILES), ask.view(frame))
    found: QuantilesResult = run_job(ask.stage.talk, ask.stage.setting, job)
    return Weights(replace(frame, limits=tuple(map(_between, found.value))), notes)


def _between(percentiles: Floats) -> tuple[float, float]:
    """The limits of one strategy; none where nobody is left at the end of the grace period."""
    low, high = map(float, percentiles)
    return (0.0, inf) if isnan(low) else (low, high)


def weighted_curves(ask: Asking, weights: Weights) -> Counted:
    """Survival under each strategy, by arm and standardised over both."""
    frame, labels = weights.frame, ask.arms.labels
    jobs = [
        ask.curves(replace(frame, group="arms"), 2 * labels, robust=True),
        ask.curves(replace(frame, group="labels"), labels, robust=True),
    ]
    arms, both = answers_of(ask.stage.talk, ask.stage.setting, jobs)
    return Counted(arms, both)


def _note(ask: Asking, strategy: int, failed: Failed) -> Note:
    name, error = ask.arms.block.labels[strategy], failed.error
    text = f"No clone-censor-weight analysis of {name}: {error.problems[0].what} (who begins it cannot be modelled on the covariates)."
    return Note("warning", error.code, text)

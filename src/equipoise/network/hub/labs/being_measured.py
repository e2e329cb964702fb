"""Weights for being measured: a logistic model over the network of who has a value in a window, and the limits of the weights.

Estimand: means and differences had everybody been measured who has a value before the index and lives to the window. Persons who died
are not brought back. Assumes that given arm, window, baseline value and covariates, who is measured does not depend on the value; that
everybody of that kind is measured sometimes; that the model holds. Weights are stabilised by the share measured in the arm and window
and cut at their 1st and 99th percentile. Source: Robins, Rotnitzky and Zhao, J Am Stat Assoc 1995; 90: 106.

Misleads when the sick are drawn more often for reasons that the columns do not hold; what is missing then is not made up for.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from equipoise.estimators.logistic.hub import LogisticHub
from equipoise.estimators.logistic.summary import LogisticResult
from equipoise.estimators.means.hub import MeansHub
from equipoise.estimators.means.summary import MeansResult
from equipoise.estimators.quantiles.hub import QuantilesHub
from equipoise.estimators.quantiles.summary import QuantilesResult
from equipoise.network.hub.analysis.effects import answers_of
from equipoise.network.hub.chapter import Stage
from equipoise.network.hub.rounds import Failed, Job, run_jobs
from equipoise.network.wire.labs import LabFrame, MeasuredModel
from equipoise.network.wire.views import View
from equipoise.study.model import LabOutcome

PERCENTILES = 0.01, 0.99


@dataclass(frozen=True, slots=True)
class _Fit:
    """A model that is asked for: the places of its covariates among the columns of the standardised design."""

    lab: LabOutcome
    frame: LabFrame
    site_intercept_sd: float | None

    @property
    def before(self) -> int:
        """Columns before the covariates: windows, arm by window, the baseline value by window."""
        return 3 * len(self.lab.windows)

    def job(self) -> Job:
        """The model as a question to everybody, unweighted."""
        hub = LogisticHub(self.before + len(self.frame.covariates), self.site_intercept_sd, drop_redundant=True)
        return Job("logistic", hub, View(labs=self.frame))

    def without(self, failed: Failed) -> _Fit | None:
        """The model without the covariate that its error names; None when it names none."""
        place = int(failed.error.problems[0].where.column or -1) - self.before
        if place < 0:
            return None
        kept = self.frame.covariates[:place] + self.frame.covariates[place + 1 :]
        return replace(self, frame=replace(self.frame, covariates=kept))


def covariates_of(stage: Stage) -> tuple[int, ...]:
    """The places of all columns of the standardised design; none in a study without a propensity model."""
    setting = stage.setting
    return () if setting.centre is None or setting.spread is None else tuple(range(len(setting.centre)))


def weigh(stage: Stage, labs: tuple[LabOutcome, ...], baseline: dict[str, tuple[float, float]]) -> dict[str, LabFrame | Failed]:
    """By outcome the frame of its weighted values, or why there is none. baseline: mean and spread of the values before."""
    model, covariates = stage.plan.study.propensity, covariates_of(stage)
    sd = model.site_intercept_sd if model is not None else None
    fits = {
        lab.name: _Fit(lab, LabFrame(lab.name, "measured", covariates, *baseline[lab.name]), sd) for lab in labs if lab.name in baseline
    }
    found = _fitted(stage, fits)
    usable = {name: fit for name, fit in found.items() if isinstance(fit, LogisticResult)}
    shares = _shares(stage, {name: fits[name] for name in usable})
    frames = {name: _weighted(fits[name], fit, shares[name]) for name, fit in usable.items()}
    limited = _limited(stage, frames)
    return {**{name: fit for name, fit in found.items() if isinstance(fit, Failed)}, **limited}


def _fitted(stage: Stage, fits: dict[str, _Fit]) -> dict[str, LogisticResult | Failed]:
    """A covariate that tells for certain who is measured cannot enter a weight: it is left out of that model, and `fits` says so."""
    found: dict[str, LogisticResult | Failed] = {}
    todo = dict(fits)
    while todo:
        answers = run_jobs(stage.talk, stage.setting, [fit.job() for fit in todo.values()])
        found.update(zip(todo, answers, strict=True))
        todo = {
            name: less
            for name, answer in zip(todo, answers, strict=True)
            if isinstance(answer, Failed) and (less := todo[name].without(answer))
        }
        fits.update(todo)
    return found


def _shares(stage: Stage, fits: dict[str, _Fit]) -> dict[str, tuple[tuple[float, ...], tuple[float, ...]]]:
    """By outcome, arm and window: the share measured of those who could have been; 0 where nobody could."""
    jobs = [Job("means", MeansHub(2 * len(fit.lab.windows), 1), View(labs=fit.frame)) for fit in fits.values()]
    means: list[MeansResult] = answers_of(stage.talk, stage.setting, jobs)
    shares = [np.nan_to_num(one.mean[:, 0]) for one in means]
    return {name: (tuple(share[0::2].tolist()), tuple(share[1::2].tolist())) for name, share in zip(fits, shares, strict=True)}


def _weighted(fit: _Fit, found: LogisticResult, shares: tuple[tuple[float, ...], tuple[float, ...]]) -> LabFrame:
    return replace(fit.frame, rows="values", model=MeasuredModel(tuple(found.coef.tolist()), shares, fit.site_intercept_sd))


def _limited(stage: Stage, frames: dict[str, LabFrame]) -> dict[str, LabFrame]:
    """The frames with the percentiles of their weights over everybody measured."""
    jobs = [Job("quantiles", QuantilesHub(1, PERCENTILES), View(labs=replace(frame, rows="weights"))) for frame in frames.values()]
    found: list[QuantilesResult] = answers_of(stage.talk, stage.setting, jobs)
    limits = [(float(one.value[0, 0]), float(one.value[0, 1])) for one in found]
    return {name: replace(frame, limits=cut) for (name, frame), cut in zip(frames.items(), limits, strict=True)}

"""Models of repeated measures over the network, with and without weights for being measured.

value ~ window + baseline + arm by window, people clustered: the difference between the arms at each window given the value before.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equipoise.estimators.data import Floats
from equipoise.estimators.gee.hub import GeeHub
from equipoise.estimators.gee.summary import GeeResult
from equipoise.estimators.means.hub import MeansHub
from equipoise.estimators.means.summary import MeansResult
from equipoise.network.hub.analysis.effects import answers_of
from equipoise.network.hub.chapter import Stage
from equipoise.network.hub.labs.being_measured import covariates_of, weigh
from equipoise.network.hub.labs.estimation import LabFindings
from equipoise.network.hub.rounds import Failed, Job, run_jobs
from equipoise.network.wire.labs import LabFrame
from equipoise.network.wire.views import View
from equipoise.study.lab_columns import BASELINE, modelled_labs
from equipoise.study.model import Adjustment, LabModels, LabOutcome


@dataclass(frozen=True, slots=True)
class RepeatedMeasures:
    """One model. Coefficients: windows, the baseline value, then arm by window."""

    lab: LabOutcome
    adjustment: Adjustment
    weighted: bool
    fit: GeeResult | Failed

    def differences(self) -> slice:
        """The places of arm by window among the coefficients."""
        return slice(len(self.lab.windows) + 1, None)


@dataclass(frozen=True, slots=True)
class WeightedMeans:
    """Means of value and change (2 columns) in groups 2 x window + arm, weighted for being measured."""

    lab: LabOutcome
    adjustment: Adjustment
    means: MeansResult


@dataclass(frozen=True, slots=True)
class LabModelFindings:
    """What was modelled. without_weights: by outcome, why it has no weights for being measured. left_out: covariates of its model that
    cannot enter a weight, by outcome: how many."""

    repeated: tuple[RepeatedMeasures, ...] = ()
    means: tuple[WeightedMeans, ...] = ()
    without_weights: tuple[tuple[str, Failed], ...] = ()
    left_out: tuple[tuple[str, int], ...] = ()


def model_labs(stage: Stage, found: LabFindings) -> LabModelFindings:
    """Ask for what the study's `labs` wants."""
    wanted, labs = stage.plan.study.lab_models, modelled_labs(stage.plan.study)
    if wanted is None or not labs:
        return LabModelFindings()
    weights = weigh(stage, labs, _baselines(found, labs)) if wanted.weights else {}
    frames = {name: frame for name, frame in weights.items() if isinstance(frame, LabFrame)}
    repeated: tuple[RepeatedMeasures, ...] = ()
    if wanted.repeated_measures:
        plain = {lab.name: LabFrame(lab.name, "values") for lab in labs}
        repeated = (*_repeated(stage, wanted, labs, plain), *_repeated(stage, wanted, labs, frames))
    full = len(covariates_of(stage))
    return LabModelFindings(
        repeated,
        _means(stage, labs, frames),
        tuple((name, frame) for name, frame in weights.items() if isinstance(frame, Failed)),
        tuple((name, full - len(frame.covariates)) for name, frame in frames.items() if full > len(frame.covariates)),
    )


def _baselines(found: LabFindings, labs: tuple[LabOutcome, ...]) -> dict[str, tuple[float, float]]:
    """Mean and spread of the value before the index by outcome, for scale alone; none for an outcome that nobody has."""
    crude = dict(found.means)["crude"] if "crude" in dict(found.means) else found.means[0][1]
    places = {lab.name: found.place(lab.name, BASELINE, "value") for lab in labs}
    return {name: _centre(crude, place) for name, place in places.items() if place is not None and crude.n[:, place].sum() > 1}


def _centre(means: MeansResult, place: int) -> tuple[float, float]:
    n, mean = means.n[:, place], np.nan_to_num(means.mean[:, place])
    spread = float(np.sqrt(np.nansum(n * n * means.se[:, place] ** 2) / n.sum()))
    return float(n @ mean / n.sum()), spread if spread > 0 else 1.0


def _repeated(stage: Stage, wanted: LabModels, labs: tuple[LabOutcome, ...], frames: dict[str, LabFrame]) -> tuple[RepeatedMeasures, ...]:
    pairs = [(lab, adjustment) for lab in labs if lab.name in frames for adjustment in stage.plan.adjustments]
    jobs = [
        Job(
            "gee",
            GeeHub(2 * len(lab.windows) + 1, len(lab.windows), wanted.correlation, drop_redundant=True),
            View(weighting=adjustment, labs=frames[lab.name]),
        )
        for lab, adjustment in pairs
    ]
    fits = run_jobs(stage.talk, stage.setting, jobs)
    return tuple(
        RepeatedMeasures(lab, adjustment, frames[lab.name].model is not None, fit)
        for (lab, adjustment), fit in zip(pairs, fits, strict=True)
    )


def _means(stage: Stage, labs: tuple[LabOutcome, ...], frames: dict[str, LabFrame]) -> tuple[WeightedMeans, ...]:
    pairs = [(lab, adjustment) for lab in labs if lab.name in frames for adjustment in stage.plan.adjustments]
    jobs = [Job("means", MeansHub(2 * len(lab.windows), 2), View(weighting=adjustment, labs=frames[lab.name])) for lab, adjustment in pairs]
    found: list[MeansResult] = answers_of(stage.talk, stage.setting, jobs)
    return tuple(WeightedMeans(lab, adjustment, means) for (lab, adjustment), means in zip(pairs, found, strict=True))


def same_in_all(k: int, before: int) -> Floats:
    """(k - 1, before + k) contrasts: the last k coefficients are all equal."""
    return np.hstack([np.zeros((k - 1, before)), np.eye(k)[1:] - np.eye(k)[:1]])


def none_in_any(k: int, before: int) -> Floats:
    """(k, before + k) contrasts: the last k coefficients are all 0."""
    return np.hstack([np.zeros((k, before)), np.eye(k)])

"""The records of models of laboratory outcomes: `analysis` says which model, `population` is the window's name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import nan

from equipoise.estimators.errors import SEPARATION
from equipoise.estimators.gee.summary import GeeResult
from equipoise.network.hub.analysis.baseline import number
from equipoise.network.hub.labs.modelling import LabModelFindings, RepeatedMeasures, WeightedMeans, none_in_any, same_in_all
from equipoise.network.hub.labs.records import LabWriter
from equipoise.network.hub.rounds import Failed
from equipoise.results.analyses import BEING_MEASURED, REPEATED_MEASURES, WEIGHTED_REPEATED_MEASURES
from equipoise.results.records import Record
from equipoise.results.study_result import Note
from equipoise.study.model import Adjustment, LabOutcome


def model_records(writer: LabWriter, found: LabModelFindings) -> Iterator[Record]:
    """Outcome by outcome: means weighted for being measured, then the models."""
    for means in found.means:
        yield from _weighted_means(writer, means)
    for model in found.repeated:
        yield from _repeated(writer, model)


def model_notes(found: LabModelFindings) -> Iterator[Note]:
    """Where there is no estimate, and what a model had to do without."""
    for name, failed in found.without_weights:
        text = f"No weights for being measured of {name}: {failed.error.problems[0].what}."
        yield Note("warning", failed.error.code, text)
    for name, n in found.left_out:
        columns = f"{n} column{'s' * (n != 1)} of covariates"
        yield Note("info", SEPARATION.code, f"Who of {name} is measured is told for certain by {columns}: left out of its weights' model.")
    for model in found.repeated:
        if isinstance(model.fit, Failed):
            what = f"{model.fit.error.problems[0].what}"
            yield Note("warning", model.fit.error.code, f"No model of repeated measures of {model.lab.name}, {model.adjustment}: {what}.")


def _arms(writer: LabWriter, lab: LabOutcome, adjustment: Adjustment, window: str) -> Record:
    """Both arms' persons measured before and in the window, without an estimate."""
    study = writer.people.plan.study
    return Record(
        analysis=REPEATED_MEASURES,
        population=window,
        outcome=lab.name,
        measure="adjusted_change_difference",
        target=study.target.name,
        comparator=study.comparator.name,
        adjustment=adjustment,
        n_target=writer.count(lab, adjustment, window, "change", 1),
        n_comparator=writer.count(lab, adjustment, window, "change", 0),
        time_days=writer.target_day(lab, window),
    )


def _shown(writer: LabWriter, lab: LabOutcome, adjustment: Adjustment, window: str) -> bool:
    return all(writer.of_enough(lab, adjustment, window, "change", group) for group in (0, 1))


def _repeated(writer: LabWriter, model: RepeatedMeasures) -> Iterator[Record]:
    lab, adjustment, fit = model.lab, model.adjustment, model.fit
    analysis = WEIGHTED_REPEATED_MEASURES if model.weighted else REPEATED_MEASURES
    shown = [_shown(writer, lab, adjustment, window.name) for window in lab.windows]
    for place, window in enumerate(lab.windows):
        record = replace(_arms(writer, lab, adjustment, window.name), analysis=analysis)
        yield _difference(record, fit, len(lab.windows) + 1 + place, writer.confidence) if shown[place] else record
    blank = Record(
        analysis, "all", lab.name, "", writer.people.plan.study.target.name, writer.people.plan.study.comparator.name, adjustment
    )
    yield from _tests(blank, fit if all(shown) and isinstance(fit, GeeResult) else None, len(lab.windows))


def _difference(record: Record, fit: GeeResult | Failed, place: int, confidence: float) -> Record:
    """Filled; empty where the column was redundant: nobody of an arm is measured in the window."""
    if isinstance(fit, Failed) or place in fit.dropped:
        return record
    low, high = fit.interval(confidence)
    estimate, lower, upper = (number(side[place]) for side in (fit.coef, low, high))
    return replace(record, estimate=estimate, lower=lower, upper=upper, p_value=number(fit.p_value[place]))


def _tests(blank: Record, fit: GeeResult | None, k: int) -> Iterator[Record]:
    """Tests over all windows, and the working correlation; without estimates when a window's counts are hidden."""
    any_difference = (nan, nan) if fit is None else fit.wald(none_in_any(k, k + 1))
    yield replace(blank, measure="any_difference_test", estimate=number(any_difference[0]), p_value=number(any_difference[1]))
    if k > 1:
        by_window = (nan, nan) if fit is None else fit.wald(same_in_all(k, k + 1))
        yield replace(blank, measure="arm_by_window_test", estimate=number(by_window[0]), p_value=number(by_window[1]))
        between = nan if fit is None else (float(fit.correlation.sum()) - k) / (k * (k - 1))
        yield replace(blank, measure="working_correlation", estimate=number(between))


def _weighted_means(writer: LabWriter, of: WeightedMeans) -> Iterator[Record]:
    """Window by window: mean value and change of each arm, and the difference of the changes."""
    study, confidence = writer.people.plan.study, writer.confidence
    low, high = of.means.interval(confidence)
    for place, window in enumerate(of.lab.windows):
        both = replace(_arms(writer, of.lab, of.adjustment, window.name), analysis=BEING_MEASURED)
        for group, arm in ((1, study.target.name), (0, study.comparator.name)):
            at = 2 * place + group
            shown = writer.of_enough(of.lab, of.adjustment, window.name, "change", group)
            one = replace(both, target=arm, comparator=None, n_comparator=None, n_target=both.n_target if group else both.n_comparator)
            for column, measure in enumerate(("mean_value", "mean_change")):
                sides = (number(side[at, column]) if shown else None for side in (of.means.mean, low, high))
                estimate, lower, upper = sides
                yield replace(one, measure=measure, estimate=estimate, lower=lower, upper=upper)
        yield _weighted_difference(replace(both, measure="mean_change_difference"), of, place, writer)


def _weighted_difference(record: Record, of: WeightedMeans, place: int, writer: LabWriter) -> Record:
    if not _shown(writer, of.lab, of.adjustment, record.population):
        return record
    found = of.means.difference(2 * place + 1, 2 * place)
    low, high = found.interval(writer.confidence)
    estimate, lower, upper = (number(side[1]) for side in (found.estimate, low, high))
    return replace(record, estimate=estimate, lower=lower, upper=upper, p_value=number(found.p_value[1]))

"""The chapter of combined arms. Read this first: what is asked, in which order, and what is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from equipoise.estimators.errors import COLLINEAR
from equipoise.guard.counts import MaskedCounts
from equipoise.network.hub.analysis.people import People
from equipoise.network.hub.chapter import Stage
from equipoise.network.hub.combination.analyses import Analysis, Arms, analyses_of
from equipoise.network.hub.combination.asking import Asking, Counted, Found, Wanted, asking, count_all, fit_all, models_of
from equipoise.network.hub.combination.cloning import Weights, weigh, weighted_curves
from equipoise.network.hub.combination.counting import enter_left, mask_all
from equipoise.network.hub.combination.curves import Drawing
from equipoise.network.hub.combination.records import Writer
from equipoise.results.study_result import MaskedCell, Note, StudyResult


@dataclass(frozen=True, slots=True)
class CombinationChapter:
    """All analyses of the block, side by side. Counts by combined arm are masked apart from the others (`counting`)."""

    arms: Arms
    found: tuple[Found, ...]
    notes: tuple[Note, ...]

    def enter(self, people: People) -> None:
        """See `Chapter.enter`."""
        enter_left(people, self.arms, self.found)

    def write(self, people: People, masked: MaskedCounts, result: StudyResult) -> StudyResult:
        """See `Chapter.write`."""
        shown = mask_all(people, self.arms, self.found, masked)
        written = [one for one in self.found if one.analysis.written]
        writers = [Writer(self.arms, shown, masked, one) for one in written]
        drawing = Drawing(self.arms, shown, people.census.policy)
        return replace(
            result,
            records=(*result.records, *(record for writer in writers for record in writer.records())),
            combination_curves=tuple(curve for one in written for curve in drawing.curves(one)),
            masked=(*result.masked, *(MaskedCell("combination", name, reason) for name, reason in shown.reasons.items())),
            notes=(*result.notes, *self.notes, *(note for writer in writers for note in writer.notes())),
        )


def open_combination(stage: Stage) -> CombinationChapter | None:
    """Ask for everything, when the study has exposures beside its arms: persons and curves, weights of clones, then all models."""
    study = stage.plan.study
    if study.combination is None:
        return None
    arms = Arms(study, study.combination)
    ask, analyses = asking(stage, arms), tuple(analyses_of(study.combination))
    counted = count_all(ask, analyses)
    weights = [weigh(ask, of) if one.kind == "clones" else None for one, of in zip(analyses, counted, strict=True)]
    wanted = [_models(ask, *each) for each in zip(analyses, counted, weights, strict=True)]
    models = fit_all(ask, wanted)
    curves = [_curves(ask, *each) for each in zip(analyses, counted, weights, strict=True)]
    found = tuple(Found(*each) for each in zip(analyses, counted, curves, models, strict=True))
    notes = (*(note for one in weights if one is not None for note in one.notes), *(n for one in found for n in left_out_notes(ask, one)))
    return CombinationChapter(arms, found, notes)


def _models(ask: Asking, analysis: Analysis, counted: Counted, weights: Weights | None) -> list[Wanted]:
    if not analysis.written or (weights is not None and not weights.frame.labels):
        return []
    return models_of(ask, analysis.frame if weights is None else weights.frame, counted)


def _curves(ask: Asking, analysis: Analysis, counted: Counted, weights: Weights | None) -> Counted | None:
    if weights is not None:
        return weighted_curves(ask, weights) if weights.frame.labels else None
    return None if analysis.kind == "time-varying" else counted


def left_out_notes(ask: Asking, found: Found) -> Iterator[Note]:
    """Which covariates had no estimate, model by model."""
    columns = ask.stage.setting.learned.columns if ask.stage.setting.learned else ()
    for fitted in found.models:
        names = ", ".join(columns[place].label for place in fitted.left_out)
        if names:
            what = "classes" if fitted.effects == "labels" else "combined arms"
            text = f"{found.analysis.name}, model of {what}, {fitted.adjustment}: left out for having no estimate: {names}."
            yield Note("info", COLLINEAR.code, text)

"""The chapter of laboratory outcomes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from equipoise.guard.counts import MaskedCounts
from equipoise.network.hub.analysis.people import People
from equipoise.network.hub.chapter import Stage
from equipoise.network.hub.labs.estimation import LabFindings, estimate_labs
from equipoise.network.hub.labs.model_records import model_notes, model_records
from equipoise.network.hub.labs.modelling import LabModelFindings, model_labs
from equipoise.network.hub.labs.records import lab_results, lab_writer
from equipoise.results.study_result import StudyResult


@dataclass(frozen=True, slots=True)
class LabChapter:
    """Means, shift tables and models. Its counts hang together by outcome and arm, and are masked apart from the others (`counting`)."""

    found: LabFindings
    models: LabModelFindings

    def enter(self, people: People) -> None:
        """See `Chapter.enter`."""

    def write(self, people: People, masked: MaskedCounts, result: StudyResult) -> StudyResult:
        """See `Chapter.write`."""
        writer = lab_writer(people, self.found, masked)
        labs = lab_results(writer)
        return replace(
            result,
            records=(*result.records, *labs.records, *model_records(writer, self.models)),
            masked=(*result.masked, *labs.masked),
            lab_shifts=labs.shifts,
            notes=(*result.notes, *model_notes(self.models)),
        )


def open_labs(stage: Stage) -> LabChapter | None:
    """Ask for the means and the models, when the study has laboratory outcomes."""
    if not stage.plan.study.labs:
        return None
    found = estimate_labs(stage.talk, stage.setting, stage.plan)
    return LabChapter(found, model_labs(stage, found))

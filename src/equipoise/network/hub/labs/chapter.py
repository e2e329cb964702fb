"""The chapter of laboratory outcomes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from equipoise.guard.counts import MaskedCounts
from equipoise.network.hub.analysis.people import People
from equipoise.network.hub.chapter import Stage
from equipoise.network.hub.labs.estimation import LabFindings, estimate_labs
from equipoise.network.hub.labs.records import lab_results
from equipoise.results.study_result import StudyResult


@dataclass(frozen=True, slots=True)
class LabChapter:
    """Means and shift tables. Its counts hang together by outcome and arm, and are masked apart from the others (`counting`)."""

    found: LabFindings

    def enter(self, people: People) -> None:
        """See `Chapter.enter`."""

    def write(self, people: People, masked: MaskedCounts, result: StudyResult) -> StudyResult:
        """See `Chapter.write`."""
        labs = lab_results(people, self.found, masked)
        return replace(result, records=(*result.records, *labs.records), masked=(*result.masked, *labs.masked), lab_shifts=labs.shifts)


def open_labs(stage: Stage) -> LabChapter | None:
    """Ask for the means, when the study has laboratory outcomes."""
    return LabChapter(estimate_labs(stage.talk, stage.setting, stage.plan)) if stage.plan.study.labs else None

"""The chapter of subgroups."""

from __future__ import annotations

from dataclasses import dataclass, replace

from equipoise.guard.counts import MaskedCounts
from equipoise.network.hub.analysis.people import People
from equipoise.network.hub.chapter import Stage
from equipoise.network.hub.subgroups.counting import LevelCells
from equipoise.network.hub.subgroups.estimation import SubgroupFindings, estimate_subgroups
from equipoise.network.hub.subgroups.records import subgroup_notes, subgroup_records
from equipoise.results.study_result import StudyResult


@dataclass(slots=True)
class SubgroupChapter:
    """Levels and tests of one outcome."""

    found: SubgroupFindings
    cells: LevelCells | None = None

    def enter(self, people: People) -> None:
        """See `Chapter.enter`."""
        self.cells = LevelCells(people, self.found)
        self.cells.enter()

    def write(self, people: People, masked: MaskedCounts, result: StudyResult) -> StudyResult:
        """See `Chapter.write`."""
        if self.cells is None:
            return result
        study = people.plan.study
        records = tuple(subgroup_records(study, self.found, self.cells, masked))
        return replace(result, records=(*result.records, *records), notes=(*result.notes, *subgroup_notes(study, self.found)))


def open_subgroups(stage: Stage) -> SubgroupChapter | None:
    """Ask for the study's first outcome; None when the study names no subgroup."""
    study = stage.plan.study
    if not study.subgroups or study.primary is None:
        return None
    return SubgroupChapter(estimate_subgroups(stage, study.primary.name))

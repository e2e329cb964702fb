"""The chapter of events: rates, instances, washout, and the measures of association of TriNetX."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from equipoise.guard.counts import MaskedCounts
from equipoise.network.hub.analysis.people import People
from equipoise.network.hub.chapter import Stage
from equipoise.network.hub.events.asking import EventFindings, ask_events
from equipoise.network.hub.events.association import association_records
from equipoise.network.hub.events.counting import EventCells, enter_events
from equipoise.network.hub.events.records import EventWriter
from equipoise.results.study_result import StudyResult
from equipoise.study.event_columns import event_outcomes


@dataclass(slots=True)
class EventChapter:
    """What was found of events, and the cells of their counts once these are entered."""

    found: EventFindings
    cells: EventCells = field(default_factory=lambda: EventCells({}))

    def enter(self, people: People) -> None:
        """See `Chapter.enter`."""
        self.cells = enter_events(people, self.found)

    def write(self, people: People, masked: MaskedCounts, result: StudyResult) -> StudyResult:
        """See `Chapter.write`."""
        written = EventWriter(people, self.found, self.cells, masked).records()
        association = association_records(people, self.found, self.cells, masked)
        return replace(result, records=(*result.records, *written, *association))


def open_events(stage: Stage) -> EventChapter | None:
    """Ask, when the study has an outcome that death precludes."""
    return EventChapter(ask_events(stage)) if event_outcomes(stage.plan.study) else None

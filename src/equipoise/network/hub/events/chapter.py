"""The chapter of events: rates, instances, washout, and the measures of association of TriNetX."""

from __future__ import annotations

from dataclasses import dataclass, replace

from equipoise.guard.counts import MaskedCounts
from equipoise.network.hub.analysis.people import People
from equipoise.network.hub.chapter import Stage
from equipoise.network.hub.events.asking import EventFindings, ask_events
from equipoise.network.hub.events.association import association_records
from equipoise.network.hub.events.counting import count_events
from equipoise.network.hub.events.records import EventWriter
from equipoise.results.study_result import StudyResult
from equipoise.study.event_columns import event_outcomes


@dataclass(frozen=True, slots=True)
class EventChapter:
    """What was found of events. Its counts are masked outcome by outcome, after the others (`counting`)."""

    found: EventFindings

    def enter(self, people: People) -> None:
        """See `Chapter.enter`."""

    def write(self, people: People, masked: MaskedCounts, result: StudyResult) -> StudyResult:
        """See `Chapter.write`."""
        counts = count_events(people, self.found, masked)
        written = EventWriter(people, self.found, counts, masked).records()
        association = association_records(people, self.found, counts, masked)
        hidden = (*result.masked, *counts.hidden(people))
        return replace(result, records=(*result.records, *written, *association), masked=hidden)


def open_events(stage: Stage) -> EventChapter | None:
    """Ask, when the study has an outcome that death precludes."""
    return EventChapter(ask_events(stage)) if event_outcomes(stage.plan.study) else None

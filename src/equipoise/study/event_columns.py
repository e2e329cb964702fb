"""Events that death precludes as columns: what a site stores of them, and what hub and site mean by the columns that are summed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from equipoise.study.model import EventOutcome, Study

Part: TypeAlias = Literal["in_window", "washed_out", "instances"]
CountName: TypeAlias = Literal["in_window", "washed_out", "new_in_window"]


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """A column of the analysis table.

    in_window: whether the event is recorded in the risk window, however long the person was followed. washed_out: whether the washout
    leaves the person out. instances: days with a record in the risk window, up to the end of follow-up; null when not at risk.
    """

    outcome: str
    part: Part

    @property
    def name(self) -> str:
        """`ascites_washed_out`, ..."""
        return f"{self.outcome}_{self.part}"


@dataclass(frozen=True, slots=True)
class EventCount:
    """A column of 0 and 1 whose ones are counted by arm. new_in_window: in_window of those whom the washout does not leave out."""

    outcome: str
    count: CountName


def event_outcomes(study: Study) -> tuple[EventOutcome, ...]:
    """Outcomes that death precludes, in their order."""
    return tuple(outcome for outcome in study.timed_outcomes if isinstance(outcome, EventOutcome))


def stored_events(study: Study) -> tuple[StoredEvent, ...]:
    """What the analysis table holds beside times and events, in order."""
    return tuple(StoredEvent(outcome.name, part) for outcome in event_outcomes(study) for part in _parts(outcome))


def _parts(outcome: EventOutcome) -> tuple[Part, ...]:
    return ("in_window", "washed_out", "instances") if outcome.composite is None else ("in_window", "washed_out")


def event_counts(study: Study) -> tuple[EventCount, ...]:
    """The counted columns, in order; outcomes without a washout leave nobody out."""
    return tuple(EventCount(outcome.name, count) for outcome in event_outcomes(study) for count in _counts(outcome))


def _counts(outcome: EventOutcome) -> tuple[CountName, ...]:
    return ("in_window",) if outcome.washout is None else ("in_window", "washed_out", "new_in_window")


def with_instances(study: Study) -> tuple[EventOutcome, ...]:
    """Outcomes whose instances are counted: records of sets, not composites."""
    return tuple(outcome for outcome in event_outcomes(study) if outcome.composite is None)

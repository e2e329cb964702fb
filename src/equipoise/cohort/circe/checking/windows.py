"""Checks of windows."""

from __future__ import annotations

from collections import Counter

from equipoise.cohort.circe.checking.errors import BEYOND_OBSERVATION, DEATH_BEFORE, OTHER_PATTERN, WINDOW_IMPOSSIBLE
from equipoise.cohort.circe.checking.finding import Findings, note, warning
from equipoise.cohort.circe.describing.lines import counted
from equipoise.cohort.circe.model import (
    CohortExpression,
    ConditionEra,
    CorrelatedCriteria,
    Death,
    DoseEra,
    DrugEra,
    Endpoint,
    LocationRegion,
    ObservationPeriod,
    PayerPlanPeriod,
    Specimen,
    Window,
)
from equipoise.cohort.circe.place import Place, path_of
from equipoise.cohort.circe.walking import criteria_of

WITHOUT_VISIT = (ConditionEra, Death, DoseEra, DrugEra, LocationRegion, ObservationPeriod, PayerPlanPeriod, Specimen)
"""Domains whose records belong to no visit."""
ENDLESS = 10**9


def reach(end: Endpoint) -> int:
    """Days from the index day; without bounds, a number beyond all days."""
    return end.offset if end.offset is not None else end.coeff * ENDLESS


def windows(expression: CohortExpression) -> Findings:
    """Of each window."""
    observed = expression.primary_criteria.observation_window
    for place, _, member in criteria_of(expression):
        if member is not None:
            holder = place[:-2]
            yield from _impossible(member, holder)
            yield from _death(member, holder)
            if not member.ignore_observation_period:
                yield from _beyond(member.start_window, observed.prior_days, observed.post_days, (*holder, "StartWindow"))


def _impossible(member: CorrelatedCriteria, place: Place) -> Findings:
    for name, window in (("StartWindow", member.start_window), ("EndWindow", member.end_window)):
        if window is not None and reach(window.start) > reach(window.end):
            yield warning(WINDOW_IMPOSSIBLE, "the window ends before it begins", (*place, name))
    first, last = member.start_window, member.end_window
    if last is not None and _ends_before_start(first, last):
        yield warning(WINDOW_IMPOSSIBLE, "the event would have to end before it starts", (*place, "EndWindow"))
    if member.restrict_visit and isinstance(member.criteria, WITHOUT_VISIT):
        yield warning(WINDOW_IMPOSSIBLE, f"{type(member.criteria).__name__} belongs to no visit, so never to the same one", place)


def _ends_before_start(first: Window, last: Window) -> bool:
    same_mark = first.use_index_end == last.use_index_end
    return same_mark and not first.use_event_end and last.use_event_end and reach(last.end) < reach(first.start)


def _beyond(window: Window, prior: int, post: int, place: Place) -> Findings:
    before, after = -reach(window.start), reach(window.end)
    if prior < before < ENDLESS:
        what = f"the window looks back {counted(before, 'day')}, but {counted(prior, 'day')} of observation are asked for before entry"
        yield note(BEYOND_OBSERVATION, what, place)
    if post < after < ENDLESS:
        what = f"the window looks ahead {counted(after, 'day')}, but {counted(post, 'day')} of observation are asked for after entry"
        yield note(BEYOND_OBSERVATION, what, place)


def _death(member: CorrelatedCriteria, place: Place) -> Findings:
    window = member.start_window
    if isinstance(member.criteria, Death) and reach(window.start) < 0 and reach(window.end) <= 0:
        yield warning(DEATH_BEFORE, "the window for a death lies before the event", (*place, "StartWindow"))


def pattern(expression: CohortExpression) -> Findings:
    """Once for the whole definition: windows that do not begin where most of them do."""
    begins = [(place[:-2], reach(m.start_window.start)) for place, _, m in criteria_of(expression) if m is not None]
    common = Counter(day for _, day in begins).most_common(1)
    if not common or common[0][1] < 2:
        return
    others = [place for place, day in begins if day != common[0][0]]
    if others and len(others) < common[0][1]:
        usual = "without bound" if abs(common[0][0]) == ENDLESS else f"on day {common[0][0]}"
        what = f"{common[0][1]} windows begin {usual}, {len(others)} otherwise: {', '.join(path_of(place) for place in others[:3])}"
        yield note(OTHER_PATTERN, what, others[0])

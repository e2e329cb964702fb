"""What is asked of the engine: all records of a study in one request each, answered in one call; all criteria of categories in another."""

from __future__ import annotations

from collections.abc import Iterator

from equipoise.engine.contract import EventRequest
from equipoise.study.model import (
    CategoryCovariate,
    CountCovariate,
    Criterion,
    EventCovariate,
    EventOutcome,
    MeasurementCovariate,
    Study,
    Window,
)
from equipoise.study.subgroup_levels import own_categories
from equipoise.table.combination.exposures import combination_requests
from equipoise.table.events.composites import member_request, without_request, without_window
from equipoise.table.labs.scores import sign_request
from equipoise.table.outcomes import risk_window, washout_window


def event_requests(study: Study) -> tuple[EventRequest, ...]:
    """`outcome <name>`, `washout <name>`, `lab <name>`, `sign <name> <place>`, `covariate <name>`, `combination <class>`: all records.

    A composite asks for each member apart, and for the records that rule it out.
    """
    return (*_outcome_requests(study), *_lab_requests(study), *_covariate_requests(study), *combination_requests(study.combination))


def _outcome_requests(study: Study) -> Iterator[EventRequest]:
    for outcome in study.outcomes:
        if isinstance(outcome, EventOutcome):
            yield from _event_requests(outcome, study)


def _event_requests(outcome: EventOutcome, study: Study) -> Iterator[EventRequest]:
    window, washout = risk_window(outcome, study.follow), washout_window(outcome, study.follow)
    if outcome.composite is None:
        yield EventRequest(f"outcome {outcome.name}", outcome.sets, window)
        if washout is not None:
            yield EventRequest(f"washout {outcome.name}", outcome.sets, washout)
        return
    for place, member in enumerate(outcome.composite.members):
        yield EventRequest(member_request("outcome", outcome, place), member.sets, window)
        if washout is not None:
            yield EventRequest(member_request("washout", outcome, place), member.sets, washout)
    ruled_out = without_window(outcome.composite, window)
    if outcome.composite.without is not None and ruled_out is not None:
        yield EventRequest(without_request(outcome), outcome.composite.without.sets, ruled_out)


def _lab_requests(study: Study) -> Iterator[EventRequest]:
    for lab in study.labs:
        last = max([lab.baseline_end, *(window.end for window in lab.windows)])
        if lab.score is None:
            yield EventRequest(f"lab {lab.name}", lab.sets, Window(start=lab.baseline_start, end=last))
            continue
        for place, sign in enumerate(lab.score.signs):
            yield EventRequest(sign_request(lab, place), sign.sets, Window(start=lab.baseline_start - lab.score.look_back, end=last))


def _covariate_requests(study: Study) -> Iterator[EventRequest]:
    for covariate in study.covariates:
        if isinstance(covariate, EventCovariate | CountCovariate | MeasurementCovariate):
            yield EventRequest(f"covariate {covariate.name}", covariate.sets, covariate.window)


def category_criteria(study: Study) -> tuple[Criterion, ...]:
    """The criteria of all levels of all categories, in the order of the study: covariates, then subgroups by criteria."""
    categories = [covariate for covariate in study.covariates if isinstance(covariate, CategoryCovariate)]
    categories += own_categories(study)
    return tuple(level.criterion for covariate in categories for level in covariate.levels)

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
from equipoise.table.outcomes import risk_window, washout_window


def event_requests(study: Study) -> tuple[EventRequest, ...]:
    """`outcome <name>`, `washout <name>`, `lab <name>`, `covariate <name>`: everything in the study that is found in records of sets."""
    return (*_outcome_requests(study), *_lab_requests(study), *_covariate_requests(study))


def _outcome_requests(study: Study) -> Iterator[EventRequest]:
    for outcome in study.outcomes:
        if isinstance(outcome, EventOutcome):
            yield EventRequest(f"outcome {outcome.name}", outcome.sets, risk_window(outcome, study.follow))
            washout = washout_window(outcome, study.follow)
            if washout is not None:
                yield EventRequest(f"washout {outcome.name}", outcome.sets, washout)


def _lab_requests(study: Study) -> Iterator[EventRequest]:
    for lab in study.labs:
        ends = [lab.baseline_end, *(window.end for window in lab.windows)]
        yield EventRequest(f"lab {lab.name}", lab.sets, Window(start=lab.baseline_start, end=max(ends)))


def _covariate_requests(study: Study) -> Iterator[EventRequest]:
    for covariate in study.covariates:
        if isinstance(covariate, EventCovariate | CountCovariate | MeasurementCovariate):
            yield EventRequest(f"covariate {covariate.name}", covariate.sets, covariate.window)


def category_criteria(study: Study) -> tuple[Criterion, ...]:
    """The criteria of all levels of all categories, in the order of the study: covariates, then subgroups by criteria."""
    categories = [covariate for covariate in study.covariates if isinstance(covariate, CategoryCovariate)]
    categories += own_categories(study)
    return tuple(level.criterion for covariate in categories for level in covariate.levels)

"""What is asked of the engine for each outcome and covariate."""

from __future__ import annotations

from collections.abc import Callable

from equipoise.engine.contract import EventRequest
from equipoise.study.model import (
    AgeCovariate,
    CategoryCovariate,
    CategoryLevel,
    CountCovariate,
    DeathOutcome,
    EventCovariate,
    EventCriterion,
    EventOutcome,
    MeasurementCovariate,
    Study,
    Window,
)
from equipoise.table.requests import category_criteria, event_requests


def test_requests_and_criteria(study_of: Callable[..., Study]) -> None:
    one, two = EventCriterion(sets=("a",)), EventCriterion(sets=("b",))
    study = study_of(
        outcomes=(DeathOutcome(name="os"), EventOutcome(name="asc", sets=("a", "b"), risk_window=Window(start=1, end=90), washout=180)),
        covariates=(
            AgeCovariate(),
            EventCovariate(name="dm", sets=("dm",)),
            CountCovariate(name="n", sets=("v",), window=Window(start=-180, end=-1)),
            MeasurementCovariate(name="bili", sets=("bili",)),
            CategoryCovariate(name="c", levels=(CategoryLevel(level="x", criterion=one), CategoryLevel(level="y", criterion=two))),
            CategoryCovariate(name="d", levels=(CategoryLevel(level="x", criterion=two),)),
        ),
    )
    assert event_requests(study) == (
        EventRequest("outcome asc", ("a", "b"), Window(start=1, end=90)),
        EventRequest("washout asc", ("a", "b"), Window(start=-180, end=0)),
        EventRequest("covariate dm", ("dm",), Window(start=None, end=0)),
        EventRequest("covariate n", ("v",), Window(start=-180, end=-1)),
        EventRequest("covariate bili", ("bili",), Window(start=-90, end=0)),
    )
    assert category_criteria(study) == (one, two, two)

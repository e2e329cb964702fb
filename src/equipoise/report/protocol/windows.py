"""Every window of a study as one row of its design diagram, read off the model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from equipoise.report.protocol.words import covariate_window, listed, windows_in
from equipoise.report.wording import calendar_day
from equipoise.study import model as m
from equipoise.study.model import Study, Window

ELIGIBILITY = "Eligibility"
ASSIGNMENT = "Treatment"
WASHOUT = "Washout of outcomes"
COVARIATES = "Covariates"
LABS = "Laboratory values"
FOLLOW_UP = "Follow-up"
GROUPS = (ELIGIBILITY, ASSIGNMENT, WASHOUT, COVARIATES, LABS, FOLLOW_UP)


@dataclass(frozen=True, slots=True)
class WindowRow:
    """One row: what is looked at, and when. Several windows where a criterion has several; none where it has no window to draw."""

    group: str
    label: str
    windows: tuple[Window, ...]


def window_rows(study: Study) -> tuple[WindowRow, ...]:
    """The rows from the top of the diagram to its bottom."""
    makers = (_eligibility, _treatment, _washout, _covariates, _labs, _follow_up)
    return tuple(row for make in makers for row in make(study))


def _eligibility(study: Study) -> Iterator[WindowRow]:
    for step in study.steps:
        yield WindowRow(ELIGIBILITY, step.label, windows_in(step.criterion))


def _treatment(study: Study) -> Iterator[WindowRow]:
    for treatment in study.classification.treatments if study.classification else ():
        criteria = (treatment.evidence, treatment.weak_evidence, treatment.deciding_evidence)
        found = dict.fromkeys(window for one in criteria if one is not None for window in windows_in(one))
        yield WindowRow(ASSIGNMENT, f"Evidence of {treatment.name}", tuple(found))


def _washout(study: Study) -> Iterator[WindowRow]:
    by_window: dict[Window, list[str]] = {}
    for outcome in study.timed_outcomes:
        if isinstance(outcome, m.EventOutcome) and outcome.washout is not None:
            start = outcome.risk_window.start if outcome.risk_window.start is not None else study.follow.start_day
            by_window.setdefault(Window(start=-outcome.washout, end=start - 1), []).append(outcome.label or outcome.name)
    for window, labels in by_window.items():
        yield WindowRow(WASHOUT, _several(labels), (window,))


def _covariates(study: Study) -> Iterator[WindowRow]:
    by_windows: dict[tuple[Window, ...], list[str]] = {}
    for covariate in study.covariates:
        by_windows.setdefault(covariate_window(covariate), []).append(covariate.label or covariate.name)
    for windows, labels in by_windows.items():
        yield WindowRow(COVARIATES, _several(labels), windows)


def _labs(study: Study) -> Iterator[WindowRow]:
    by_windows: dict[tuple[Window, ...], list[str]] = {}
    for lab in study.labs:
        after = (Window(start=w.start, end=w.end) for w in lab.windows)
        by_windows.setdefault((Window(start=lab.baseline_start, end=lab.baseline_end), *after), []).append(lab.label or lab.name)
    for windows, labels in by_windows.items():
        yield WindowRow(LABS, _several(labels), windows)


def _follow_up(study: Study) -> Iterator[WindowRow]:
    whole = Window(start=study.follow.start_day, end=study.follow.max_days)
    yield WindowRow(FOLLOW_UP, f"Time at risk, until {until(study)}", (whole,))
    by_window: dict[Window, list[str]] = {}
    for outcome in study.timed_outcomes:
        if isinstance(outcome, m.EventOutcome):
            end = outcome.risk_window.end if outcome.risk_window.end is not None else study.follow.max_days
            start = outcome.risk_window.start if outcome.risk_window.start is not None else study.follow.start_day
            by_window.setdefault(Window(start=start, end=end), []).append(outcome.label or outcome.name)
    for window, labels in by_window.items():
        yield WindowRow(FOLLOW_UP, f"Risk window: {_several(labels)}", (window,))


def until(study: Study) -> str:
    """What ends follow-up, in words."""
    follow = study.follow
    ends = ["death"]
    ends += ["the last record"] if follow.end_at_last_record else []
    ends += ["the end of the observation period"] if follow.end_at_observation else []
    ends += [calendar_day(follow.end_date)] if follow.end_date else []
    return listed([*ends, f"day {follow.max_days:,}"], "or")


def _several(labels: list[str]) -> str:
    return "; ".join(labels)

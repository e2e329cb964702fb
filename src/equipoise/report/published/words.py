"""Readers' names of the outcomes and analyses that records name in short."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from equipoise.report.selection import outcome_label
from equipoise.report.wording import MINUS, decimal
from equipoise.results.study_result import StudyResult
from equipoise.study.model import Study


@dataclass(frozen=True, slots=True)
class Names:
    """Labels by the names of the records; a name without a label is shown as it is."""

    outcomes: Mapping[str, str] = field(default_factory=dict)
    analyses: Mapping[str, str] = field(default_factory=dict)

    def outcome(self, name: str) -> str:
        """The reader's name of an outcome."""
        return self.outcomes.get(name, name)

    def analysis(self, name: str) -> str:
        """The reader's name of an analysis."""
        return self.analyses.get(name, name)


PLAIN = Names()


def names_of(result: StudyResult) -> Names:
    """Labels of all outcomes; windows with their days, landmarks with theirs."""
    study = result.study
    return Names({one.name: outcome_label(result, one.name) for one in study.outcomes}, {**_lab_windows(study), **_exposures(study)})


def _lab_windows(study: Study) -> dict[str, str]:
    found: dict[str, set[str]] = {}
    for lab in study.labs:
        for one in lab.windows:
            found.setdefault(one.name, set()).add(_days(one.start, one.end))
    return {name: f"{name}, {days.pop()}" for name, days in found.items() if len(days) == 1}


def _exposures(study: Study) -> dict[str, str]:
    block = study.combination
    if block is None:
        return {}
    windows = {one.name: f"exposed in {_days(one.start, one.end)}" for one in block.shown_windows}
    return {**windows, **{name: name.replace("landmark ", "landmark at day ") for name in block.analysis_names if name not in windows}}


def _days(start: int, end: int) -> str:
    return f"days {decimal(start, 0)} to {decimal(end, 0)}".replace("-", MINUS)

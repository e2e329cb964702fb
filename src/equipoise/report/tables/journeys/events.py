"""Adverse events and other outcomes that death precludes: the table that a paper prints, without rows that say nothing new."""

from __future__ import annotations

from dataclasses import dataclass

from equipoise.report.selection import comparison, one_arm, outcome_label
from equipoise.report.tables.estimates import estimate_text
from equipoise.report.tables.table import ShownRow, ShownTable
from equipoise.report.wording import ABSENT, adjustment_label, count, listed_days, lowered
from equipoise.results.records import Record
from equipoise.results.study_result import StudyResult

COMPARED, ONE_ARM = "Compared", "Too few events to compare: the risk in an arm, by the last day"
HIDDEN = ("not shown", "not estimated", ABSENT)


@dataclass(frozen=True, slots=True)
class _Day:
    """What one outcome has by one day, printed."""

    day: float | None
    risks: tuple[str, ...]
    difference: str
    ratio: str

    @property
    def compared(self) -> bool:
        return self.difference not in HIDDEN or self.ratio not in HIDDEN

    @property
    def tells(self) -> bool:
        """Whether an arm's risk is shown that its number of events does not tell already."""
        return any(risk not in HIDDEN and not risk.startswith("0.0%") for risk in self.risks)

    @property
    def cells(self) -> tuple[str, ...]:
        """Without the signs of per cent, which stand over the columns."""
        return tuple(ABSENT if text in HIDDEN else text.replace("%", "") for text in (*self.risks, self.difference, self.ratio))


def shown_events(result: StudyResult) -> ShownTable | None:
    """All outcomes with a risk difference, under the main adjustment; None when there is none.

    Days by which nothing has changed share a row; outcomes of which nothing may be shown are named in the note.
    """
    study, main = result.study, result.study.analysis.main
    names = [outcome.name for outcome in study.timed_outcomes if comparison(result, outcome.name, "risk_difference", main)]
    if not names:
        return None
    level = f"{study.analysis.confidence * 100:g}% CI"
    arms = [study.target.name, study.comparator.name]
    heads = (
        "Outcome",
        "By day",
        *(f"Events,\n{a}" for a in arms),
        *(f"Risk %,\n{a}" for a in arms),
        f"Difference, %\n({level})",
        f"Ratio\n({level})",
    )
    days = {name: _days(result, name) for name in names}
    compared = [row for name in names for row in _compared(result, name, days[name])]
    alone = [_last(result, name, days[name]) for name in names if _only_one_arm(days[name])]
    rows = [*compared, *([_heading(ONE_ARM), *alone] if alone else [])]
    if compared and alone:
        rows.insert(0, _heading(COMPARED))
    silent = [name for name in names if not any(day.compared for day in days[name]) and not _only_one_arm(days[name])]
    return ShownTable("events", "Events that death precludes", heads, (False, *[True] * 7), tuple(rows), _note(result, silent))


def _heading(text: str) -> ShownRow:
    return ShownRow((text, *[""] * 7), "group")


def _note(result: StudyResult, silent: list[str]) -> str:
    study = result.study
    told = f"Risks with death competing (Aalen-Johansen), {lowered(adjustment_label(study.analysis.main))}; {ABSENT}: not shown. "
    told += "Events are persons with the event in the whole risk window, unweighted; days that share a row have the same numbers. "
    told += "Coded, medically attended events: mild ones are often not coded. No correction for the number of outcomes."
    if silent:
        numbers = (f"{outcome_label(result, name)} ({', '.join(_events(result, name))})" for name in silent)
        told += f" Too few events to show more than their number ({study.target.name}, {study.comparator.name}): {'; '.join(numbers)}."
    return told


def _days(result: StudyResult, outcome: str) -> tuple[_Day, ...]:
    study, main = result.study, result.study.analysis.main
    risks = one_arm(result, outcome, "cumulative_incidence", main)
    ratios = comparison(result, outcome, "risk_ratio", main)
    return tuple(
        _Day(
            found.time_days,
            tuple(_at(risks[arm.name], found.time_days) for arm in (study.target, study.comparator)),
            estimate_text(found),
            _at(ratios, found.time_days),
        )
        for found in comparison(result, outcome, "risk_difference", main)
    )


def _compared(result: StudyResult, outcome: str, days: tuple[_Day, ...]) -> list[ShownRow]:
    """One row for all days that have the same numbers."""
    alike: dict[tuple[str, ...], list[float | None]] = {}
    for day in days:
        if day.compared:
            alike.setdefault(day.cells, []).append(day.day)
    return [
        ShownRow((outcome_label(result, outcome), listed_days(several), *_events(result, outcome), *cells))
        for cells, several in alike.items()
    ]


def _only_one_arm(days: tuple[_Day, ...]) -> bool:
    return not any(day.compared for day in days) and any(day.tells for day in days)


def _last(result: StudyResult, outcome: str, days: tuple[_Day, ...]) -> ShownRow:
    last = [day for day in days if day.tells][-1]
    return ShownRow((outcome_label(result, outcome), listed_days([last.day]), *_events(result, outcome), *last.cells))


def _events(result: StudyResult, outcome: str) -> tuple[str, str]:
    found = comparison(result, outcome, "risk_difference", result.study.analysis.main)[0]
    return count(found.events_target), count(found.events_comparator)


def _at(records: tuple[Record, ...], day: float | None) -> str:
    return next((estimate_text(record) for record in records if record.time_days == day), ABSENT)

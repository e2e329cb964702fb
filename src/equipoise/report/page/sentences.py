"""Sentences of the report: the question, the answer and its limits, none saying more than the interval allows."""

from __future__ import annotations

from equipoise.report.selection import hazard_ratio, outcome_label
from equipoise.report.wording import adjustment_label, calendar_day, interval, lowered, n_equals, p_value, ratio
from equipoise.results.records import Record
from equipoise.results.study_result import StudyResult

_AFTER = {
    "crude": "without adjustment",
    "overlap": "after overlap weighting",
    "iptw": "after inverse probability weighting",
    "att": "after weighting the comparator to the target arm",
    "matched": "after 1:1 matching",
    "score-bins": "after matching within bins of the propensity score",
}
CAUTION = (
    "Treatment was not assigned at random: differences between the patients that the records do not hold may explain some or all of this."
)

MANY_TIMES = 2.995


def question(result: StudyResult) -> str:
    """What the study asks, in one sentence."""
    study = result.study
    outcome = _risk_of(result, study.timed_outcomes[0].name) if study.timed_outcomes else "the outcome"
    nth = {1: "first"}.get(study.index.nth, f"{study.index.nth}th")
    return (
        f"In patients with a {nth} record of {study.target.name} or {study.comparator.name} between {calendar_day(study.period_start)} and "
        f"{calendar_day(study.period_end)}, does {study.target.name}, compared with {study.comparator.name}, change the hazard of "
        f"{outcome}?"
    )


def answer(result: StudyResult, outcome: str) -> tuple[str, ...]:
    """The main estimate in plain words: size and direction, what else it is compatible with, and the caution."""
    adjustment = result.study.analysis.main
    record = hazard_ratio(result, outcome, adjustment)
    if record is None or record.estimate is None:
        return (f"The hazard ratio {_AFTER.get(adjustment, '')} could not be estimated. The notes below say what is known of why.",)
    return (_size(result, record), _range(result, record), CAUTION)


def hazard_ratio_text(result: StudyResult, record: Record | None) -> str:
    """`HR 0.80 (95% CI 0.65–0.98), p = 0.03`."""
    if record is None or record.estimate is None:
        return "not estimated"
    text = f"HR {ratio(record.estimate)}"
    if record.lower is not None or record.upper is not None:
        text += f" ({interval(ratio(record.lower), ratio(record.upper), result.study.analysis.confidence)})"
    return text + (f", {p_value(record.p_value)}" if record.p_value is not None else "")


def _size(result: StudyResult, record: Record) -> str:
    study = result.study
    target, comparator = record.target or study.target.name, record.comparator or study.comparator.name
    people = ""
    if record.n_target is not None and record.n_comparator is not None:
        people = f"In patients given {target} ({n_equals(record.n_target)}) and {comparator} ({n_equals(record.n_comparator)}), "
    risk = _risk_of(result, record.outcome)
    estimated = f"the hazard of {risk} was estimated to be {_change(record.estimate or 1)} with {target} than with {comparator}"
    if abs((record.estimate or 1) - 1) < 0.005:
        estimated = f"the estimated hazard of {risk} was the same with {target} and {comparator}"
    elif (record.estimate or 1) >= MANY_TIMES:
        estimated = f"the hazard of {risk} was estimated to be {_change(record.estimate or 1)} with {target} as with {comparator}"
    sentence = f"{people}{estimated} {_AFTER.get(record.adjustment or 'crude', 'after ' + adjustment_label(record.adjustment))}."
    return sentence[0].upper() + sentence[1:]


def _range(result: StudyResult, record: Record) -> str:
    if not record.lower or not record.upper:
        return "No interval could be given, so nothing can be said of how far chance alone may have moved it."
    level = f"{result.study.analysis.confidence * 100:g}%"
    between = f"from {_change(record.lower)} to {_change(record.upper)}"
    if record.lower < 1 < record.upper:
        return f"The {level} interval runs {between}: these data show neither a difference nor its absence."
    return f"The {level} interval runs {between}."


def _change(value: float) -> str:
    share = f"{abs(1 - value) * 100:.0f}%"
    if share == "0%":
        return "unchanged"
    if value >= MANY_TIMES:
        return f"{ratio(value)} times as high"
    return f"{share} {'lower' if value < 1 else 'higher'}"


def _risk_of(result: StudyResult, outcome: str) -> str:
    if any(o.name == outcome and o.kind == "death" for o in result.study.outcomes):
        return "death from any cause"
    return lowered(outcome_label(result, outcome))

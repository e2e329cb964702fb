"""DC40: a median that few people were followed to."""

from __future__ import annotations

from collections.abc import Iterator

from equipoise.checks.check import Check, outcome_words
from equipoise.kernel.days import DAYS_PER_MONTH
from equipoise.kernel.masked import Masked
from equipoise.results.study_result import StudyResult, SurvivalCurve

FEWEST_AT_RISK = 10


def median_of(curve: SurvivalCurve) -> float | None:
    """First day with survival at or under one half."""
    return next((day for day, share in zip(curve.time, curve.survival, strict=True) if share <= 0.5), None)


def few_at(curve: SurvivalCurve, day: float) -> bool:
    """Whether the last number at risk shown at or before the day is under ten or masked."""
    before = [n for at, n in zip(curve.at_risk_days, curve.at_risk, strict=True) if at <= day]
    return bool(before) and (isinstance(before[-1], Masked) or before[-1] < FEWEST_AT_RISK)


def result(found: StudyResult) -> tuple[str, ...]:
    """Name arm and outcome."""
    sentences = list(_short(found))
    for curve in found.curves:
        median = median_of(curve)
        if curve.adjustment == found.study.analysis.main and median is not None and few_at(curve, median):
            outcome = outcome_words(found.study, curve.outcome)
            sentences.append(f"Fewer than {FEWEST_AT_RISK} persons of {curve.arm} were still followed at the median of {outcome}.")
    return tuple(sentences)


def _short(found: StudyResult) -> Iterator[str]:
    """Arms whose people were followed, at the median, for less than the median survival that is reported of them."""
    followed = {(r.outcome, r.target): r.estimate for r in found.records if r.measure == "median_follow_up" and r.target}
    for record in found.records:
        if (record.analysis, record.measure, record.adjustment) != ("main", "median_survival", found.study.analysis.main):
            continue
        follow_up, median = followed.get((record.outcome, record.target or "")), record.estimate
        if follow_up is not None and median is not None and follow_up < median:
            yield (
                f"Median follow-up of {record.target} is {follow_up / DAYS_PER_MONTH:.1f} months, "
                f"shorter than its median of {outcome_words(found.study, record.outcome)}, {median / DAYS_PER_MONTH:.1f} months."
            )


CHECK = Check(
    "DC40",
    "follow-up shorter than the median",
    "a median read off the tail of a curve rests on a handful of people",
    "Report restricted mean survival up to a time that many people reached.",
    "warning",
    result=result,
)

"""DC24: laboratory values that one arm has more often than the other."""

from __future__ import annotations

from collections.abc import Iterator

from equipoise.checks.check import Check
from equipoise.results.study_result import StudyResult
from equipoise.study.model import LabOutcome

TOLERATED_DIFFERENCE = 0.10
TOLERATED_RATIO = 1.5


NAMED = 8
"""Places that the finding names."""


def result(found: StudyResult) -> tuple[str, ...]:
    """The values and windows in which shares measured, or mean numbers of draws, lie too far apart (unadjusted)."""
    study = found.study
    drawn = {lab.sets: lab for lab in reversed(study.labs) if lab.score is None}
    apart = [said for lab in reversed(drawn.values()) for window in lab.windows for said in _apart(found, lab, window.name)]
    if not apart:
        return ()
    named = "; ".join(apart[:NAMED]) + (f"; and {len(apart) - NAMED} more" if len(apart) > NAMED else "")
    return (f"Laboratory values are not measured alike in {study.target.name} and {study.comparator.name}: {named}.",)


def _apart(found: StudyResult, lab: LabOutcome, window: str) -> Iterator[str]:
    share = _both(found, lab, window, "share_measured")
    if share is not None and abs(share[0] - share[1]) > TOLERATED_DIFFERENCE:
        yield f"{lab.label or lab.name} ({window}), {share[0]:.0%} and {share[1]:.0%} have a value"
    draws = _both(found, lab, window, "mean_draws")
    if draws is not None and max(draws) > TOLERATED_RATIO * min(draws):
        yield f"{lab.label or lab.name} ({window}), {draws[0]:.2g} and {draws[1]:.2g} values a person"


def _both(found: StudyResult, lab: LabOutcome, window: str, measure: str) -> tuple[float, float] | None:
    """The crude estimates of the target and the comparator; None where one is not shown."""
    wanted = (lab.name, window, measure, "crude")
    by_arm = {r.target: r.estimate for r in found.records if (r.outcome, r.analysis, r.measure, r.adjustment) == wanted}
    target, comparator = by_arm.get(found.study.target.name), by_arm.get(found.study.comparator.name)
    return None if target is None or comparator is None else (target, comparator)


CHECK = Check(
    "DC24",
    "laboratory values missing not at random",
    "whoever is ill or in hospital is drawn more often: an arm that is drawn more often shows higher peaks and more abnormal values",
    "Take the value of a scheduled window, ask for weights for being measured, and do not compare the highest values of arms that were "
    "drawn unequally often.",
    "warning",
    result=result,
)

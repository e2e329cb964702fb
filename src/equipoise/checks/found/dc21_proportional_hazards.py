"""DC21: one hazard ratio where hazards are not proportional."""

from __future__ import annotations

from equipoise.checks.check import Check, outcome_words
from equipoise.results.study_result import StudyResult

LEVEL = 0.05


def result(found: StudyResult) -> tuple[str, ...]:
    """Outcomes whose main model fails the test of proportional hazards."""
    tests = [t for t in found.proportional_hazards if t.adjustment == found.study.analysis.main and t.p_value < LEVEL]
    return tuple(f"For {outcome_words(found.study, t.outcome)} the hazards are not proportional (p = {t.p_value:.2g})." for t in tests)


CHECK = Check(
    "DC21",
    "non-proportional hazards",
    "a single hazard ratio then is an average that depends on how long people were followed",
    "Read the survival curves and the restricted mean survival times.",
    "warning",
    result=result,
)

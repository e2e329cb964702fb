"""DC09: small arm, little overlap."""

from __future__ import annotations

from equipoise.checks.check import Check
from equipoise.results.study_result import StudyResult

LEAST_EQUIPOISE = 0.5
"""Share of persons with a preference score in [0.3, 0.7] (Walker 2013)."""
LEAST_EFFECTIVE_SHARE = 0.5


def result(found: StudyResult) -> tuple[str, ...]:
    """Too small a share in equipoise, or weights that rest on few persons."""
    shares = [o.equipoise_share for o in found.overlap if o.equipoise_share is not None and o.equipoise_share < LEAST_EQUIPOISE]
    sentences = [f"Only {share:.0%} of persons have a preference score between 0.3 and 0.7." for share in shares[:1]]
    for weight in found.weights:
        if weight.adjustment == found.study.analysis.main and isinstance(weight.n, int) and weight.n:
            share = weight.effective_n / weight.n
            if share < LEAST_EFFECTIVE_SHARE:
                effective = f"an effective {weight.effective_n:,.0f} of {weight.n:,} persons"
                sentences.append(f"In {weight.arm}, the {weight.adjustment} weights leave {effective}.")
    return tuple(sentences)


CHECK = Check(
    "DC09",
    "small arm and overlap",
    "where the arms hardly overlap, the comparison rests on few persons and on the model",
    "Use overlap weights if the main adjustment is another, say to whom the estimate applies, and read the interval, not the p-value.",
    "warning",
    result=result,
)

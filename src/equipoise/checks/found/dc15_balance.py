"""DC15: covariates that stay unbalanced after adjustment."""

from __future__ import annotations

from equipoise.checks.check import Check
from equipoise.results.study_result import StudyResult

TOLERATED_SMD = 0.1


def result(found: StudyResult) -> tuple[str, ...]:
    """Name the covariates over the threshold under the main adjustment."""
    rows = [row for row in found.baseline if row.adjustment == found.study.analysis.main and row.smd is not None]
    over = sorted({row.label or row.covariate for row in rows if abs(row.smd or 0.0) >= TOLERATED_SMD})
    if not over:
        return ()
    named = "; ".join(over[:8]) + (f" and {len(over) - 8} more" if len(over) > 8 else "")
    return (f"After the main adjustment these differ by 0.1 standard deviations or more: {named}.",)


CHECK = Check(
    "DC15",
    "confounding that remains",
    "an unbalanced prognostic covariate biases the comparison",
    "Put them into the propensity model (measurements with splines), trim, or report the estimate as confounded.",
    "warning",
    result=result,
)

"""DC29: hospitals that have only one of the treatments."""

from __future__ import annotations

from equipoise.checks.check import Check
from equipoise.results.study_result import StudyResult

TOLERATED_SHARE = 0.4


def result(found: StudyResult) -> tuple[str, ...]:
    """The share of persons who are at such sites."""
    mix = found.site_mix
    if mix is None or mix.sites < 2 or mix.share_at_one_arm_sites is None or mix.share_at_one_arm_sites <= TOLERATED_SHARE:
        return ()
    return (f"{mix.share_at_one_arm_sites:.0%} of the persons are at sites with one arm only: there is nobody to compare them with there.",)


CHECK = Check(
    "DC29",
    "positivity by site",
    "where a hospital has one treatment only, the comparison is one of hospitals",
    "Repeat the analysis at the sites that have both arms.",
    "warning",
    result=result,
)

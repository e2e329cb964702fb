"""DC28: a result that one hospital makes."""

from __future__ import annotations

from collections.abc import Iterator

from equipoise.checks.check import Check
from equipoise.results.records import Record
from equipoise.results.study_result import StudyResult

TOLERATED_I_SQUARED = 0.5


def result(found: StudyResult) -> tuple[str, ...]:
    """Large sites; sites of which most cannot compare; estimates that differ between sites."""
    return (*_of_sites(found), *(_of_estimates(record) for record in found.records if _differs(record)))


def _of_sites(found: StudyResult) -> Iterator[str]:
    mix, study = found.site_mix, found.study
    if mix is None or mix.sites < 2:
        return
    for arm, large in ((study.target.name, mix.large_for_target), (study.comparator.name, mix.large_for_comparator)):
        if large and mix.sites > 1 / mix.large:
            yield f"{large} of {mix.sites} sites {'holds' if large == 1 else 'each hold'} more than {mix.large:.0%} of {arm}."
    if mix.with_both_arms < mix.sites / 2:
        yield f"Only {mix.with_both_arms} of {mix.sites} sites have persons of both arms."


def _differs(record: Record) -> bool:
    return record.measure == "i_squared" and record.estimate is not None and record.estimate > TOLERATED_I_SQUARED


def _of_estimates(record: Record) -> str:
    return f"The effect on {record.outcome} differs between sites more than chance explains (I² {record.estimate or 0:.0%})."


CHECK = Check(
    "DC28",
    "sites that differ, or one that decides",
    "patients of one hospital are treated and coded alike; a result that rests on a few hospitals is theirs",
    "Compare within sites (stratify), show the estimate with each site left out, and the meta-analysis of the sites.",
    "warning",
    result=result,
)

"""Counts for people who try out criteria: over a live network, again and again, masked and rounded.

Rounded to tens, on top of the masks: between two counts that differ by a criterion, a difference of a few persons does not show.
"""

from __future__ import annotations

from dataclasses import replace

from equipoise.kernel.masked import Count
from equipoise.network.hub.analysis.conduct import CohortCounted
from equipoise.results.study_result import FlowStep, SiteOutcome

TENS = 10


def rounded(counted: CohortCounted) -> CohortCounted:
    """Every count to the nearest ten (halves up); a masked one stays masked."""
    return replace(counted, flow=tuple(map(_step, counted.flow)), sites=tuple(map(_site, counted.sites)))


def to_tens(count: Count) -> Count:
    """One count."""
    return (count + TENS // 2) // TENS * TENS if isinstance(count, int) else count


def _step(step: FlowStep) -> FlowStep:
    return replace(
        step,
        n=to_tens(step.n),
        excluded=to_tens(step.excluded),
        n_target=to_tens(step.n_target),
        n_comparator=to_tens(step.n_comparator),
    )


def _site(site: SiteOutcome) -> SiteOutcome:
    target, comparator = site.n_target, site.n_comparator
    return replace(
        site,
        n_target=None if target is None else to_tens(target),
        n_comparator=None if comparator is None else to_tens(comparator),
    )

"""The chapter of how arms are spread over sites."""

from __future__ import annotations

from dataclasses import dataclass, replace

from equipoise.estimators.site_mix.hub import SiteMixHub
from equipoise.estimators.site_mix.summary import SiteMixResult
from equipoise.guard.counts import MaskedCounts
from equipoise.guard.rules import small as is_small
from equipoise.network.hub.analysis.people import People
from equipoise.network.hub.chapter import Stage
from equipoise.network.hub.rounds import Job, run_job
from equipoise.network.wire.views import View
from equipoise.results.study_result import SiteMix, StudyResult

DIGITS = 2
"""The share is told in whole percents: with the arms' sizes it then gives no count away that a threshold would hide."""


@dataclass(frozen=True, slots=True)
class SiteMixChapter:
    """Sites with one arm only, and large sites."""

    found: SiteMixResult

    def enter(self, people: People) -> None:
        """See `Chapter.enter`; no count is shown."""

    def write(self, people: People, masked: MaskedCounts, result: StudyResult) -> StudyResult:  # noqa: ARG002
        """See `Chapter.write`. The share is not told when it speaks of a few persons, on either side of it."""
        found, policy = self.found, people.census.policy
        alone, others = sum(found.alone), sum(found.persons) - sum(found.alone)
        small = any(is_small(n, policy) for n in (alone, others))
        share = None if small or not sum(found.persons) else round(found.share_alone, DIGITS)
        mix = SiteMix(found.sites, found.both, share, found.above[1], found.above[0], found.share)
        return replace(result, site_mix=mix)


def open_site_mix(stage: Stage) -> SiteMixChapter:
    """Ask for the counts."""
    return SiteMixChapter(run_job(stage.talk, stage.setting, Job("site_mix", SiteMixHub(), View())))

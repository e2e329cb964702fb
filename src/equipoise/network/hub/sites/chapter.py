"""The chapter of sites: what each says of the effect, and what the others say without it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from equipoise.estimators.cox.summary import CoxResult
from equipoise.guard.counts import MaskedCounts
from equipoise.network.hub.analysis.flow import last_step, site_cell
from equipoise.network.hub.analysis.people import People
from equipoise.network.hub.chapter import Stage
from equipoise.network.hub.rounds import Failed
from equipoise.network.hub.sites.estimation import SiteFindings, estimate_sites
from equipoise.network.hub.sites.masked_parts import masked_parts
from equipoise.network.hub.sites.parts import parts_of, site_parts
from equipoise.network.hub.sites.records import site_notes, site_records
from equipoise.network.wire.messages import Part
from equipoise.results.study_result import StudyResult


@dataclass(frozen=True, slots=True)
class SiteChapter:
    """What was found, the sites that have patients, and the one-stage model that it stands beside."""

    found: SiteFindings
    sites: tuple[Part, ...]
    one_stage: CoxResult | Failed

    def enter(self, people: People) -> None:
        """See `Chapter.enter`: the sites' persons, where pooled rows have not had them entered."""
        if not self.found.parts.alone or any(site_cell(part.site, "target") in people.table.cells for part in self.sites):
            return
        for arm in ("target", "comparator"):
            cells = [people.table.cell(site_cell(part.site, arm), getattr(part, arm), -1) for part in self.sites]
            people.table.sum(last_step(people.census, arm), *cells)

    def write(self, people: People, masked: MaskedCounts, result: StudyResult) -> StudyResult:
        """See `Chapter.write`."""
        records = tuple(site_records(people.plan.study, self.found, self.one_stage, masked))
        notes = site_notes(self.found, len(self.sites))
        return replace(result, records=(*result.records, *records), notes=(*result.notes, *notes))


def open_sites(stage: Stage) -> SiteChapter | None:
    """Ask for the study's first outcome; None when the study asks nothing of sites."""
    study = stage.plan.study
    if not study.analysis.sites or study.primary is None:
        return None
    if stage.talk.session:
        sites, shown = masked_parts(stage)
    else:
        sites = parts_of(stage.census)
        shown = site_parts(sites, stage.census.policy, stage.talk.study_hash)
    found = estimate_sites(stage, study.primary.name, shown)
    one_stage = next(one.cox for one in stage.effects.outcomes if (one.outcome, one.adjustment) == (found.outcome, found.adjustment))
    return SiteChapter(found, sites, one_stage)

"""The network's cohort: who is left after each step, what the code sets found, on which terms each site takes part."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from equipoise.guard.policy import Policy, strictest
from equipoise.network.hub.conversation import Conversation
from equipoise.network.hub.errors import ODD_SUMMARY
from equipoise.network.hub.masking import cohort_totals, open_session
from equipoise.network.hub.sessions.asking import SessionCensus, take_sessions
from equipoise.network.hub.transport import Progress
from equipoise.network.wire.masked import CohortTotals
from equipoise.network.wire.messages import Count, Hello, Prepare, Prepared, Welcome
from equipoise.study.model import Study


@dataclass(frozen=True, slots=True)
class Census:
    """What the sites said of their cohorts, by site. Read `attrition` and `code_records` as sums only.

    totals: what was added under masks; then the parts in `prepared` of sites that share sums only are 0.
    """

    welcomes: Mapping[str, Welcome]
    prepared: Mapping[str, Prepared]
    sessions: SessionCensus | None = None
    """How index sessions were classified; None for a study without sessions."""
    totals: CohortTotals | None = None

    def of(self, sites: tuple[str, ...]) -> Census:
        """The part of some of the sites."""
        sessions = self.sessions.of(sites) if self.sessions else None
        return Census({site: self.welcomes[site] for site in sites}, {site: self.prepared[site] for site in sites}, sessions)

    @property
    def labels(self) -> tuple[str, ...]:
        """The steps' labels."""
        return next(iter(self.prepared.values())).labels

    @property
    def attrition(self) -> NDArray[np.int64]:
        """(steps, 3) persons left in all, target, comparator, over the network."""
        if self.totals is not None:
            return self.totals.attrition
        return np.asarray(np.stack([site.attrition for site in self.prepared.values()]).sum(axis=0), dtype=np.int64)

    @property
    def code_records(self) -> NDArray[np.int64]:
        """(sets,) records over the network."""
        if self.totals is not None:
            return self.totals.code_records
        return np.asarray(np.stack([site.code_records for site in self.prepared.values()]).sum(axis=0), dtype=np.int64)

    @property
    def policy(self) -> Policy:
        """The terms that break none of the sites'."""
        return strictest(
            Policy(w.share, w.minimum_count, w.masking, minimum_sites=w.minimum_sites, curves=w.curves) for w in self.welcomes.values()
        )


def take_census(talk: Conversation, study: Study, progress: Progress, *, tables: bool) -> Census:
    """Tell every site the study and ask for its counts; with `tables`, have it build its analysis table too."""
    welcomes = talk.ask("hello", Hello(study.model_dump_json()), Welcome)
    stage, total = "tables" if tables else "cohorts", len(talk.sites)
    progress(stage, 0, total)
    answered: Callable[[int], None] = lambda done: progress(stage, done, total)  # noqa: E731
    prepared = talk.ask("prepare", Prepare(), Prepared, answered) if tables else talk.ask("count", Count(), Prepared, answered)
    _drop_odd_ones(talk, prepared)
    sessions = take_sessions(talk, study.classification) if study.classification else None
    return Census(welcomes, prepared, sessions).of(talk.sites)


def settle(talk: Conversation, found: Census) -> Census:
    """The census of the sites that are left; where some share sums only, with totals under the masks of a new session.

    Raises SitesLostError when a site fails meanwhile.
    """
    talk.secure_sites = frozenset(site for site, welcome in found.welcomes.items() if welcome.share == "secure-sums")
    open_session(talk, found.welcomes)
    if not talk.session:
        return found.of(talk.sites)
    totals = cohort_totals(talk)
    here = found.of(talk.sites)
    return replace(here, totals=totals, sessions=replace(here.sessions, added=tuple(totals.sessions.tolist())) if here.sessions else None)


def _drop_odd_ones(talk: Conversation, prepared: Mapping[str, Prepared]) -> None:
    """Leave out sites that counted other steps or sets than the first."""
    first = next(iter(prepared.values()))
    for site, counts in prepared.items():
        same = counts.labels == first.labels and counts.attrition.shape == (len(counts.labels), 3)
        if not same or len(counts.code_records) != len(first.code_records) or len(counts.codes) != len(first.codes):
            talk.drop(site, ODD_SUMMARY.error("it counted other steps or other code sets"))

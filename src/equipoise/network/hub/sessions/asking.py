"""Asking the sites how their index sessions were classified, and leaving out those that the study's rule leaves out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from equipoise.cohort.session_counts import Measure, measures
from equipoise.kernel.errors import EquipoiseError
from equipoise.network.hub.conversation import Conversation
from equipoise.network.hub.errors import ODD_SUMMARY
from equipoise.network.wire.codec import decode
from equipoise.network.wire.sessions import Sessions, SessionsTold, SessionSummary
from equipoise.study.model import Classification


@dataclass(frozen=True, slots=True)
class SessionCensus:
    """Counts by site, in the order of `measures`, and the treatments that are not observable at each site left out."""

    measures: tuple[Measure, ...]
    counts: Mapping[str, tuple[int, ...]]
    left_out: Mapping[str, tuple[str, ...]]
    added: tuple[int, ...] | None = None
    """(m,) over the sites, where they were added under masks: then some are missing in `counts`."""

    def of(self, sites: tuple[str, ...]) -> SessionCensus:
        """The counts of some of the sites."""
        return SessionCensus(self.measures, {site: self.counts[site] for site in sites if site in self.counts}, self.left_out)

    @property
    def totals(self) -> tuple[int, ...]:
        """(m,) over the sites."""
        if self.added is not None:
            return self.added
        return tuple(sum(column) for column in zip(*self.counts.values(), strict=True))


def take_sessions(talk: Conversation, classes: Classification) -> SessionCensus:
    """The sites' counts. A pooled site has left out others before it answers: it names them, and stays."""
    wanted = measures(classes)
    counts: dict[str, tuple[int, ...]] = {}
    left_out: dict[str, tuple[str, ...]] = {}
    for site, told in talk.ask("sessions", Sessions(), SessionsTold).items():
        try:
            if told.summary:
                counts[site] = _read(told, len(wanted))
        except EquipoiseError as error:
            talk.drop(site, error)
            continue
        for one in told.left_out:
            left_out[one.site] = one.treatments
            talk.leave_out(one.site)
    return SessionCensus(wanted, counts, left_out).of(talk.sites)


def _read(told: SessionsTold, length: int) -> tuple[int, ...]:
    count = decode(told.summary, SessionSummary).count
    if count.shape != (length,) or np.any(count < 0):
        raise ODD_SUMMARY.error("it counted other classes of sessions")
    return tuple(int(n) for n in count)

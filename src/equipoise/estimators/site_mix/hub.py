"""The mixture of arms over sites, in two rounds: sizes first, then how many sites hold a large share of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equipoise.estimators.shape import Again, Done
from equipoise.estimators.site_mix.summary import SiteMixAsk, SiteMixResult, SiteMixSummary


@dataclass(frozen=True, slots=True)
class SiteMixHub:
    """Settings: the share of an arm, in (0, 1), that makes a site a large one."""

    share: float = 0.25

    def first(self) -> SiteMixAsk:
        """How many."""
        return SiteMixAsk()

    def finish(self, ask: SiteMixAsk, total: SiteMixSummary) -> Again[SiteMixAsk] | Done[SiteMixResult]:
        """The second question, then the counts."""
        if ask.above is None:
            return Again(SiteMixAsk(np.floor(self.share * total.persons + 1e-9).astype(np.int64)))
        persons, alone, above = ((int(n[0]), int(n[1])) for n in (total.persons, total.alone, total.above))
        return Done(SiteMixResult(int(total.sites[0]), int(total.both[0]), persons, alone, above, self.share))

"""Clones: every person under every strategy, as long as the data do not contradict it.

A strategy is a label: to begin its class within the grace period and no class of higher priority, or, for the last label, to begin none.
The arm is fixed. What contradicts a strategy: a class of higher priority, at the index or begun in the grace period; or, at the end of
the grace period, that the class was not begun. So a person who is followed past the grace period is left with exactly one clone, of the
label that the window up to the grace's end would give; one who dies before counts in every strategy not contradicted by then.
Contradictions are acted on at the end of each week, and at the end of the grace period.
Source: Cain et al., Int J Biostat 2010;6(2):18; Hernan, BMJ 2018;360:k182; Maringe et al., Int J Epidemiol 2020;49:1719.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equipoise.estimators.data import Floats, Ints
from equipoise.network.site.combination.exposures import Bools, Exposures
from equipoise.network.site.combination.layout import Followed, Laid
from equipoise.network.wire.combination import WEEK


def boundaries(grace: int) -> Floats:
    """(w + 1,) day 0 and the days on which weeks of the grace period end, the last of them its own end."""
    return np.append(np.arange(0.0, grace, WEEK), float(grace))


@dataclass(frozen=True, slots=True)
class Clones:
    """m clones of one strategy, one a person at risk. out: (m,) the boundary at which the data contradict it, as a place in
    `boundaries` (0: at the index); beyond the last for never. late: (m,) whether it is contradicted by not having been begun."""

    strategy: int
    of: Followed
    out: Ints
    late: Bools
    edges: Floats

    @property
    def ends(self) -> Floats:
        """(m,) the day of artificial censoring; infinity without."""
        day = np.append(self.edges, np.inf)[self.out]
        return np.where(self.late & np.isinf(day), self.edges[-1], day)

    @property
    def there(self) -> Bools:
        """(m,) not contradicted at the index."""
        return self.out > 0

    def laid(self) -> Laid:
        """A row for each clone that is there, up to its artificial censoring."""
        there, ends = self.there, self.ends
        time = np.minimum(self.of.time, ends)[there]
        event = np.where(self.of.time <= ends, self.of.event, 0)[there]
        return Laid(self.of.who[there], time, event, np.full(len(time), self.strategy, dtype=np.int64), pieces=True)


def clone(of: Followed, exposures: Exposures, strategy: int, grace: int) -> Clones:
    """The clones of one strategy."""
    edges = boundaries(grace)
    contradicted = exposures.overtaken(strategy)[of.who]
    begun = exposures.begins(strategy)[of.who]
    return Clones(strategy, of, np.searchsorted(edges, contradicted).astype(np.int64), begun > grace, edges)

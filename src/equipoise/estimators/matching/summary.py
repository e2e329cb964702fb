"""What crosses the border for matching: de-identified rows. The only summary that is not a sum; a site sends it if its policy lets it.

Letters: n people.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from equipoise.estimators.data import Floats, Ints
from equipoise.estimators.matching.greedy import Order
from equipoise.estimators.shape import Additive, disclosed

Tokens = NDArray[np.uint64]


@dataclass(frozen=True)
class MatchRowsData:
    """A site's people. token: (n,) uint64 from `tokens`. score: (n,) propensity score in (0, 1). treated: (n,) 1 target, 0 comparator."""

    token: Tokens
    score: Floats
    treated: Ints


@dataclass(frozen=True)
class MatchRowsAsk:
    """Send a row a person: token, arm, and the score as it is or its logit."""

    scale: str


@dataclass(frozen=True)
class MatchRowsSummary(Additive):
    """One row a person; `+` puts the rows of two sites one after the other. Policy class `rows`: needs `deidentified-rows`."""

    token: Tokens = disclosed("rows", "(n,)", "keyed hash that stands for the person")
    score: Floats = disclosed("rows", "(n,)", "propensity score or its logit")
    treated: Ints = disclosed("rows", "(n,)", "arm: 1 target, 0 comparator")

    def __add__(self, other: MatchRowsSummary) -> MatchRowsSummary:
        """Both sites' rows."""
        if not isinstance(other, MatchRowsSummary):
            return NotImplemented
        return MatchRowsSummary(
            np.concatenate([self.token, other.token]),
            np.concatenate([self.score, other.score]),
            np.concatenate([self.treated, other.treated]),
        )

    def in_order(self) -> MatchRowsSummary:
        """The rows by score, then token, so that the order of sites and people cannot matter."""
        order = np.lexsort((self.token, self.score))
        return MatchRowsSummary(self.token[order], self.score[order], self.treated[order])

    def is_close(self, other: Additive, rtol: float = 1e-12) -> bool:
        """Whether both hold the same rows, in any order."""
        if not isinstance(other, MatchRowsSummary) or len(self.token) != len(other.token):
            return False
        mine, theirs = self.in_order(), other.in_order()
        same = np.array_equal(mine.token, theirs.token) and np.array_equal(mine.treated, theirs.treated)
        return same and bool(np.allclose(mine.score, theirs.score, rtol=rtol, atol=1e-12))


@dataclass(frozen=True)
class MatchRowsResult:
    """Matched people: token (m,) uint64 and the number of their matched set (m,) from 0; weight (m,): 1, or the partner's share.

    `caliper` is on the scale of the score. Each site finds its own people by their tokens; the others tell it nothing.
    """

    token: Tokens
    pair: Ints
    weight: Floats
    n_target: int
    n_comparator: int
    n_matched_target: int
    n_matched_comparator: int
    caliper: float | None
    scale: str
    order: Order

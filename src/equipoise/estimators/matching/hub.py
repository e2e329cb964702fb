"""Greedy matching of pooled, de-identified rows: the way of the closed platforms, where every site's policy lets rows be pooled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from equipoise.estimators.errors import NO_PEOPLE
from equipoise.estimators.matching.greedy import MatchRule, Order, greedy_match
from equipoise.estimators.matching.summary import MatchRowsAsk, MatchRowsResult, MatchRowsSummary
from equipoise.estimators.matching.weights import pair_weights
from equipoise.estimators.shape import Done


@dataclass(frozen=True, slots=True)
class MatchRowsHub:
    """Settings: partners a focal person, caliper in standard deviations of the score over all people (None for none), scale `logit` or
    `score`, who chooses first, the seed of a random order, and whose people choose: the `smaller` arm's or the `target` arm's.

    Where the larger arm chooses, the first comers use up the near partners, and all later pairs differ in the same direction.
    """

    ratio: int = 1
    caliper_sd: float | None = 0.2
    scale: str = "logit"
    order: Order = "largest"
    seed: int = 1
    focal: Literal["smaller", "target"] = "smaller"

    def first(self) -> MatchRowsAsk:
        """The only question."""
        return MatchRowsAsk(self.scale)

    def finish(self, _ask: MatchRowsAsk, total: MatchRowsSummary) -> Done[MatchRowsResult]:
        """Matched tokens with the numbers of their sets. Raises EQ-EST-105 when an arm is empty."""
        rows = total.in_order()
        n_target = int((rows.treated == 1).sum())
        if not 0 < n_target < len(rows.treated):
            raise NO_PEOPLE.error("matching needs people in both arms")
        caliper = None if self.caliper_sd is None else self.caliper_sd * float(rows.score.std(ddof=1))
        turned = self.focal == "smaller" and 2 * n_target > len(rows.treated)
        score, chooses = (-rows.score, 1 - rows.treated) if turned else (rows.score, rows.treated)
        pairs = greedy_match(score, chooses, MatchRule(self.ratio, caliper, self.order, seed=self.seed))
        matched, number = np.unique(pairs.focal, return_inverse=True)
        people = np.concatenate([matched, pairs.partner])
        return Done(
            MatchRowsResult(
                token=rows.token[people],
                pair=np.concatenate([np.arange(len(matched)), number]).astype(np.int64),
                weight=pair_weights(pairs, len(rows.token))[people],
                n_target=n_target,
                n_comparator=len(rows.treated) - n_target,
                n_matched_target=int(rows.treated[people].sum()),
                n_matched_comparator=int((1 - rows.treated[people]).sum()),
                caliper=caliper,
                scale=self.scale,
                order=self.order,
            )
        )

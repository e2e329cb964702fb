"""Means, variances and effective sample sizes from sums."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equipoise.estimators.data import Floats
from equipoise.estimators.moments.summary import MomentsAsk, MomentsResult, MomentsSummary
from equipoise.estimators.shape import Done


@dataclass(frozen=True)
class MomentsHub:
    """Settings: `shift` (p,) is a value near each column's centre; the result does not depend on it, its last digits do."""

    n_groups: int
    n_columns: int
    shift: Floats | None = None

    def first(self) -> MomentsAsk:
        """The only question."""
        return MomentsAsk(self.n_groups, np.zeros(self.n_columns) if self.shift is None else np.asarray(self.shift, dtype=np.float64))

    def finish(self, ask: MomentsAsk, total: MomentsSummary) -> Done[MomentsResult]:
        """Means and variances by group and column."""
        n = total.n.astype(np.float64)
        mean, variance = _moments(total.w, total.ww, total.wx, total.wxx)
        crude_mean, crude_variance = _moments(n, n, total.x, total.xx)
        return Done(
            MomentsResult(
                group_n=total.group_n,
                group_weighted=total.group_weighted,
                sum_of_weights=total.group_w,
                effective_n=_ratio(total.group_w**2, total.group_ww),
                n=total.n,
                missing=total.missing,
                weight=total.w,
                mean=mean + ask.shift,
                variance=variance,
                crude_mean=crude_mean + ask.shift,
                crude_variance=crude_variance,
            )
        )


def _moments(w: Floats, ww: Floats, wx: Floats, wxx: Floats) -> tuple[Floats, Floats]:
    mean = _ratio(wx, w)
    spread = np.maximum(wxx - w * mean**2, 0.0)
    return mean, _ratio(spread, w - _ratio(ww, w))


def _ratio(top: Floats, bottom: Floats) -> Floats:
    """The quotient, NaN where the divisor is not above 0."""
    positive = bottom > 1e-12
    return np.where(positive, top / np.where(positive, bottom, 1.0), np.nan)

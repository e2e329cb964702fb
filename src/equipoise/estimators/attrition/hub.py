"""The flow diagram's counts over the network."""

from __future__ import annotations

from dataclasses import dataclass

from equipoise.estimators.attrition.summary import AttritionAsk, AttritionResult, AttritionSummary
from equipoise.estimators.shape import Done


@dataclass(frozen=True, slots=True)
class AttritionHub:
    """Settings: how many steps the study has, the index event included."""

    n_steps: int

    def first(self) -> AttritionAsk:
        """The only question."""
        return AttritionAsk(self.n_steps)

    def finish(self, _ask: AttritionAsk, total: AttritionSummary) -> Done[AttritionResult]:
        """The counts, summed."""
        return Done(AttritionResult(total.n, total.n_target, total.n_comparator))

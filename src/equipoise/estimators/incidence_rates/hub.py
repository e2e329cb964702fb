"""Incidence rates from sums."""

from __future__ import annotations

from dataclasses import dataclass

from equipoise.estimators.incidence_rates.summary import RatesAsk, RatesResult, RatesSummary
from equipoise.estimators.shape import Done


@dataclass(frozen=True)
class RatesHub:
    """Settings: groups and outcomes."""

    n_groups: int
    n_outcomes: int

    def first(self) -> RatesAsk:
        """The only question."""
        return RatesAsk(self.n_groups, self.n_outcomes)

    def finish(self, _ask: RatesAsk, total: RatesSummary) -> Done[RatesResult]:
        """The rates."""
        return Done(RatesResult(total))

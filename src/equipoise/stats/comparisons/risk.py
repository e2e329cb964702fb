"""Risks and rates of two groups from columns: the two by two estimator on one data set."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from equipoise.estimators.errors import BAD_ARGUMENT
from equipoise.estimators.loop import run_local
from equipoise.estimators.two_by_two import site
from equipoise.estimators.two_by_two.hub import TwoByTwoHub
from equipoise.estimators.two_by_two.interval import Interval
from equipoise.estimators.two_by_two.summary import TwoByTwoResult
from equipoise.stats.survival_rows import Follow, Labels, survival_rows


@dataclass(frozen=True)
class Risks:
    """Risks by a horizon, and rates. `fit` has every measure by name; `groups` names the unexposed and the exposed."""

    fit: TwoByTwoResult
    groups: tuple[str, str]
    strata: tuple[str, ...]

    def summary(self) -> pd.DataFrame:
        """A row a measure and adjustment (crude, strata, weights): estimate, standard error (of the logarithm for ratios), limits."""
        fit, crude, common = self.fit, self.fit.crude, self.fit.stratified
        found: dict[tuple[str, str], Interval] = {
            ("crude", f"risk, {self.groups[1]}"): crude.risk_exposed,
            ("crude", f"risk, {self.groups[0]}"): crude.risk_unexposed,
            ("crude", "risk difference"): crude.risk_difference_newcombe,
            ("crude", "risk ratio"): crude.risk_ratio,
            ("crude", "odds ratio"): crude.odds_ratio,
        }
        if fit.rates is not None:
            found[("crude", "rate ratio")] = fit.rates.rate_ratio
            found[("crude", "rate difference")] = fit.rates.rate_difference
        if len(self.strata) > 1:
            parts = (("risk difference", common.risk_difference), ("risk ratio", common.risk_ratio), ("odds ratio", common.odds_ratio))
            found |= {("strata", name): interval for name, interval in parts}
        if fit.weighted is not None:
            found |= {("weights", "risk difference"): fit.weighted.difference, ("weights", "risk ratio"): fit.weighted.ratio}
        rows = [[part.estimate, part.se, part.lower, part.upper] for part in found.values()]
        index = pd.MultiIndex.from_tuples(list(found), names=["adjustment", "measure"])
        return pd.DataFrame(rows, index=index, columns=["estimate", "se", "lower", "upper"])

    def __repr__(self) -> str:
        crude = self.fit.crude
        people = f"{self.groups[1]}: {crude.a} of {crude.a + crude.b}; {self.groups[0]}: {crude.c} of {crude.c + crude.d}"
        return f"{people}\n\n{self.summary().to_string(float_format=lambda value: f'{value:.4g}')}"


def risk(
    time: ArrayLike,
    event: ArrayLike,
    group: Labels,
    *,
    horizon: float = float("inf"),
    strata: Labels | None = None,
    weights: ArrayLike | None = None,
    entry: ArrayLike | None = None,
    conf_level: float = 0.95,
) -> Risks:
    """Shares with an event by the horizon in two groups, their difference and ratio, odds ratio, and rates over time at risk.

    time, event, entry, weights, strata : as in `kaplan_meier`. group : two labels; the second in order is the exposed one.
    Raises EQ-EST-106.
    Misleads when: people are censored before the horizon: they count as free of the event (take `kaplan_meier` or
    `cumulative_incidence`). Weighted standard errors take the weights as known. Source: the estimator's card.
    """
    rows = survival_rows(time, event, Follow(weights, entry), group=group, strata=strata)
    if len(rows.groups) != 2:
        raise BAD_ARGUMENT.error("group must hold two labels")
    hub = TwoByTwoHub(len(rows.strata), float(horizon), conf_level)
    fit = run_local(hub, site.summarise, rows.data)
    plain = weights is None or bool(np.all(np.asarray(weights) == 1))
    return Risks(_without_weights(fit) if plain else fit, (rows.groups[0], rows.groups[1]), rows.strata)


def _without_weights(fit: TwoByTwoResult) -> TwoByTwoResult:
    return TwoByTwoResult(fit.tables, fit.person_time, fit.crude, fit.stratified, fit.rates, None)

"""Survival curves of combined arms, as far as they may be drawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from equipoise.estimators.kaplan_meier.summary import Curve
from equipoise.guard.policy import Policy
from equipoise.kernel.masked import Masked
from equipoise.network.hub.analysis.curves import closed, last_day, yearly
from equipoise.network.hub.analysis.flow import small
from equipoise.network.hub.combination.analyses import Arms
from equipoise.network.hub.combination.asking import Found
from equipoise.network.hub.combination.counting import Shown
from equipoise.results.study_result import SurvivalCurve


@dataclass(frozen=True, slots=True)
class Drawing:
    """What decides which curves are drawn, and how far."""

    arms: Arms
    shown: Shown
    policy: Policy

    def curves(self, found: Found) -> Iterator[SurvivalCurve]:
        """A curve for each combined arm whose persons are shown and whose events are not few. `adjustment` names the analysis."""
        if found.curves is None:
            return
        for code in self.arms.codes:
            persons, events = self.shown.of(found.analysis.name, "arm", code)
            few = isinstance(events, Masked) and not events.complementary
            if isinstance(persons, int) and persons and not few:
                yield self._curve(found, found.curves.arms.curve(code), code)

    def _curve(self, found: Found, curve: Curve, code: int) -> SurvivalCurve:
        counted = found.counted.arms.curve(code)
        end = last_day(counted, self.policy)
        shown, days = (curve.n_event > 0) & (curve.time <= end), yearly(self.arms.study.follow.max_days)
        persons, _ = self.shown.of(found.analysis.name, "arm", code)
        at_risk = np.rint(counted.at(days).n_risk).astype(int).tolist()
        return SurvivalCurve(
            outcome=self.arms.block.outcome,
            adjustment=found.analysis.name,
            arm=self.arms.name(code),
            time=closed(curve.time[shown], 0.0, end),
            survival=closed(curve.survival[shown], 1.0),
            lower=closed(np.nan_to_num(curve.lower[shown], nan=0.0), 1.0),
            upper=closed(np.nan_to_num(curve.upper[shown], nan=1.0), 1.0),
            censored_at=tuple(map(float, counted.time[(counted.n_censor > 0) & (counted.time <= end)])),
            at_risk_days=tuple(map(float, days)),
            at_risk=(persons or 0, *(small(n, self.policy) for n in at_risk[1:])),
        )

"""Every estimator's hub half, by name. Nothing here can reach a row.

To add one: write its folder, then one entry here and one in `site_side.py`, and a case in `tests/law/cases/`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from equipoise.estimators.cox.hub import CoxHub
from equipoise.estimators.cox.summary import CoxAsk, CoxSummary
from equipoise.estimators.kaplan_meier.hub import KaplanMeierHub
from equipoise.estimators.kaplan_meier.summary import KaplanMeierAsk, KaplanMeierSummary
from equipoise.estimators.logrank.hub import LogrankHub
from equipoise.estimators.logrank.summary import LogrankAsk, LogrankSummary


@dataclass(frozen=True, slots=True)
class HubEstimator:
    """A hub half and the types that cross the wire; `hub` is the class of its settings, with `first` and `finish`."""

    name: str
    ask_type: Any
    summary_type: Any
    hub: type


_ALL: tuple[HubEstimator, ...] = (
    HubEstimator("cox", CoxAsk, CoxSummary, CoxHub),
    HubEstimator("kaplan_meier", KaplanMeierAsk, KaplanMeierSummary, KaplanMeierHub),
    HubEstimator("logrank", LogrankAsk, LogrankSummary, LogrankHub),
)

HUB_SIDE: dict[str, HubEstimator] = {estimator.name: estimator for estimator in _ALL}

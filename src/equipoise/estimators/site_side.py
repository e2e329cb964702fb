"""Every estimator's site half, by name. Only code that may see rows imports this module.

To add one: write its folder, then one entry here and one in `hub_side.py`, and a case in `tests/law/cases/`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from equipoise.estimators.cox import site as cox
from equipoise.estimators.cox.summary import CoxAsk, CoxSummary
from equipoise.estimators.data import SurvivalData
from equipoise.estimators.kaplan_meier import site as kaplan_meier
from equipoise.estimators.kaplan_meier.summary import KaplanMeierAsk, KaplanMeierSummary
from equipoise.estimators.logrank import site as logrank
from equipoise.estimators.logrank.summary import LogrankAsk, LogrankSummary
from equipoise.estimators.shape import Additive


@dataclass(frozen=True, slots=True)
class SiteEstimator:
    """A site half and the types that cross the wire. `ask_type` and `summary_type` are a dataclass or a union of dataclasses."""

    name: str
    data_type: type
    ask_type: Any
    summary_type: Any
    summarise: Callable[[Any, Any], Additive]


_ALL: tuple[SiteEstimator, ...] = (
    SiteEstimator("cox", SurvivalData, CoxAsk, CoxSummary, cox.summarise),
    SiteEstimator("kaplan_meier", SurvivalData, KaplanMeierAsk, KaplanMeierSummary, kaplan_meier.summarise),
    SiteEstimator("logrank", SurvivalData, LogrankAsk, LogrankSummary, logrank.summarise),
)

SITE_SIDE: dict[str, SiteEstimator] = {estimator.name: estimator for estimator in _ALL}

"""Every estimator's hub half, by name. Nothing here can reach a row.

To add one: write its folder, then one entry here and one in `site_side.py`, and a case in `tests/law/cases/`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from equipoise.estimators.aalen_johansen.hub import AalenJohansenHub
from equipoise.estimators.aalen_johansen.summary import AalenJohansenAsk, AalenJohansenSummary
from equipoise.estimators.attrition.hub import AttritionHub
from equipoise.estimators.attrition.summary import AttritionAsk, AttritionSummary
from equipoise.estimators.conditional_logistic.hub import ConditionalLogisticHub
from equipoise.estimators.conditional_logistic.summary import ConditionalLogisticAsk, ConditionalLogisticSummary
from equipoise.estimators.cox.hub import CoxHub
from equipoise.estimators.cox.summary import CoxAsk, CoxSummary
from equipoise.estimators.fine_gray.hub import FineGrayHub
from equipoise.estimators.fine_gray.summary import FineGrayAsk, FineGraySummary
from equipoise.estimators.gee.hub import GeeHub
from equipoise.estimators.gee.summary import GeeAsk, GeeSummary
from equipoise.estimators.glm.hub import GlmHub
from equipoise.estimators.glm.summary import GlmAsk, GlmSummary
from equipoise.estimators.gray.hub import GrayHub
from equipoise.estimators.gray.summary import GrayAsk, GraySummary
from equipoise.estimators.histogram.hub import HistogramHub
from equipoise.estimators.histogram.summary import HistogramAsk, HistogramSummary
from equipoise.estimators.incidence_rates.hub import RatesHub
from equipoise.estimators.incidence_rates.summary import RatesAsk, RatesSummary
from equipoise.estimators.kaplan_meier.hub import KaplanMeierHub
from equipoise.estimators.kaplan_meier.summary import KaplanMeierAsk, KaplanMeierSummary
from equipoise.estimators.logistic.hub import LogisticHub
from equipoise.estimators.logistic.summary import LogisticAsk, LogisticSummary
from equipoise.estimators.logrank.hub import LogrankHub
from equipoise.estimators.logrank.summary import LogrankAsk, LogrankSummary
from equipoise.estimators.matching.hub import MatchRowsHub
from equipoise.estimators.matching.summary import MatchRowsAsk, MatchRowsSummary
from equipoise.estimators.means.hub import MeansHub
from equipoise.estimators.means.summary import MeansAsk, MeansSummary
from equipoise.estimators.moments.hub import MomentsHub
from equipoise.estimators.moments.summary import MomentsAsk, MomentsSummary
from equipoise.estimators.parametric_aft.hub import ParametricAftHub
from equipoise.estimators.parametric_aft.summary import ParametricAftAsk, ParametricAftSummary
from equipoise.estimators.quantiles.hub import QuantilesHub
from equipoise.estimators.quantiles.summary import QuantilesAsk, QuantilesSummary
from equipoise.estimators.score_bins.hub import ScoreBinsHub
from equipoise.estimators.score_bins.summary import ScoreBinsAsk, ScoreBinsSummary
from equipoise.estimators.site_mix.hub import SiteMixHub
from equipoise.estimators.site_mix.summary import SiteMixAsk, SiteMixSummary
from equipoise.estimators.two_by_two.hub import TwoByTwoHub
from equipoise.estimators.two_by_two.summary import TwoByTwoAsk, TwoByTwoSummary


@dataclass(frozen=True, slots=True)
class HubEstimator:
    """A hub half and the types that cross the wire; `hub` is the class of its settings, with `first` and `finish`."""

    name: str
    ask_type: Any
    summary_type: Any
    hub: type


_ALL: tuple[HubEstimator, ...] = (
    HubEstimator("aalen_johansen", AalenJohansenAsk, AalenJohansenSummary, AalenJohansenHub),
    HubEstimator("attrition", AttritionAsk, AttritionSummary, AttritionHub),
    HubEstimator("conditional_logistic", ConditionalLogisticAsk, ConditionalLogisticSummary, ConditionalLogisticHub),
    HubEstimator("cox", CoxAsk, CoxSummary, CoxHub),
    HubEstimator("fine_gray", FineGrayAsk, FineGraySummary, FineGrayHub),
    HubEstimator("gee", GeeAsk, GeeSummary, GeeHub),
    HubEstimator("glm", GlmAsk, GlmSummary, GlmHub),
    HubEstimator("gray", GrayAsk, GraySummary, GrayHub),
    HubEstimator("histogram", HistogramAsk, HistogramSummary, HistogramHub),
    HubEstimator("incidence_rates", RatesAsk, RatesSummary, RatesHub),
    HubEstimator("kaplan_meier", KaplanMeierAsk, KaplanMeierSummary, KaplanMeierHub),
    HubEstimator("logistic", LogisticAsk, LogisticSummary, LogisticHub),
    HubEstimator("logrank", LogrankAsk, LogrankSummary, LogrankHub),
    HubEstimator("match_rows", MatchRowsAsk, MatchRowsSummary, MatchRowsHub),
    HubEstimator("means", MeansAsk, MeansSummary, MeansHub),
    HubEstimator("moments", MomentsAsk, MomentsSummary, MomentsHub),
    HubEstimator("parametric_aft", ParametricAftAsk, ParametricAftSummary, ParametricAftHub),
    HubEstimator("quantiles", QuantilesAsk, QuantilesSummary, QuantilesHub),
    HubEstimator("score_bins", ScoreBinsAsk, ScoreBinsSummary, ScoreBinsHub),
    HubEstimator("site_mix", SiteMixAsk, SiteMixSummary, SiteMixHub),
    HubEstimator("two_by_two", TwoByTwoAsk, TwoByTwoSummary, TwoByTwoHub),
)

HUB_SIDE: dict[str, HubEstimator] = {estimator.name: estimator for estimator in _ALL}

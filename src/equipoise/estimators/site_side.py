"""Every estimator's site half, by name. Only code that may see rows imports this module.

To add one: write its folder, then one entry here and one in `hub_side.py`, and a case in `tests/law/cases/`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from equipoise.estimators.aalen_johansen import site as aalen_johansen
from equipoise.estimators.aalen_johansen.summary import AalenJohansenAsk, AalenJohansenSummary
from equipoise.estimators.attrition import site as attrition
from equipoise.estimators.attrition.summary import AttritionAsk, AttritionData, AttritionSummary
from equipoise.estimators.conditional_logistic import site as conditional_logistic
from equipoise.estimators.conditional_logistic.summary import ConditionalLogisticAsk, ConditionalLogisticSummary
from equipoise.estimators.cox import site as cox
from equipoise.estimators.cox.summary import CoxAsk, CoxSummary
from equipoise.estimators.data import CovariateData, ModelData, SurvivalData
from equipoise.estimators.fine_gray import site as fine_gray
from equipoise.estimators.fine_gray.summary import FineGrayAsk, FineGraySummary
from equipoise.estimators.gee import site as gee
from equipoise.estimators.gee.summary import GeeAsk, GeeSummary
from equipoise.estimators.glm import site as glm
from equipoise.estimators.glm.summary import GlmAsk, GlmSummary
from equipoise.estimators.gray import site as gray
from equipoise.estimators.gray.summary import GrayAsk, GraySummary
from equipoise.estimators.histogram import site as histogram
from equipoise.estimators.histogram.summary import HistogramAsk, HistogramSummary
from equipoise.estimators.incidence_rates import site as incidence_rates
from equipoise.estimators.incidence_rates.summary import RatesAsk, RatesSummary
from equipoise.estimators.kaplan_meier import site as kaplan_meier
from equipoise.estimators.kaplan_meier.summary import KaplanMeierAsk, KaplanMeierSummary
from equipoise.estimators.logistic import site as logistic
from equipoise.estimators.logistic.summary import LogisticAsk, LogisticSummary
from equipoise.estimators.logrank import site as logrank
from equipoise.estimators.logrank.summary import LogrankAsk, LogrankSummary
from equipoise.estimators.matching import site as matching
from equipoise.estimators.matching.summary import MatchRowsAsk, MatchRowsData, MatchRowsSummary
from equipoise.estimators.means import site as means
from equipoise.estimators.means.summary import MeansAsk, MeansSummary
from equipoise.estimators.moments import site as moments
from equipoise.estimators.moments.summary import MomentsAsk, MomentsSummary
from equipoise.estimators.parametric_aft import site as parametric_aft
from equipoise.estimators.parametric_aft.summary import ParametricAftAsk, ParametricAftSummary
from equipoise.estimators.quantiles import site as quantiles
from equipoise.estimators.quantiles.summary import QuantilesAsk, QuantilesSummary
from equipoise.estimators.score_bins import site as score_bins
from equipoise.estimators.score_bins.summary import ScoreBinsAsk, ScoreBinsSummary
from equipoise.estimators.shape import Additive
from equipoise.estimators.site_mix import site as site_mix
from equipoise.estimators.site_mix.summary import SiteMixAsk, SiteMixSummary
from equipoise.estimators.two_by_two import site as two_by_two
from equipoise.estimators.two_by_two.summary import TwoByTwoAsk, TwoByTwoSummary


@dataclass(frozen=True, slots=True)
class SiteEstimator:
    """A site half and the types that cross the wire. `ask_type` and `summary_type` are a dataclass or a union of dataclasses."""

    name: str
    data_type: type
    ask_type: Any
    summary_type: Any
    summarise: Callable[[Any, Any], Additive]


_ALL: tuple[SiteEstimator, ...] = (
    SiteEstimator("aalen_johansen", SurvivalData, AalenJohansenAsk, AalenJohansenSummary, aalen_johansen.summarise),
    SiteEstimator("attrition", AttritionData, AttritionAsk, AttritionSummary, attrition.summarise),
    SiteEstimator("conditional_logistic", ModelData, ConditionalLogisticAsk, ConditionalLogisticSummary, conditional_logistic.summarise),
    SiteEstimator("cox", SurvivalData, CoxAsk, CoxSummary, cox.summarise),
    SiteEstimator("fine_gray", SurvivalData, FineGrayAsk, FineGraySummary, fine_gray.summarise),
    SiteEstimator("gee", ModelData, GeeAsk, GeeSummary, gee.summarise),
    SiteEstimator("glm", ModelData, GlmAsk, GlmSummary, glm.summarise),
    SiteEstimator("gray", SurvivalData, GrayAsk, GraySummary, gray.summarise),
    SiteEstimator("histogram", CovariateData, HistogramAsk, HistogramSummary, histogram.summarise),
    SiteEstimator("incidence_rates", CovariateData, RatesAsk, RatesSummary, incidence_rates.summarise),
    SiteEstimator("kaplan_meier", SurvivalData, KaplanMeierAsk, KaplanMeierSummary, kaplan_meier.summarise),
    SiteEstimator("logistic", ModelData, LogisticAsk, LogisticSummary, logistic.summarise),
    SiteEstimator("logrank", SurvivalData, LogrankAsk, LogrankSummary, logrank.summarise),
    SiteEstimator("match_rows", MatchRowsData, MatchRowsAsk, MatchRowsSummary, matching.summarise),
    SiteEstimator("means", CovariateData, MeansAsk, MeansSummary, means.summarise),
    SiteEstimator("moments", CovariateData, MomentsAsk, MomentsSummary, moments.summarise),
    SiteEstimator("parametric_aft", SurvivalData, ParametricAftAsk, ParametricAftSummary, parametric_aft.summarise),
    SiteEstimator("quantiles", CovariateData, QuantilesAsk, QuantilesSummary, quantiles.summarise),
    SiteEstimator("score_bins", CovariateData, ScoreBinsAsk, ScoreBinsSummary, score_bins.summarise),
    SiteEstimator("site_mix", ModelData, SiteMixAsk, SiteMixSummary, site_mix.summarise),
    SiteEstimator("two_by_two", SurvivalData, TwoByTwoAsk, TwoByTwoSummary, two_by_two.summarise),
)

SITE_SIDE: dict[str, SiteEstimator] = {estimator.name: estimator for estimator in _ALL}

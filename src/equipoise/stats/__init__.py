"""Each estimator on one data set in memory: array-likes and data frames in, a frozen result out, with a summary and a plain repr."""

from equipoise.stats.balance import balance
from equipoise.stats.comparisons.evidence import (
    detectable_hazard_ratio,
    e_value,
    effects,
    empirical_calibration,
    meta_analysis,
    meta_bias,
    meta_mh,
    meta_peto,
    meta_regression,
    p_adjust,
    power_means,
    power_proportions,
    power_survival,
)
from equipoise.stats.comparisons.risk import risk
from equipoise.stats.comparisons.tables import (
    contingency,
    contingency_table,
    direct_standardisation,
    mantel_haenszel,
    mantel_haenszel_tables,
    rate_ratio,
    table_2x2,
)
from equipoise.stats.comparisons.tests import paired_tests, two_sample_tests
from equipoise.stats.competing_risks import cumulative_incidence, fine_gray, gray_test
from equipoise.stats.large_propensity import large_propensity
from equipoise.stats.matching import match, match_coarsened, match_exactly, match_in_bins, subclassify
from equipoise.stats.models.conditional_logistic import conditional_logistic
from equipoise.stats.models.cox_exact import cox_exact
from equipoise.stats.models.elastic_net import elastic_net
from equipoise.stats.models.gee import gee
from equipoise.stats.models.parametric_aft import parametric_aft
from equipoise.stats.models.profile import profile_interval
from equipoise.stats.propensity import propensity, weight
from equipoise.stats.regression import brier_score, c_statistic, glm, logistic
from equipoise.stats.survival import cox, kaplan_meier, logrank, rmst

__all__ = [
    "balance",
    "brier_score",
    "c_statistic",
    "conditional_logistic",
    "contingency",
    "contingency_table",
    "cox",
    "cox_exact",
    "cumulative_incidence",
    "detectable_hazard_ratio",
    "direct_standardisation",
    "e_value",
    "effects",
    "elastic_net",
    "empirical_calibration",
    "fine_gray",
    "gee",
    "glm",
    "gray_test",
    "kaplan_meier",
    "large_propensity",
    "logistic",
    "logrank",
    "mantel_haenszel",
    "mantel_haenszel_tables",
    "match",
    "match_coarsened",
    "match_exactly",
    "match_in_bins",
    "meta_analysis",
    "meta_bias",
    "meta_mh",
    "meta_peto",
    "meta_regression",
    "p_adjust",
    "paired_tests",
    "parametric_aft",
    "power_means",
    "power_proportions",
    "power_survival",
    "profile_interval",
    "propensity",
    "rate_ratio",
    "risk",
    "rmst",
    "subclassify",
    "table_2x2",
    "two_sample_tests",
    "weight",
]

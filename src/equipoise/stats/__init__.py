"""Each estimator on one data set in memory: array-likes and data frames in, a frozen result out, with a summary and a plain repr."""

from equipoise.stats.balance import balance
from equipoise.stats.matching import match, match_coarsened, match_exactly, subclassify
from equipoise.stats.propensity import propensity, weight
from equipoise.stats.regression import brier_score, c_statistic, glm, logistic
from equipoise.stats.survival import cox, kaplan_meier, logrank, rmst
from equipoise.stats.tables import (
    contingency,
    contingency_table,
    direct_standardisation,
    mantel_haenszel,
    mantel_haenszel_tables,
    rate_ratio,
    table_2x2,
)

__all__ = [
    "balance",
    "brier_score",
    "c_statistic",
    "contingency",
    "contingency_table",
    "cox",
    "direct_standardisation",
    "glm",
    "kaplan_meier",
    "logistic",
    "logrank",
    "mantel_haenszel",
    "mantel_haenszel_tables",
    "match",
    "match_coarsened",
    "match_exactly",
    "propensity",
    "rate_ratio",
    "rmst",
    "subclassify",
    "table_2x2",
    "weight",
]

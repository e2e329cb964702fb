"""Each estimator on one data set in memory: array-likes and data frames in, a frozen result out, with a summary and a plain repr."""

from equipoise.stats.balance import balance
from equipoise.stats.matching import match, match_coarsened, match_exactly, subclassify
from equipoise.stats.propensity import propensity, weight
from equipoise.stats.regression import brier_score, c_statistic, glm, logistic
from equipoise.stats.survival import cox, kaplan_meier, logrank, rmst

__all__ = [
    "balance",
    "brier_score",
    "c_statistic",
    "cox",
    "glm",
    "kaplan_meier",
    "logistic",
    "logrank",
    "match",
    "match_coarsened",
    "match_exactly",
    "propensity",
    "rmst",
    "subclassify",
    "weight",
]

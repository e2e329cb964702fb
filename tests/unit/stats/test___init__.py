"""Nobody, one person, no event, one arm, constant columns, separated outcomes, weights of 0: an answer, or an error with a code."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import numpy as np
import pandas as pd
import pytest

from equipoise import stats
from equipoise.kernel.errors import EquipoiseError

SPOILT: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "plain": lambda d: d,
    "no event": lambda d: d.assign(event=0, cause=0),
    "one group": lambda d: d.assign(group=0, arm=0),
    "constant": lambda d: d.assign(x=1.0, y=2.0, count=3),
    "no weight": lambda d: d.assign(w=0.0),
    "separated": lambda d: d.assign(x=d.arm * 1.0, event=d.arm),
    "time 0": lambda d: d.assign(time=0.0),
}
ANALYSES: dict[str, Callable[[pd.DataFrame], object]] = {
    "kaplan_meier": lambda d: stats.kaplan_meier(d.time, d.event, d.group, weights=d.w, cluster=d.cluster).summary(),
    "logrank": lambda d: repr(stats.logrank(d.time, d.event, d.arm, strata=d.cluster, rho=-1, gamma=1).trend()),
    "rmst": lambda d: repr(stats.rmst(d.time, d.event, d.arm, tau=3)),
    "cox": lambda d: repr(stats.cox(d.time, d.event, d[["x", "arm"]], weights=d.w)),
    "cox_exact": lambda d: repr(stats.cox_exact(d.time, d.event, d[["x"]])),
    "glm binomial": lambda d: repr(stats.glm(d.event, d[["x", "arm"]])),
    "glm poisson": lambda d: repr(stats.glm(d["count"], d[["x"]], "poisson", weights=d.w)),
    "glm gamma": lambda d: repr(stats.glm(d["count"] + 1, d[["x"]], "gamma")),
    "glm inverse gaussian": lambda d: repr(stats.glm(d["count"] + 1, d[["x"]], "inverse-gaussian")),
    "glm gaussian": lambda d: repr(stats.glm(d.y, d[["x"]], "gaussian", cluster=d.cluster)),
    "logistic": lambda d: repr(stats.logistic(d.event, d[["x"]])),
    "firth": lambda d: repr(stats.logistic(d.event, d[["x"]], firth=True)),
    "gee exchangeable": lambda d: repr(stats.gee(d.y, d[["x"]], d.cluster, corstr="exchangeable")),
    "gee unstructured": lambda d: repr(stats.gee(d.event, d[["x"]], d.cluster, "binomial", corstr="unstructured")),
    "parametric_aft": lambda d: repr(stats.parametric_aft(d.time + 1, d.event, d[["x"]])),
    "conditional_logistic": lambda d: repr(stats.conditional_logistic(d.event, d[["x"]], d.cluster)),
    "elastic_net binomial": lambda d: repr(stats.elastic_net(d[["x", "y"]], d.event, "binomial", n_lambdas=5)),
    "elastic_net cox": lambda d: repr(stats.elastic_net(d[["x", "y"]], family="cox", time=d.time, event=d.event, n_lambdas=5)),
    "balance": lambda d: repr(stats.balance(d[["x", "y"]], d.arm, d.w)),
    "match": lambda d: repr(stats.match(d.score, d.arm, exact=d.group)),
    "match_exactly": lambda d: repr(stats.match_exactly(d[["group"]], d.arm)),
    "match_coarsened": lambda d: repr(stats.match_coarsened(d[["x"]], d.arm, {})),
    "match_in_bins": lambda d: repr(stats.match_in_bins(d.score, d.arm)),
    "subclassify": lambda d: repr(stats.subclassify(d.score, d.arm)),
    "cumulative_incidence": lambda d: repr(stats.cumulative_incidence(d.time, d.cause, d.group, weights=d.w, tau=3)),
    "gray_test": lambda d: repr(stats.gray_test(d.time, d.cause, d.arm)),
    "fine_gray": lambda d: repr(stats.fine_gray(d.time, d.cause, d[["x"]])),
    "two_sample_tests": lambda d: repr(stats.two_sample_tests(d.y, d.arm)),
    "paired_tests": lambda d: repr(stats.paired_tests(d.x, d.y)),
    "contingency": lambda d: repr(stats.contingency(d.group, d.arm)),
    "mantel_haenszel": lambda d: repr(stats.mantel_haenszel(d.arm, d.event, d.cluster)),
    "propensity": lambda d: repr(stats.propensity(d.arm, d[["x"]])),
    "weight": lambda d: repr(stats.weight(d.score, d.arm, "iptw")),
    "meta_analysis": lambda d: repr(stats.meta_analysis(d.y, d.w, method="REML")),
    "meta_bias": lambda d: repr(stats.meta_bias(d.y, d.w)),
    "meta_regression": lambda d: repr(stats.meta_regression(d.y, d.w, d[["x"]])),
    "brier_score": lambda d: stats.brier_score(d.score, d.event),
    "empirical_calibration": lambda d: repr(stats.empirical_calibration(d.y, d.w)),
}


def people(n: int) -> pd.DataFrame:
    rng = np.random.default_rng(n)
    whole = {"time": 5, "event": 2, "group": 3, "arm": 2, "cluster": 4, "cause": 3, "count": 6}
    columns = {name: rng.integers(0, top, n) for name, top in whole.items()}
    return pd.DataFrame({**columns, "x": rng.normal(size=n), "y": rng.normal(size=n), "w": rng.uniform(0.1, 2, n), "score": rng.random(n)})


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", sorted(ANALYSES))
def test_an_answer_or_an_error_with_a_code(name: str) -> None:
    for spoil in SPOILT.values():
        for n in (0, 1, 2, 3, 6, 15):
            with suppress(EquipoiseError):
                assert ANALYSES[name](spoil(people(n))) is not None

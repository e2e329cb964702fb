"""R's t.test, wilcox.test(exact=FALSE), ks.test(exact=FALSE); group 1 minus group 0."""

from __future__ import annotations

from typing import Any

import pandas as pd

from equipoise.stats import two_sample_tests
from equipoise.stats.comparisons.tests import TTest


def compute(options: dict[str, Any], data: pd.DataFrame, case: dict[str, Any]) -> dict[str, Any]:
    group = data[options["group"]]
    known = data[group.notna()]
    found = two_sample_tests(known[options["value"]], group.dropna() == group.max(), conf_level=options.get("conf_level", 0.95), as_r=True)
    return {
        "welch": t_test(found.welch),
        "pooled": t_test(found.pooled),
        "wilcoxon": {
            "W": found.wilcoxon.statistic,
            "p_continuity": found.wilcoxon.p,
            "p_no_continuity": found.wilcoxon.p_uncorrected,
            "hodges_lehmann": found.wilcoxon.location,
        },
        "ks": {"D": found.ks.distance, "p": found.ks.p},
        "var_ratio": found.variance_ratio,
    }


def t_test(test: TTest) -> dict[str, float]:
    return {"t": test.t, "df": test.df, "p": test.p, "lower": test.lower, "upper": test.upper}

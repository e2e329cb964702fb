"""R's t.test(paired=TRUE), wilcox.test(paired=TRUE, exact=FALSE), cor.test."""

from __future__ import annotations

from typing import Any

import pandas as pd

from equipoise.stats import paired_tests


def compute(options: dict[str, Any], data: pd.DataFrame, case: dict[str, Any]) -> dict[str, Any]:
    found = paired_tests(data[options["x"]], data[options["y"]], conf_level=options.get("conf_level", 0.95))
    pearson = found.pearson
    return {
        "t": found.t.t,
        "df": found.t.df,
        "p": found.t.p,
        "mean_diff": found.t.difference,
        "lower": found.t.lower,
        "upper": found.t.upper,
        "wilcoxon_V": found.wilcoxon.statistic,
        "wilcoxon_p": found.wilcoxon.p,
        "wilcoxon_p_no_continuity": found.wilcoxon.p_uncorrected,
        "pearson": {"r": pearson.r, "p": pearson.p, "lower": pearson.lower, "upper": pearson.upper},
        "spearman": {"rho": found.spearman.r, "p": found.spearman.p},
    }

"""R's mantelhaen.test, and Greenland and Robins's formulas for risk ratio and difference."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from equipoise.stats import mantel_haenszel, mantel_haenszel_tables


def compute(options: dict[str, Any], data: pd.DataFrame, case: dict[str, Any]) -> dict[str, Any]:
    given = options.get("tables")
    if given is None:
        found = mantel_haenszel(data[options["exposure"]], data[options["outcome"]], data[options["strata"]], as_r=True).fit
    else:
        cells = np.array([given[cell] for cell in "abcd"]).T.reshape(-1, 2, 2)
        found = mantel_haenszel_tables(cells, tuple(given["stratum"]), as_r=True).fit
    assert found.exact is not None
    odds, risk, difference = found.odds_ratio, found.risk_ratio, found.risk_difference
    return {
        "or": {
            "est": odds.estimate,
            "se_log_rbg": odds.se,
            "lower": odds.lower,
            "upper": odds.upper,
            "r_est": odds.estimate,
            "r_lower": odds.lower,
            "r_upper": odds.upper,
        },
        "rr": {"est": risk.estimate, "se_log": risk.se, "lower": risk.lower, "upper": risk.upper},
        "rd": {"est": difference.estimate, "se_greenland_robins": difference.se, "lower": difference.lower, "upper": difference.upper},
        "cmh_chisq": {"stat": found.cmh.statistic, "p": found.cmh.p},
        "cmh_chisq_cc": {"stat": found.cmh_corrected.statistic, "p": found.cmh_corrected.p},
        "exact": {
            "p": found.exact.p,
            "conditional_mle_or": found.exact.estimate,
            "lower": found.exact.lower,
            "upper": found.exact.upper,
        },
    }

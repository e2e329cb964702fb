"""R's metafor::escalc and rma."""

from __future__ import annotations

from typing import Any

import pandas as pd

from equipoise.stats import effects, meta_analysis
from gold.r_names import evaluated

EQUAL = {"EE": "FE", "CE": "FE"}
"""metafor's names of one model."""


def compute(options: dict[str, Any], data: pd.DataFrame, case: dict[str, Any]) -> dict[str, Any]:
    cells = pd.DataFrame({i: evaluated(data, name) for i, name in enumerate(options["columns"].split(","))})
    single = effects(cells, options["measure"])
    level = options.get("conf_level", 0.95)
    method = EQUAL.get(options["method"], options["method"])
    found = meta_analysis(single.estimate, single.variance, method=method, test=options.get("test", "z"), conf_level=level, as_r=True).fit
    return {
        "yi": single.estimate,
        "vi": single.variance,
        "estimate": found.coef[0],
        "se": found.se[0],
        "lower": found.lower[0],
        "upper": found.upper[0],
        "stat": found.statistic[0],
        "p": found.p[0],
        "tau2": found.tau2,
        "se_tau2": found.tau2_se,
        "I2": found.i2,
        "H2": found.h2,
        "Q": found.q,
        "Q_p": found.q_p,
        "k": found.k,
        "prediction_lower": found.prediction[0],
        "prediction_upper": found.prediction[1],
        "weights_percent": found.weight,
        "tau2_Q_profile_ci": found.tau2_limits,
    }

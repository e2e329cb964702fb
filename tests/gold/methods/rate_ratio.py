"""R's poisson.test, and Wald limits by formula."""

from __future__ import annotations

from typing import Any

import pandas as pd

from equipoise.stats import rate_ratio


def compute(options: dict[str, Any], data: pd.DataFrame, case: dict[str, Any]) -> dict[str, Any]:
    names = ("events_exposed", "time_exposed", "events_unexposed", "time_unexposed")
    found = rate_ratio(*(options[name] for name in names), conf_level=options.get("conf_level", 0.95)).fit
    return {
        "rate_exposed": found.rate_exposed.estimate,
        "rate_unexposed": found.rate_unexposed.estimate,
        "rate_ratio": found.rate_ratio.estimate,
        "se_log": found.rate_ratio.se,
        "wald_lower": found.rate_ratio.lower,
        "wald_upper": found.rate_ratio.upper,
        "exact_lower": found.rate_ratio_exact.lower,
        "exact_upper": found.rate_ratio_exact.upper,
        "exact_p": found.exact_p,
        "rate_difference": found.rate_difference.estimate,
        "rd_se": found.rate_difference.se,
        "rd_lower": found.rate_difference.lower,
        "rd_upper": found.rate_difference.upper,
        "rate_exposed_exact_ci": [found.rate_exposed.lower, found.rate_exposed.upper],
        "rate_unexposed_exact_ci": [found.rate_unexposed.lower, found.rate_unexposed.upper],
    }

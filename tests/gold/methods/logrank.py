"""R's survdiff."""

from __future__ import annotations

from typing import Any

import pandas as pd

from equipoise.stats import logrank
from gold.r_names import complete, written


def compute(options: dict[str, Any], data: pd.DataFrame, case: dict[str, Any]) -> dict[str, Any]:
    unknown = set(options) - {"time", "event", "group", "rho", "strata"}
    if unknown:
        raise NotImplementedError(f"option {', '.join(sorted(unknown))}")
    data = complete(data, options)
    strata = data[options["strata"]] if "strata" in options else None
    levels = case["expected"]["groups"]  # the order of R's factor
    group = pd.Categorical(data[options["group"]].map(written), categories=levels)
    test = logrank(data[options["time"]], data[options["event"]], group, rho=options.get("rho", 0.0), strata=strata)
    fit = test.fit
    return {
        "groups": list(test.groups),
        "n": fit.rows,
        "observed": fit.observed,
        "expected": fit.expected,
        "variance": fit.variance,
        "chisq": fit.chisq,
        "df": fit.df,
        "p": fit.p,
    }

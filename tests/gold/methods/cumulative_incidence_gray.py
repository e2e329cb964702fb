"""cmprsk's cuminc."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from equipoise.stats import cumulative_incidence, gray_test
from gold.r_names import complete, written


def compute(options: dict[str, Any], data: pd.DataFrame, case: dict[str, Any]) -> dict[str, Any]:
    unknown = set(options) - {"time", "event", "group", "strata", "rho", "times"}
    if unknown:
        raise NotImplementedError(f"option {', '.join(sorted(unknown))}")
    names = list(dict.fromkeys(curve.rpartition(" ")[0] for curve in case["expected"]["curves"]))  # the order of R's factor
    data = complete(data, options)
    group = pd.Categorical(data[options["group"]].map(written), categories=names) if "group" in options else None
    time, event = data[options["time"]], data[options["event"]]
    curves = cumulative_incidence(time, event, group, variance="counting")
    strata = data[options["strata"]] if "strata" in options else None
    tests = () if group is None else gray_test(time, event, group, rho=options.get("rho", 0.0), strata=strata).fit.tests
    at = curves.incidence_at(options["times"])
    cells = [(g, j) for j in range(1, len(curves.causes) + 1) for g in curves.groups]
    return {
        "curves": [f"{names[0] if group is None else g} {curves.causes[j - 1]}" for g, j in cells],
        "times": options["times"],
        "est": [or_unknown(curves.curves(g).time, options["times"], at[g].probability[j]) for g, j in cells],
        "var": [or_unknown(curves.curves(g).time, options["times"], at[g].std_error[j] ** 2) for g, j in cells],
        "tests": {
            "cause": list(curves.causes) if tests else [],
            "stat": [test.statistic for test in tests],
            "p": [test.p for test in tests],
            "df": [test.df for test in tests],
        },
    }


def or_unknown(followed: np.ndarray, times: list[float], values: np.ndarray) -> np.ndarray:
    """cmprsk gives nothing beyond the last time of a group."""
    return np.where(np.asarray(times) > followed[-1], np.nan, values)

"""R's survfit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from equipoise.estimators.kaplan_meier.summary import Curve
from equipoise.stats import kaplan_meier
from gold.r_names import complete, factor

CLOSE = float(np.sqrt(np.finfo(float).eps))
SE_ESTIMATORS = {"greenwood": "product-limit", "tsiatis": "breslow"}


def compute(options: dict[str, Any], data: pd.DataFrame, case: dict[str, Any]) -> dict[str, Any]:
    unknown = set(options) - {
        "time", "event", "start", "group", "weights", "cluster", "robust", "conf_type", "conf_level", "at_times", "se_estimator",
    }  # fmt: skip
    if unknown:
        raise NotImplementedError(f"option {', '.join(sorted(unknown))}")

    data = complete(data, options)

    def column(name: str) -> pd.Series | None:
        return data[options[name]] if name in options else None

    found = kaplan_meier(
        data[options["time"]],
        data[options["event"]],
        factor(data[options["group"]]) if "group" in options else None,
        weights=column("weights"),
        entry=column("start"),
        cluster=column("cluster"),
        robust=options.get("robust"),
        conf_level=options.get("conf_level", 0.95),
        conf_type=options.get("conf_type", "log"),
        estimator=SE_ESTIMATORS[options.get("se_estimator", "greenwood")],
    )
    return {"strata": {found.name(c): curve(c, options) for c in found.fit.curves}}


def as_r(time: np.ndarray, band: np.ndarray, p: float) -> float:
    """R sorts a band by its height first: of one that rises again (late entry), the highest value of at most 1 - p counts."""
    lost, at = np.append(0.0, 1 - band), np.append(0.0, time)

    def first(shift: float) -> float:
        past = np.flatnonzero(lost + shift >= p)
        return float(at[past[lost[past] <= lost[past].min() + CLOSE][0]]) if past.size else float("nan")

    later = at[-1] if abs(p - lost[-1]) < CLOSE else first(-CLOSE)
    return (first(CLOSE) + later) / 2


def curve(c: Curve, options: dict[str, Any]) -> dict[str, Any]:
    probabilities = [0.25, 0.5, 0.75]
    quantiles = np.array([(c.quantile(p)[0], as_r(c.time, c.lower, p), as_r(c.time, c.upper, p)) for p in probabilities])
    found: dict[str, Any] = {
        "time": c.time,
        "n_risk": c.n_risk,
        "n_event": c.n_event,
        "n_censor": c.n_censor,
        "survival": c.survival,
        "std_err": c.std_error,
        "cumhaz": c.cumulative_hazard,
        "std_cumhaz": c.cumulative_hazard_se,
        "lower": c.lower,
        "upper": c.upper,
        "quantiles": {"prob": probabilities, "time": quantiles[:, 0], "lower": quantiles[:, 1], "upper": quantiles[:, 2]},
        "n": c.rows,
        "events": c.events,
    }
    if "at_times" in options:
        at = c.at(np.asarray(options["at_times"], dtype=float))
        found["at_times"] = {
            "time": at.time,
            "n_risk": at.n_risk,
            "survival": at.survival,
            "std_err": at.std_error,
            "cum_events": at.cumulative_events,
            "cum_censor": at.cumulative_censored,
        }
    return found

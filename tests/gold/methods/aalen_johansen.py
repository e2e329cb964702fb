"""R's multi-state survfit with death and other causes competing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from equipoise.stats import cumulative_incidence
from gold.r_names import complete, factor


def compute(options: dict[str, Any], data: pd.DataFrame, case: dict[str, Any]) -> dict[str, Any]:
    unknown = set(options) - {"time", "event", "start", "group", "weights", "conf_type", "conf_level", "times", "cluster"}
    if unknown:
        raise NotImplementedError(f"option {', '.join(sorted(unknown))}")

    data = complete(data, options)

    def column(name: str) -> pd.Series | None:
        return data[options[name]] if name in options else None

    expected = case["expected"]["restricted_mean_time_in_state"]
    found = cumulative_incidence(
        data[options["time"]],
        data[options["event"]],
        factor(data[options["group"]]) if "group" in options else None,
        weights=column("weights"),
        entry=column("start"),
        cluster=column("cluster"),
        tau=expected["tau"],
        conf_level=options.get("conf_level", 0.95),
        conf_type=options.get("conf_type", "log"),
    )
    by_group = {}
    for group, at in found.incidence_at(options["times"]).items():
        by_group[group] = {
            f"cause{cause}": {"cif": at.probability[j], "std_err": at.std_error[j], "lower": at.lower[j], "upper": at.upper[j]}
            for j, cause in enumerate(found.causes, start=1)
        }
        by_group[group] |= {"event_free": at.probability[0], "n_risk": at.people_at_risk}
    return {"by_group": by_group, "restricted_mean_time_in_state": restricted(found.mean_times(), found.causes, options, expected)}


def restricted(times: pd.DataFrame, causes: tuple[str, ...], options: dict[str, Any], expected: dict[str, Any]) -> dict[str, Any]:
    """R goes state by state, groups within. This version of R gives no standard error."""
    states = {"free of events": "(s0)", **{cause: f"cause{cause}" for cause in causes}}
    ordered = pd.concat([times[times["state"] == state] for state in states])
    prefix = f"{options['group']}=" if "group" in options else ""
    rows = [f"{prefix}{row.group}, {states[row.state]}" if prefix else states[row.state] for row in ordered.itertuples()]
    se = None if expected["se"] is None else ordered["se"].to_numpy()
    return {"tau": float(np.unique(times["tau"]).item()), "rows": rows, "rmean": ordered["mean"].to_numpy(), "se": se}

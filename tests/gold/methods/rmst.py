"""R's survfit with rmean, and the same by hand in survRM2's convention."""

from __future__ import annotations

from typing import Any

import pandas as pd

from equipoise.stats import rmst
from equipoise.stats.survival_results import RestrictedMeans
from gold.r_names import complete, factor

COLUMNS = {"entry": "start", "weights": "weights", "cluster": "cluster"}


def compute(options: dict[str, Any], data: pd.DataFrame, case: dict[str, Any]) -> dict[str, Any]:
    unknown = set(options) - {"time", "event", "group", "tau", "start", "weights", "cluster", "robust", "conf_level"}
    if unknown:
        raise NotImplementedError(f"option {', '.join(sorted(unknown))}")
    data = complete(data, options)
    column = {name: data[options[option]] for name, option in COLUMNS.items() if option in options}
    how = {name: options[name] for name in ("robust", "conf_level") if name in options}
    group = factor(data[options["group"]]) if "group" in options else None
    found = rmst(data[options["time"]], data[options["event"]], group, tau=options["tau"], **column, **how)
    means, estimates, errors = found.fit.means, [m.estimate for m in found.fit.means], [m.se for m in found.fit.means]
    table: dict[str, Any] = {
        "group": list(found.groups),
        "rmst": estimates,
        "se": errors,
        "rmst_by_hand": estimates,
        "se_by_hand_survRM2_convention": errors,
        "lower": [m.lower for m in means],
        "upper": [m.upper for m in means],
    }
    return {**table, **contrast(found)} if len(means) == 2 else table


def contrast(found: RestrictedMeans) -> dict[str, Any]:
    c = found.fit.contrasts[0]
    return {
        "difference": {
            "direction": f"{found.groups[c.group]} minus {found.groups[c.reference]}",
            "estimate": c.difference,
            "se": c.difference_se,
            "lower": c.difference_lower,
            "upper": c.difference_upper,
            "p": c.difference_p,
        },
        "ratio": {"estimate": c.ratio, "se_log": c.ratio_log_se, "lower": c.ratio_lower, "upper": c.ratio_upper, "p": c.ratio_p},
        "rmtl_ratio": {"estimate": c.lost_ratio, "se_log": c.lost_ratio_log_se},
    }

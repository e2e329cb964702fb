"""R's power.prop.test and power.t.test, and Schoenfeld's formula."""

from __future__ import annotations

from typing import Any

import pandas as pd

from equipoise.stats import detectable_hazard_ratio, power_means, power_proportions, power_survival


def compute(options: dict[str, Any], data: pd.DataFrame, case: dict[str, Any]) -> dict[str, Any]:
    kind = options["kind"]
    shared: dict[str, Any] = {
        "alpha": options.get("sig_level", options.get("alpha", 0.05)),
        "sides": 1 if options.get("alternative") == "one.sided" else 2,
    }
    if kind == "survival":
        share, power = options["p_treated"], options["power"]
        found = power_survival(options["hr"], share_exposed=share, power=power, **shared).fit
        return {
            "events_schoenfeld": found.events,
            "mdrr_of_events_100": detectable_hazard_ratio(100, share_exposed=share, power=power, **shared),
        }
    asked = {name: options[name] for name in ("n", "power") if name in options}
    shared["as_r"] = True
    if kind == "two_prop":
        found = power_proportions(options["p1"], options["p2"], **asked, **shared).fit
    elif kind == "t":
        paired = options.get("type", "two.sample") != "two.sample"
        found = power_means(options["delta"], options.get("sd", 1.0), paired=paired, **asked, **shared).fit
    else:
        raise NotImplementedError(f"power for {kind}")
    return {"n_per_group": found.n, "power": found.power}

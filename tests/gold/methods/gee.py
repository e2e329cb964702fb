"""R's geepack::geeglm, through `equipoise.stats.gee`."""

from __future__ import annotations

from typing import Any

import pandas as pd

from equipoise.stats import gee


def compute(options: dict[str, Any], data: pd.DataFrame, case: dict[str, Any]) -> dict[str, Any]:
    unknown = set(options) - {"outcome", "covariates", "family", "link", "corstr", "cluster", "weights", "offset"}
    if unknown:
        raise NotImplementedError(f"option {', '.join(sorted(unknown))}")
    named = {name: options[name] for name in ("weights", "offset") if name in options}
    rows = data.dropna(subset=[options["outcome"], *options["covariates"], options["cluster"], *named.values()])
    label = rows[options["cluster"]]
    runs = (label != label.shift()).cumsum()  # geepack starts a cluster wherever the label changes
    fit = gee(
        rows[options["outcome"]],
        rows[options["covariates"]],
        runs,
        options["family"],
        options.get("link"),
        corstr=options["corstr"],
        **{name: rows[where] for name, where in named.items()},
    )
    return {
        "terms": list(fit.terms),
        "coef": fit.coef,
        "se": fit.se,
        "vcov": fit.vcov,
        "z": fit.z,
        "wald": fit.z**2,
        "p": fit.p,
        "alpha": fit.alpha,
        "scale": [fit.scale],
        "n": fit.n,
        "n_clusters": fit.clusters,
    }

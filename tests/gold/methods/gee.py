"""R's geepack::geeglm, through `equipoise.stats.gee`."""

from __future__ import annotations

from typing import Any

import pandas as pd

from equipoise.stats import gee
from gold.r_names import complete, design


def compute(options: dict[str, Any], data: pd.DataFrame, case: dict[str, Any]) -> dict[str, Any]:
    unknown = set(options) - {"outcome", "covariates", "family", "link", "corstr", "cluster", "weights", "offset"}
    if unknown:
        raise NotImplementedError(f"option {', '.join(sorted(unknown))}")
    rows = complete(data, options)
    label = rows[options["cluster"]]
    runs = (label != label.shift()).cumsum()  # geepack starts a cluster wherever the label changes
    fit = gee(
        rows[options["outcome"]],
        design(rows, options["covariates"]),
        runs,
        options["family"],
        options.get("link"),
        corstr=options.get("corstr", "independence"),
        **{name: rows[options[name]] for name in ("weights", "offset") if name in options},
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

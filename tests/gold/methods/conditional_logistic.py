"""R's clogit, through `equipoise.stats.conditional_logistic`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from equipoise.stats import conditional_logistic
from gold.r_names import complete, design

TIES = {"approximate": "breslow"}


def compute(options: dict[str, Any], data: pd.DataFrame, case: dict[str, Any]) -> dict[str, Any]:
    unknown = set(options) - {"outcome", "covariates", "strata", "ties", "weights", "offset", "cluster"}
    if unknown:
        raise NotImplementedError(f"option {', '.join(sorted(unknown))}")
    ties = TIES.get(options.get("ties", "exact"), options.get("ties", "exact"))
    sets = options["strata"] if isinstance(options["strata"], list) else [options["strata"]]
    rows = complete(data, options)
    column = {name: rows[options[name]] for name in ("weights", "offset", "cluster") if name in options}
    if ties == "exact":
        column.pop("weights", None)  # R ignores them, with a warning
    x = design(rows, options["covariates"])
    fit = conditional_logistic(rows[options["outcome"]], x, rows[sets], ties=ties, **column).fit
    lower, upper = fit.interval
    return {
        "terms": list(x.columns),
        "coef": fit.coef,
        "se": fit.se,
        "vcov": fit.vcov,
        "z": fit.z,
        "p": fit.p,
        "or": np.exp(fit.coef),
        "ci_lower": lower,
        "ci_upper": upper,
        "loglik": fit.loglik,
        "loglik_null": fit.loglik_null,
        "lrt": fit.likelihood_ratio,
        "score": fit.score_test,
        "n": fit.rows,
        "n_events": fit.events,
    }

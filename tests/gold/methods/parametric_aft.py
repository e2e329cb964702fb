"""R's survreg, through `equipoise.stats.parametric_aft`."""

from __future__ import annotations

from typing import Any

import pandas as pd

from equipoise.stats import parametric_aft
from gold.r_names import complete, design


def compute(options: dict[str, Any], data: pd.DataFrame, case: dict[str, Any]) -> dict[str, Any]:
    unknown = set(options) - {"time", "event", "covariates", "dist", "weights", "offset"}
    if unknown:
        raise NotImplementedError(f"option {', '.join(sorted(unknown))}")
    rows = complete(data, options)
    column = {name: rows[options[name]] for name in ("weights", "offset") if name in options}
    x = design(rows, options["covariates"])
    fitted = parametric_aft(rows[options["time"]], rows[options["event"]], x, options["dist"], **column)
    fit = fitted.fit
    return {
        "terms": list(fitted.terms),
        "coef": fit.coef,
        "scale": fit.scale,
        "se": fit.se,
        "se_last_is_log_scale": fit.scale_estimated,
        "vcov": fit.vcov,
        "z": fit.z,
        "p": fit.p,
        "loglik": fit.loglik,
        "loglik_null": fit.loglik_null,
        "aic": fit.aic,
        "n": fit.rows,
        "n_events": fit.events,
        "median_at_means": float(fitted.quantile(x.mean())[0]),
    }

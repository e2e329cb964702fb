"""R's metafor::rma(mods=) on the BCG trials."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from equipoise.stats import effects, meta_regression

BCG = "tpos,tneg,cpos,cneg"


def compute(options: dict[str, Any], data: pd.DataFrame, case: dict[str, Any]) -> dict[str, Any]:
    cells = pd.DataFrame({i: data.eval(name) for i, name in enumerate(options.get("columns", BCG).split(","))})
    single = effects(cells, options["measure"])
    moderator = options["moderator"]
    x = data[moderator] if isinstance(moderator, str) else np.array(moderator, dtype=float)
    found = meta_regression(single.estimate, single.variance, x, method=options["method"], test=options.get("test", "z"), as_r=True).fit
    return {
        "coef": found.coef,
        "se": found.se,
        "p": found.p,
        "lower": found.lower,
        "upper": found.upper,
        "tau2": found.tau2,
        "se_tau2": found.tau2_se,
        "I2": found.i2,
        "H2": found.h2,
        "QE": found.q,
        "QEp": found.q_p,
        "QM": found.qm,
        "QMp": found.qm_p,
        "R2": found.r2,
    }

"""R's metafor::rma(mods=) on the BCG trials."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from equipoise.stats import effects, meta_regression
from gold.r_names import evaluated

BCG = "tpos,tneg,cpos,cneg"

EQUAL = {"EE": "FE", "CE": "FE"}
"""metafor's names of one model."""


def compute(options: dict[str, Any], data: pd.DataFrame, case: dict[str, Any]) -> dict[str, Any]:
    cells = pd.DataFrame({i: evaluated(data, name) for i, name in enumerate(options.get("columns", BCG).split(","))})
    single = effects(cells, options["measure"])
    moderator = options["moderator"]
    x = moderators(moderator, data)
    found = meta_regression(
        single.estimate,
        single.variance,
        x,
        method=EQUAL.get(options["method"], options["method"]),
        test=options.get("test", "z"),
        as_r=True,
    ).fit
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


def moderators(given: Any, data: pd.DataFrame) -> Any:
    """A column's name, several names, the values, or several lists of values."""
    if isinstance(given, str) or (isinstance(given, list) and all(isinstance(name, str) for name in given)):
        return data[given]
    values = np.array(list(given.values()) if isinstance(given, dict) else given, dtype=float)
    return values.T if values.ndim == 2 and values.shape[0] != len(data) else values

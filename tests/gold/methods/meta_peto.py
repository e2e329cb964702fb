"""R's metafor::rma.peto."""

from __future__ import annotations

from typing import Any

import pandas as pd

from equipoise.estimators.evidence.counts import PooledCounts
from equipoise.stats import meta_peto
from gold.r_names import evaluated


def compute(options: dict[str, Any], data: pd.DataFrame, case: dict[str, Any]) -> dict[str, Any]:
    cells = pd.DataFrame({i: evaluated(data, name) for i, name in enumerate(options["columns"].split(","))})
    found = meta_peto(cells, conf_level=options.get("conf_level", 0.95)).fit
    return values(found)


def values(found: PooledCounts) -> dict[str, Any]:
    return {
        "estimate": found.estimate,
        "se": found.se,
        "lower": found.lower,
        "upper": found.upper,
        "p": found.p,
        "Q": found.q,
        "Q_p": found.q_p,
    }

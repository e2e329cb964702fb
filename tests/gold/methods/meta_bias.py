"""R's metafor: regtest(model="lm"), ranktest, and trimfill (L0) of a DerSimonian-Laird fit."""

from __future__ import annotations

from typing import Any

import pandas as pd

from equipoise.stats import effects, meta_bias
from gold.r_names import evaluated


def compute(options: dict[str, Any], data: pd.DataFrame, case: dict[str, Any]) -> dict[str, Any]:
    cells = pd.DataFrame({i: evaluated(data, name) for i, name in enumerate(options["columns"].split(","))})
    single = effects(cells, options["measure"])
    found = meta_bias(single.estimate, single.variance, method=options.get("method", "DL"))
    return {
        "egger_z_or_t": found.egger.statistic,
        "egger_p": found.egger.p,
        "begg_tau": found.begg.statistic,
        "begg_p": found.begg.p,
        "trimfill_k0": found.filled.missing,
        "trimfill_side": found.filled.side,
        "trimfill_estimate": found.filled.pooled.coef[0],
        "trimfill_se": found.filled.pooled.se[0],
    }

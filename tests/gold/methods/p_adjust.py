"""R's p.adjust."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from equipoise.stats import p_adjust


def compute(options: dict[str, Any], data: pd.DataFrame, case: dict[str, Any]) -> dict[str, Any]:
    return {"adjusted": p_adjust(np.array(options["p"], dtype=float), options["method"], n=options.get("n"))}

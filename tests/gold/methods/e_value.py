"""VanderWeele and Ding's formulas."""

from __future__ import annotations

from typing import Any

import pandas as pd

from equipoise.stats import e_value


def compute(options: dict[str, Any], data: pd.DataFrame, case: dict[str, Any]) -> dict[str, Any]:
    ratio = [options[name] for name in ("estimate", "lower", "upper")]
    found = e_value(*ratio, options["measure"], rare=options["rare_outcome"]).fit
    return {"approx_rr": found.approx_rr, "e_value": found.e_value, "e_value_ci": found.e_value_limit}

"""R's epitools::ageadjust.direct."""

from __future__ import annotations

from typing import Any

import pandas as pd

from equipoise.stats import direct_standardisation


def compute(options: dict[str, Any], data: pd.DataFrame, case: dict[str, Any]) -> dict[str, Any]:
    level = options.get("conf_level", 0.95)
    found = direct_standardisation(options["count"], options["person_time"], options["standard"], conf_level=level).fit
    return {"crude.rate": found.crude, "adj.rate": found.adjusted, "lci": found.lower, "uci": found.upper}

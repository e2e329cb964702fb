"""A normal null distribution by maximum likelihood, by R's optimiser."""

from __future__ import annotations

from typing import Any

import pandas as pd

from equipoise.stats import empirical_calibration


def compute(options: dict[str, Any], data: pd.DataFrame, case: dict[str, Any]) -> dict[str, Any]:
    found = empirical_calibration(*(options[name] for name in ("log_rr", "se_log_rr", "test_log_rr", "test_se")))
    assert found.calibrated is not None
    return {
        "null_mean": found.null.mean,
        "null_sd": found.null.sd,
        "loglik": found.null.loglik,
        "calibrated_p": found.calibrated.p,
    }

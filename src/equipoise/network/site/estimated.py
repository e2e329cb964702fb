"""How a view's weights hang on the propensity model, for variances that know that the model was fitted to the same people."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from equipoise.estimators.data import EstimatedWeights, Floats
from equipoise.estimators.propensity.site import weight_slopes
from equipoise.network.site.errors import UNKNOWN_ESTIMATOR
from equipoise.network.site.rows import Rows
from equipoise.network.wire.views import Setting, View


def estimated_weights(rows: Rows, setting: Setting, view: View, kept: NDArray[np.bool_], weight: Floats) -> EstimatedWeights:
    """For the kept rows (n of the site's N) with their weights. Raises EQ-SITE-004 for weights that no model made."""
    method = view.weighting
    if setting.scores is None or view.unweighted or method == "crude" or method == "matched" or method == "score-bins":
        raise UNKNOWN_ESTIMATOR.error("the question asks how weights were estimated that are no estimates")
    sd, score = setting.scores.site_intercept_sd, rows.score(setting)
    return EstimatedWeights(
        person=np.flatnonzero(kept).astype(np.int64),
        slope=weight_slopes(score[kept], rows.arm[kept], method, weight),
        x=rows.propensity_design(setting),
        fitted=score,
        outcome=rows.arm.astype(np.float64),
        block=rows.site,
        precision=None if sd is None else 1 / sd**2,
    )

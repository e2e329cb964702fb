"""Logarithms of tail probabilities against scipy's where it reaches, and against the normal's tail beyond."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chi2, norm

from equipoise.estimators.tails import log_chi2_sf, log_two_sided


@pytest.mark.parametrize("df", [1, 2, 3, 7])
@pytest.mark.parametrize("chisq", [0.5, 10.0, 1200.0])
def test_within_reach_of_a_float(df: int, chisq: float) -> None:
    assert log_chi2_sf(chisq, df) == pytest.approx(np.log(chi2.sf(chisq, df)), rel=1e-9)


def test_beyond_reach() -> None:
    for chisq in (1500.0, 40_000.0, 1e6):
        normal = np.log(2) + norm.logsf(np.sqrt(chisq))
        assert log_chi2_sf(chisq, 1) == pytest.approx(normal, rel=1e-10)
        assert log_chi2_sf(chisq, 2) == pytest.approx(-chisq / 2, rel=1e-12)
        assert log_two_sided(np.array([np.sqrt(chisq)]))[0] == pytest.approx(normal)

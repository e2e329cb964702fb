"""Hazards where late entry has left rounding error among those at risk."""

from __future__ import annotations

import numpy as np

from equipoise.estimators.hazard import discrete_hazard, ratio, survivors


def test_the_last_ones_at_risk_all_die() -> None:
    at_risk = np.array([0.3, 0.1 + 0.2, 0.3 - 1e-16, 2.0])
    events = np.array([0.1 + 0.2, 0.3, 0.3, 0.5])
    np.testing.assert_array_equal(discrete_hazard(events, at_risk), [1, 1, 1, 0.25])
    np.testing.assert_array_equal(survivors(at_risk, events), [0, 0, 0, 1.5])


def test_nobody_at_risk_has_no_hazard() -> None:
    np.testing.assert_array_equal(discrete_hazard(np.zeros(3), np.array([0.0, -1e-17, 1e-17])), [0, 0, 0])
    np.testing.assert_array_equal(ratio(np.ones(2), np.array([0.0, 4.0])), [0, 0.25])

"""Dominance in a laboratory measure, against the values themselves."""

from __future__ import annotations

import numpy as np
import pytest

from equipoise.estimators.data import CovariateData
from equipoise.estimators.loop import run_local
from equipoise.estimators.means.hub import MeansHub
from equipoise.estimators.means.site import summarise
from equipoise.guard.policy import Policy
from equipoise.network.hub.labs.records import dominated


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([1000.0, *[5.0] * 12], True),  # one has 94 of 100
        ([500.0, 500.0, *[5.0] * 12], True),  # two have
        ([40.0, 35.0, *[5.0] * 12], False),
        ([0.0] * 12, False),
        ([7.0], False),
    ],
)
def test_a_measure_that_one_or_two_persons_make_up(values: list[float], said: bool) -> None:
    n = len(values)
    data = CovariateData(np.array(values)[:, None], np.zeros(n, dtype=np.int64), np.ones(n))
    assert dominated(run_local(MeansHub(1, 1), summarise, data), 0, 0, Policy()) is said

"""When negative controls say that there is error: the binomial probability of so many intervals without 1."""

from __future__ import annotations

import pytest

from equipoise.estimators.evidence.calibration import SystematicError
from equipoise.network.hub.sensitivity.controls import Error, unlikely


@pytest.mark.parametrize(
    ("outside", "estimated", "expected"),
    [(0, 5, False), (1, 5, False), (2, 5, True), (1, 1, False), (3, 30, False), (4, 30, False), (5, 30, True)],
)
def test_so_many_controls_outside_are_unlikely_by_chance(outside: int, estimated: int, expected: bool) -> None:
    """P(at least 1 of 5) is 0.23, of 2 of 5 0.023, of 4 of 30 0.061, of 5 of 30 0.016; of 1 of 1 it is the 0.05 itself."""
    assert unlikely(Error("overlap", SystematicError(0.0, 0.1, 0.0, estimated), estimated, outside), 0.95) is expected

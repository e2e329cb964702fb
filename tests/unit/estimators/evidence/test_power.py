"""Power and sample size as R's manual pages print them."""

from __future__ import annotations

import pytest

from equipoise.estimators.evidence.power import detectable_hazard_ratio, power_means, power_proportions, power_survival
from equipoise.kernel.errors import EquipoiseError


def test_two_proportions() -> None:
    assert power_proportions(0.5, 0.75, n=50).power == pytest.approx(0.7401659, abs=1e-6)
    assert power_proportions(0.5, 0.75, power=0.9).n == pytest.approx(76.7, abs=0.05)


def test_two_means() -> None:
    assert power_means(1.0, n=20).power == pytest.approx(0.8689528, abs=1e-6)
    assert power_means(1.0, power=0.9).n == pytest.approx(22.02110, abs=1e-4)
    assert power_means(1.0, power=0.9, sides=1).n == pytest.approx(17.84713, abs=1e-4)


def test_schoenfeld() -> None:
    """A hazard ratio of 2 with equal arms and 80 % power needs 66 events."""
    assert power_survival(2.0, power=0.8).events == pytest.approx(65.35, abs=0.01)
    assert power_survival(0.5, events=65.35).power == pytest.approx(0.8, abs=1e-4)


def test_there_and_back() -> None:
    assert power_survival(detectable_hazard_ratio(100, power=0.9), events=100).power == pytest.approx(0.9)
    assert power_proportions(0.1, 0.2, n=power_proportions(0.1, 0.2, power=0.8).n).power == pytest.approx(0.8)
    paired = power_means(0.5, 1.2, power=0.8, paired=True)
    assert power_means(0.5, 1.2, n=paired.n, paired=True).power == pytest.approx(0.8)


def test_refusals() -> None:
    with pytest.raises(EquipoiseError, match="either the power"):
        power_proportions(0.1, 0.2)
    with pytest.raises(EquipoiseError, match="either the power"):
        power_means(1.0, n=10, power=0.8)
    with pytest.raises(EquipoiseError, match="hazard_ratio"):
        power_survival(1.0, power=0.8)
    with pytest.raises(EquipoiseError, match="proportions"):
        power_proportions(0.2, 0.2, power=0.8)

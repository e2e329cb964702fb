"""Restricted means: an area worked by hand, and the refusals."""

from __future__ import annotations

import numpy as np
import pytest

from equipoise.estimators.data import SurvivalData
from equipoise.estimators.kaplan_meier.hub import KaplanMeierHub
from equipoise.estimators.kaplan_meier.site import summarise
from equipoise.estimators.loop import run_local
from equipoise.estimators.rmst.hub import rmst_from_curves
from equipoise.kernel.errors import EquipoiseError

GRID = np.arange(11.0)


def rows(cluster: bool = False) -> SurvivalData:
    time, event = np.array([2.0, 4.0, 6.0, 8.0, 1.0, 3.0, 9.0, 9.0]), np.array([1, 0, 1, 0, 1, 1, 0, 0])
    return SurvivalData(
        time=time,
        event=event,
        group=np.repeat([0, 1], 4),
        stratum=np.zeros(8, dtype=np.int64),
        x=np.zeros((8, 0)),
        weight=np.ones(8),
        cluster=np.arange(8) if cluster else None,
    )


def test_the_area_by_hand() -> None:
    """Group 0: 1 to day 2, 3/4 to day 6, 3/8 to day 7. Group 1: 1 to day 1, 3/4 to day 3, 1/2 to day 7."""
    found = rmst_from_curves(run_local(KaplanMeierHub(GRID, 2), summarise, rows()), 7.0)
    assert [m.estimate for m in found.means] == pytest.approx([2 + 3 + 3 / 8, 1 + 1.5 + 2])
    contrast = found.contrasts[0]
    assert contrast.difference == pytest.approx(4.5 - 5.375)
    assert contrast.ratio == pytest.approx(4.5 / 5.375)
    assert contrast.lost_ratio == pytest.approx(2.5 / 1.625)


def test_a_horizon_beyond_follow_up_is_said() -> None:
    result = run_local(KaplanMeierHub(GRID, 2), summarise, rows())
    assert [m.beyond for m in rmst_from_curves(result, 8.5).means] == [True, False]


def test_refusals() -> None:
    result = run_local(KaplanMeierHub(GRID, 2, robust=True), summarise, rows(cluster=True))
    with pytest.raises(EquipoiseError, match=r"EQ-EST-106.*prepared"):
        rmst_from_curves(result, 7.0)
    with pytest.raises(EquipoiseError, match="EQ-EST-106"):
        rmst_from_curves(result, 0.0)


def test_a_group_whose_mean_is_0_has_a_difference_and_no_ratio() -> None:
    """Group 0 has one person, who had the event at time 0."""
    whole = rows()
    data = SurvivalData(
        np.append(whole.time[4:], 0.0), np.append(whole.event[4:], 1), np.array([1, 1, 1, 1, 0]), np.zeros(5, dtype=np.int64),
        np.zeros((5, 0)), np.ones(5),
    )  # fmt: skip
    contrast = rmst_from_curves(run_local(KaplanMeierHub(GRID, 2), summarise, data), 7.0).contrasts[0]
    assert contrast.difference == pytest.approx(4.5)
    assert np.isnan([contrast.ratio, contrast.ratio_log_se, contrast.ratio_lower, contrast.ratio_upper, contrast.ratio_p]).all()

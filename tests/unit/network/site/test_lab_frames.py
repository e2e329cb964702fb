"""Rows of persons and windows made by hand; and what weights for being measured mend."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from equipoise.estimators.data import CovariateData, ModelData
from equipoise.estimators.gee.hub import GeeHub
from equipoise.estimators.gee.site import summarise as gee
from equipoise.estimators.logistic.hub import LogisticHub
from equipoise.estimators.logistic.site import summarise as logistic
from equipoise.estimators.loop import run_sites
from equipoise.kernel.errors import EquipoiseError
from equipoise.network.site.data import data_for
from equipoise.network.site.rows import Rows
from equipoise.network.wire.labs import LabFrame, MeasuredModel
from equipoise.network.wire.views import Setting, View
from equipoise.study.model import Arm, DeathOutcome, Index, LabOutcome, LabWindow, Study
from equipoise.table.analysis_table import AnalysisTable

WINDOWS = (LabWindow(name="early", start=8, end=29, target=14), LabWindow(name="late", start=30, end=90, target=45))
STUDY = Study(
    name="s",
    title="T",
    period_start=date(2020, 1, 1),
    period_end=date(2021, 1, 1),
    code_sets=(),
    index=Index(sets=("a",)),
    arms=(Arm(name="A", role="target", sets=("a",)), Arm(name="B", role="comparator", sets=("b",))),
    outcomes=(DeathOutcome(name="os"), LabOutcome(name="alt", sets=("alt",), windows=WINDOWS)),
)
VALUES = LabFrame("alt", "values")


def rows(**columns: Any) -> Rows:
    n = len(columns["arm"])
    given = {"site": ["x"] * n, "os_time": [500.0] * n, "os_event": [0] * n}
    return Rows(AnalysisTable(pa.table(given | columns), (), ()), STUDY, "hash")


@pytest.fixture
def four() -> Rows:
    """Measured twice; early only; dead on day 20, before the late window; without a value before."""
    return rows(
        arm=[1, 0, 1, 0],
        os_time=[500.0, 500.0, 20.0, 500.0],
        os_event=[0, 0, 1, 0],
        alt_baseline=[20.0, 30.0, 40.0, None],
        alt_early=[25.0, 33.0, None, 10.0],
        alt_late=[26.0, None, None, 11.0],
    )


def test_values_by_person_and_window(four: Rows) -> None:
    found = data_for(ModelData, four, Setting(), View(labs=VALUES))
    assert found.y.tolist() == [25, 26, 33]
    assert found.x.tolist() == [[1, 0, 20, 1, 0], [0, 1, 20, 0, 1], [1, 0, 30, 0, 0]]
    assert (found.cluster.tolist(), found.occasion.tolist()) == ([0, 0, 1], [0, 1, 0])
    described = data_for(CovariateData, four, Setting(), View(labs=VALUES))
    assert described.x.tolist() == [[25, 5], [26, 6], [33, 3]]
    assert described.group.tolist() == [1, 3, 0]


def test_who_could_have_been_measured(four: Rows) -> None:
    """The dead could on day 8 and could not on day 30; whoever has no value before is in no model."""
    frame = LabFrame("alt", "measured", centre=30.0, spread=10.0)
    found = data_for(ModelData, four, Setting(), View(labs=frame))
    assert found.y.tolist() == [1, 1, 1, 0, 0]
    assert found.x.tolist() == [
        [1, 0, 1, 0, -1, 0],
        [0, 1, 0, 1, 0, -1],
        [1, 0, 0, 0, 0, 0],
        [0, 1, 0, 0, 0, 0],
        [1, 0, 1, 0, 1, 0],
    ]


def test_weights_are_the_share_over_the_probability_within_limits(four: Rows) -> None:
    """Log odds 0, so a probability of one half, but for log odds of ln 3 late: three quarters."""
    model = MeasuredModel((0.0, float(np.log(3)), 0.0, 0.0, 0.0, 0.0), ((0.5, 0.25), (0.25, 0.5)))
    frame = replace(VALUES, model=model)
    found = data_for(ModelData, four, Setting(), View(labs=frame))
    assert found.weight.tolist() == pytest.approx([0.5, 2 / 3, 1.0])
    cut = data_for(CovariateData, four, Setting(), View(labs=replace(frame, rows="weights", limits=(0.6, 0.9))))
    assert cut.x[:, 0].tolist() == pytest.approx([0.6, 2 / 3, 0.9])


def test_unknown_outcomes_are_refused(four: Rows) -> None:
    with pytest.raises(EquipoiseError, match="EQ-SITE-004"):
        data_for(ModelData, four, Setting(), View(labs=LabFrame("ast", "values")))


def test_weights_mend_what_measuring_the_sick_does() -> None:
    """No change in anybody's mean but for 3 in the target arm, more in the sick; the sick are drawn more often in that arm."""
    rng, n = np.random.default_rng(12), 40_000
    arm, before = rng.integers(0, 2, n), rng.normal(0, 1, n)
    early = before + arm * (3 + 2 * before) + rng.normal(0, 1, n)
    drawn = rng.random(n) < 1 / (1 + np.exp(-before))
    of = rows(
        arm=arm,
        alt_baseline=before,
        alt_early=np.where(drawn, early, np.nan),
        alt_late=np.where(rng.random(n) < 0.5, before, np.nan),
    )
    asked = data_for(ModelData, of, Setting(), View(labs=LabFrame("alt", "measured")))
    fit = run_sites(LogisticHub(6), logistic, [asked])
    assert fit.coef[4:] == pytest.approx([1, 0], abs=0.05)
    weighted = replace(VALUES, model=MeasuredModel(tuple(fit.coef.tolist()), ((0.5, 0.5), (0.5, 0.5))))
    estimates = {}
    for name, frame in (("plain", VALUES), ("weighted", weighted)):
        data = data_for(ModelData, of, Setting(), View(labs=frame))
        mine = data.occasion == 0
        first = ModelData(
            data.x[mine][:, [0, 2, 3]],
            data.y[mine],
            data.weight[mine],
            data.block[mine],
            cluster=data.cluster[mine],
            occasion=data.occasion[mine],
        )
        estimates[name] = run_sites(GeeHub(3, 2, "independence"), gee, [first]).coef[2]
    assert estimates["weighted"] == pytest.approx(3, abs=0.06)
    assert estimates["plain"] > 3.5

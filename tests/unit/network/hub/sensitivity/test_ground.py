"""Time at risk from a curve, verdicts that turn, and counts that stay hidden."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from equipoise.estimators.data import SurvivalData
from equipoise.estimators.kaplan_meier.hub import KaplanMeierHub
from equipoise.estimators.kaplan_meier.site import summarise
from equipoise.estimators.loop import run_local
from equipoise.kernel.masked import Masked
from equipoise.network.hub.sensitivity.ground import counted, leaves_out_one, time_at_risk, turned, turned_note, uncounted
from equipoise.results.records import Record

RECORD = Record("main", "all", "os", "hazard_ratio", "A", "B", "overlap", 0.7, 0.5, 0.9, 0.01, 100, 50, 40, 30)


def test_time_at_risk_is_the_sum_of_all_times() -> None:
    rng = np.random.default_rng(3)
    time = rng.integers(1, 400, 250).astype(float)
    zeros = np.zeros(250, dtype=np.int64)
    data = SurvivalData(time, rng.integers(0, 2, 250), zeros, zeros, np.zeros((250, 0)), np.ones(250))
    curve = run_local(KaplanMeierHub(np.arange(1.0, 401), 1), summarise, data).curves[0]
    assert time_at_risk(curve) == pytest.approx(time.sum(), rel=1e-12)


def test_what_a_verdict_is() -> None:
    assert leaves_out_one(RECORD) is True
    assert leaves_out_one(replace(RECORD, upper=1.1)) is False
    assert leaves_out_one(replace(RECORD, lower=1.1, upper=1.4)) is True
    assert leaves_out_one(replace(RECORD, lower=None)) is None


def test_verdicts_that_turn_are_counted_and_said() -> None:
    others = (replace(RECORD, upper=0.95), replace(RECORD, upper=1.2), replace(RECORD, lower=None, upper=None))
    assert turned(RECORD, others) == (2, 1)
    (note,) = turned_note(RECORD, others, "DC05", "with misclassified arms")
    assert note.text == "The interval of os (overlap) leaves out 1; with misclassified arms that changes in 1 of 2 settings."
    assert turned_note(RECORD, others[:1], "DC05", "with misclassified arms") == ()


def test_one_hidden_count_is_enough() -> None:
    assert counted(RECORD)
    for field in ("n_target", "n_comparator", "events_target", "events_comparator"):
        for hidden in (Masked(), Masked(complementary=True)):
            assert not counted(replace(RECORD, **{field: hidden}))
    assert uncounted(RECORD).n_target is None

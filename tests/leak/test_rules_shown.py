"""What the rules forbid is not in a result, and a site refuses sums of models that its persons alone would saturate."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from equipoise.estimators.shape import Done
from equipoise.estimators.site_side import SITE_SIDE
from equipoise.guard.policy import OFFICE, Policy
from equipoise.guard.release import Purpose, check
from equipoise.kernel.errors import EquipoiseError
from equipoise.kernel.masked import Masked
from equipoise.network.hub.analysis.conduct import Task, conduct
from equipoise.network.in_process import InProcess
from equipoise.network.site.service import SiteService, introduce
from equipoise.network.wire.codec import members
from equipoise.results.study_result import StudyResult
from leak.problems import problem

TERMS = replace(OFFICE, studies="any")


def run(leaky: Any, policy: Policy, sites: int = 4, **columns: Any) -> tuple[StudyResult, list[Any]]:
    """The study over sites of sixty persons; columns put in place of those of the same name."""
    services: dict[str, SiteService] = {}
    tables = []
    for seed in range(sites):
        site = leaky.named(f"S{seed}", policy, seed + 4)
        rows = site._tables.table_held.rows
        for name, values in columns.items():
            rows = rows.set_column(rows.column_names.index(name), name, pa.array(values[seed]))
        site._tables.table_held = replace(site._tables.table_held, rows=rows)
        services[f"S{seed}"] = site
        tables.append(rows)
    introduce(services.values())
    return conduct(Task(leaky.study, leaky.hash, ""), InProcess(services), lambda *_: None), tables


def test_no_step_of_a_coarse_curve_and_no_difference_at_risk_tells_a_few(leaky: Any) -> None:
    found, tables = run(leaky, TERMS)
    rows = pa.concat_tables(tables).to_pandas()
    crude = [curve for curve in found.curves if curve.adjustment == "crude"]
    assert len(crude) == 2
    for curve in crude:
        arm = rows[rows["arm"] == (1 if curve.arm == "A" else 0)]
        deaths = np.sort(arm.loc[arm["os_event"] == 1, "os_time"].to_numpy())
        drawn = [time for time, here, before in zip(curve.time[1:], curve.survival[1:], curve.survival, strict=False) if here < before]
        assert len(drawn) > 3
        upto = np.searchsorted(deaths, drawn, side="right")
        assert np.diff(upto, prepend=0).min() >= 11
        assert curve.censored_at == ()
        told = [n for n in curve.at_risk if not isinstance(n, Masked)]
        assert all(a == b or a - b >= 11 for a, b in pairwise(told))
    assert "EQ-HUB-018" in {note.code for note in found.notes}
    exact, _ = run(leaky, replace(TERMS, curves="exact"))
    assert "EQ-HUB-018" not in {note.code for note in exact.notes}
    same = {curve.arm: dict(zip(curve.time, curve.survival, strict=True)) for curve in exact.curves if curve.adjustment == "crude"}
    for curve in crude:  # what is drawn lies on the exact curve
        for time, value in list(zip(curve.time, curve.survival, strict=True))[1:-1]:
            assert same[curve.arm][time] == pytest.approx(value, rel=1e-9)
    assert [r.estimate for r in found.records] == pytest.approx([r.estimate for r in exact.records], rel=1e-9)


def test_a_coefficient_that_few_persons_stand_behind_is_not_shown(leaky: Any) -> None:
    few = [np.where(np.arange(60) < 4, 1.0, 0.0) for _ in range(4)]  # sixteen persons, spread over the arms
    found, tables = run(leaky, TERMS, event=few)
    rows = pa.concat_tables(tables).to_pandas()
    assert 0 < rows[rows["event"] == 1].groupby("arm").size().min() < 11
    assert "event" not in {term.term for term in found.propensity}
    assert "age" in {term.term for term in found.propensity}
    assert any("Coefficients of the propensity model" in note.text for note in found.notes)
    many, _ = run(leaky, TERMS)
    assert {"event", "age"} <= {term.term for term in many.propensity}


def test_a_mean_that_one_person_makes_up_is_not_shown(leaky: Any) -> None:
    heavy = [np.full(60, 0.1) for _ in range(4)]
    heavy[0] = heavy[0].copy()
    target = int(np.flatnonzero(np.asarray(leaky.named("S0", TERMS, 4)._tables.table_held.rows["arm"]) == 1)[0])
    heavy[0][target] = 100_000.0
    found, _ = run(leaky, TERMS, age=heavy)
    rows = [row for row in found.baseline if row.covariate == "age"]
    assert rows
    assert all((row.target, row.target_sd, row.smd) == (None, None, None) for row in rows)
    assert any(row.comparator is not None for row in rows)


@pytest.mark.parametrize(("persons", "share", "own_models", "failed"), [
    (8, "site-aggregates", "refuse", True),
    (8, "site-aggregates", "allow", False),
    (8, "secure-sums", "refuse", False),
    (60, "site-aggregates", "refuse", False),
])  # fmt: skip
def test_sums_of_a_model_that_a_site_alone_saturates_leave_under_masks_only(
    leaky: Any, persons: int, share: Any, own_models: Any, failed: bool
) -> None:
    policy = replace(TERMS, share=share, own_models=own_models)
    services = {f"S{seed}": leaky.named(f"S{seed}", policy, seed + 4) for seed in range(5)}
    small = services["S2"]._tables
    small.table_held = replace(small.table_held, rows=small.table_held.rows.slice(0, persons))
    introduce(services.values())
    found = conduct(Task(leaky.study, leaky.hash, ""), InProcess(services), lambda *_: None)
    why = [site.why for site in found.sites if site.status == "failed"]
    assert len(why) == (1 if failed else 0)
    if failed:
        assert why[0].startswith("EQ-GUARD-021")
        assert "saturated model" in why[0]


def refuses(summary: Any, policy: Policy, purpose: Purpose) -> bool:
    """Whether the door keeps a summary, which it may do for its model alone."""
    try:
        check(summary, policy, purpose)
    except EquipoiseError as error:
        return error.code == "EQ-GUARD-021"
    return False


MODELS = {"conditional_logistic", "cox", "fine_gray", "gee", "glm", "logistic", "parametric_aft"}


@pytest.mark.parametrize("name", sorted(SITE_SIDE))
def test_every_model_s_sums_are_known_as_such(name: str) -> None:
    """In all rounds of the problems that the laws try an estimator on: a square matrix over parameters does not leave a small site."""
    estimator = SITE_SIDE[name]
    terms = Policy("deidentified-rows") if name == "match_rows" else replace(TERMS, share="site-aggregates")
    data, hub = problem(name)
    ask, found = hub.first(), set()
    for _ in range(6):
        total = estimator.summarise(data, ask)
        for persons in (5, 10_000):
            if refuses(total, terms, Purpose("abc", 1, name, members(estimator.summary_type), persons)):
                assert persons == 5
                found.add(type(total).__name__)
        step = hub.finish(ask, total)
        if isinstance(step, Done):
            break
        ask = step.ask
    assert bool(found) == (name in MODELS)
    assert ("Curvature" in found) == (name in ("cox", "fine_gray"))  # its rows were counted a round before

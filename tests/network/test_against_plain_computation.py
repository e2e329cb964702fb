"""The network's estimates against a computation that shares no code with them: all rows in one place, loops and a general optimiser."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar

from equipoise.network.local import SitePlace
from equipoise.network.site.tables import CdmTables
from equipoise.results.study_result import StudyResult
from equipoise.study.learned import columns_needed
from equipoise.study.reading import LoadedStudy

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Plain:
    rows: pd.DataFrame
    arm: Floats
    score: Floats

    def weights(self, adjustment: str) -> Floats:
        e, t = self.score, self.arm == 1
        return {
            "crude": np.ones(len(e)),
            "overlap": np.where(t, 1 - e, e),
            "iptw": np.where(t, t.mean() / e, (1 - t.mean()) / (1 - e)),
            "att": np.where(t, 1.0, e / (1 - e)),
        }[adjustment]


@pytest.fixture(scope="module")
def plain(loaded: LoadedStudy, network: tuple[SitePlace, ...], cache: Path) -> Plain:
    tables = [CdmTables(place.name, place.cdm, cache / place.name).table(loaded.study, loaded.hash) for place in network]
    rows = pd.concat([table.rows.to_pandas() for table in tables], ignore_index=True)
    arm = rows["arm"].to_numpy(dtype=float)
    return Plain(rows, arm, scores(loaded, rows, arm))


def scores(loaded: LoadedStudy, rows: pd.DataFrame, arm: Floats) -> Floats:
    """Median for missing, an indicator of it, all levels but the first; the likelihood maximised by a quasi-Newton search.

    Each hospital has its own intercept under a normal prior, as the study says; it is profiled by taking part in the search.
    """
    needed = columns_needed(loaded.study)
    columns: list[Floats] = []
    for name in needed.numbers:
        value = rows[name].astype(float)
        columns.append(value.fillna(value.median()).to_numpy())
        if value.isna().any():
            columns.append(value.isna().to_numpy(dtype=float))
    for name, levels in needed.categories:
        present = [level for level in levels if (rows[name] == level).any()]
        columns += [(rows[name] == level).to_numpy(dtype=float) for level in present[1:]]
    x = np.column_stack([column for column in columns if np.ptp(column) > 0])
    x = np.column_stack([np.ones(len(arm)), (x - x.mean(axis=0)) / x.std(axis=0)])
    assert loaded.study.propensity is not None
    sd = loaded.study.propensity.site_intercept_sd
    site = pd.get_dummies(rows["site"]).to_numpy(dtype=float)
    z = np.column_stack([x, site]) if sd else x
    p = x.shape[1]

    def loss(coef: Floats) -> tuple[float, Floats]:
        eta = z @ coef
        prior = coef[p:] / sd**2 if sd else np.zeros(0)
        value = float(np.logaddexp(0, eta).sum() - arm @ eta) + (float(coef[p:] @ prior) / 2 if sd else 0.0)
        gradient = z.T @ (1 / (1 + np.exp(-eta)) - arm)
        gradient[p:] += prior
        return value, gradient

    found = minimize(loss, np.zeros(z.shape[1]), jac=True, method="BFGS", options={"gtol": 1e-9, "maxiter": 5000})
    return np.asarray(1 / (1 + np.exp(-z @ found.x)))


def efron(plain: Plain, w: Floats, stratified: bool) -> float:
    """The log hazard ratio by Efron's weighted partial likelihood, a sum over deaths; within hospitals where `stratified`."""
    time, event, x = (plain.rows[name].to_numpy(dtype=float) for name in ("os_time", "os_event", "arm"))
    stratum = plain.rows["site"].to_numpy() if stratified else np.zeros(len(x))
    deaths = sorted({(s, t) for s, t, dead in zip(stratum, time, event, strict=True) if dead})

    def loss(beta: float) -> float:
        total, r = 0.0, w * np.exp(beta * x)
        for here, day in deaths:
            dead = (stratum == here) & (time == day) & (event == 1)
            at_risk = r[(stratum == here) & (time >= day)].sum()
            d, v = int(dead.sum()), w[dead].mean()
            total += float((w * beta * x)[dead].sum())
            total -= sum(v * log(at_risk - k / d * r[dead].sum()) for k in range(d))
        return -total

    return float(minimize_scalar(loss, bounds=(-3, 3), method="bounded", options={"xatol": 1e-10}).x)


def survival(plain: Plain, w: Floats, arm: int, day: float) -> float:
    time, event = plain.rows["os_time"].to_numpy(dtype=float), plain.rows["os_event"].to_numpy(dtype=float)
    here, alive = plain.arm == arm, 1.0
    for t in np.unique(time[(event == 1) & here & (time <= day)]):
        alive *= 1 - w[here & (time == t) & (event == 1)].sum() / w[here & (time >= t)].sum()
    return alive


@pytest.mark.parametrize("adjustment", ["crude", "overlap", "iptw", "att"])
def test_hazard_ratios_and_survival_agree(federated: StudyResult, plain: Plain, loaded: LoadedStudy, adjustment: str) -> None:
    records = [r for r in federated.records if r.outcome == "os" and r.adjustment == adjustment]
    w = plain.weights(adjustment)
    ratio = next(r.estimate for r in records if r.measure == "hazard_ratio")
    stratified = loaded.study.analysis.cox_strata == "site" and adjustment != "crude"
    assert ratio == pytest.approx(exp(efron(plain, w, stratified)), rel=1e-6)
    found = [r for r in records if r.measure == "survival" and r.estimate is not None]
    assert len(found) >= 4
    for record in found:
        arm = int(record.target == loaded.study.target.name)
        assert record.estimate == pytest.approx(survival(plain, w, arm, float(record.time_days or 0)), rel=1e-6)


def test_counts_agree(federated: StudyResult, plain: Plain) -> None:
    crude = next(r for r in federated.records if (r.outcome, r.adjustment, r.measure) == ("os", "crude", "hazard_ratio"))
    dead = plain.rows["os_event"].to_numpy(dtype=float) == 1
    wanted = [(plain.arm == 1).sum(), (plain.arm == 0).sum(), (dead & (plain.arm == 1)).sum(), (dead & (plain.arm == 0)).sum()]
    assert [crude.n_target, crude.n_comparator, crude.events_target, crude.events_comparator] == wanted

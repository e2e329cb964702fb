"""Made-up inputs: half of the covariates normal, half yes or no; about 30 % events; times in whole days."""

from __future__ import annotations

import numpy as np

from side_by_side.work_item import Arrays

COLUMNS = 50
EVENTS = 0.3
END = 3650


def covariates(rows: int, rng: np.random.Generator) -> np.ndarray:
    """(rows, 50) float64."""
    x = np.empty((rows, COLUMNS))
    half = COLUMNS // 2
    x[:, :half] = rng.standard_normal((rows, half))
    x[:, half:] = rng.random((rows, COLUMNS - half)) < np.linspace(0.05, 0.5, COLUMNS - half)
    return x


def follow_up(rows: int, *, whole_days: bool = True) -> Arrays:
    """x, time (days, or with `whole_days=False` parts of them, so that all differ), event, group (0, 1; its hazard is a fifth lower),
    cause (0, 1, 2; a quarter of the events are of cause 2).
    """
    rng = np.random.default_rng(20260101)
    x = covariates(rows, rng)
    group = (rng.random(rows) < 0.5).astype(np.float64)
    eta = x @ rng.normal(0.0, 0.15, COLUMNS) + np.log(0.8) * group
    clock, censoring = rng.exponential(size=rows) * np.exp(-eta), rng.uniform(30, END, rows)
    low, high = -20.0, 20.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if np.mean(clock * np.exp(middle) <= censoring) > EVENTS else (low, middle)
    dying = clock * np.exp(low)
    event = (dying <= censoring).astype(np.float64)
    cause = event * np.where(rng.random(rows) < 0.25, 2.0, 1.0)
    time = np.minimum(dying, censoring)
    return {"x": x, "time": np.ceil(time) if whole_days else time, "event": event, "group": group, "cause": cause}


def outcome(rows: int) -> Arrays:
    """x and event, of a logistic model with about 30 % events."""
    rng = np.random.default_rng(20260102)
    x = covariates(rows, rng)
    eta = x @ rng.normal(0.0, 0.15, COLUMNS)
    eta += np.log(EVENTS / (1 - EVENTS)) - eta.mean()
    return {"x": x, "event": (rng.random(rows) < 1 / (1 + np.exp(-eta))).astype(np.float64)}

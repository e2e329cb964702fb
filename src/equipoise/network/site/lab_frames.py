"""The windows of a laboratory outcome as rows for models of repeated measures and of being measured. Stays at the site.

Letters: n persons of the site, k windows, m rows. A person counts in a window who has a value before the index and is not known to have
died before the window began: weights stand in for values that could have been there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from equipoise.estimators.data import CovariateData, Floats, Ints, ModelData
from equipoise.estimators.propensity.site import propensity_scores
from equipoise.network.site.errors import UNKNOWN_ESTIMATOR
from equipoise.network.wire.labs import LabFrame
from equipoise.network.wire.views import Setting
from equipoise.study.lab_columns import BASELINE, StoredColumn
from equipoise.study.model import DeathOutcome

if TYPE_CHECKING:
    from equipoise.network.site.data import Chosen
    from equipoise.network.site.rows import Rows

REMEMBERED = 64
"""How many outcomes' weights are kept: a study has one model an outcome."""


@dataclass(frozen=True, slots=True)
class _Windows:
    """One outcome. baseline: (n,). value, possible: (n, k), possible whether a value could have been there."""

    baseline: Floats
    value: Floats
    possible: NDArray[np.bool_]

    @property
    def k(self) -> int:
        """Windows."""
        return int(self.value.shape[1])


def lab_data(kind: type, rows: Rows, setting: Setting, frame: LabFrame, part: Chosen) -> Any:
    """Rows for the estimator, of the persons chosen. Raises EQ-SITE-004 for an outcome without windows, and for what no frame gives."""
    of = _windows(rows, frame)
    inside = of.possible if frame.rows == "measured" else np.isfinite(of.value) & np.isfinite(of.baseline)[:, None]
    who, window = np.nonzero(inside & part.kept[:, None])
    weight = np.zeros(rows.n)
    weight[part.kept] = part.weight
    given = weight[who] * _measured_weights(rows, setting, frame, of)[who, window]
    if kind is ModelData:
        return _model(rows, setting, frame, of, (who, window, given))
    if kind is CovariateData:
        return _described(rows, frame, of, (who, window, given))
    raise UNKNOWN_ESTIMATOR.error(f"no frame of laboratory values gives {kind.__name__}")


_Places = tuple[Ints, Ints, Floats]
"""Person, window and weight of m rows."""


def _model(rows: Rows, setting: Setting, frame: LabFrame, of: _Windows, at: _Places) -> ModelData:
    who, window, weight = at
    if frame.rows == "measured":
        y = np.isfinite(of.value[who, window]).astype(np.float64)
        return ModelData(_columns(rows, setting, frame, of, (who, window)), y, weight, rows.site[who])
    x = np.hstack([_by_window(window, of.k), of.baseline[who][:, None], _by_window(window, of.k) * rows.arm[who][:, None]])
    return ModelData(x, of.value[who, window], weight, rows.site[who], cluster=who.astype(np.int64), occasion=window.astype(np.int64))


def _described(rows: Rows, frame: LabFrame, of: _Windows, at: _Places) -> CovariateData:
    who, window, weight = at
    value = of.value[who, window]
    group = (2 * window + rows.arm[who]).astype(np.int64)
    match frame.rows:
        case "measured":
            return CovariateData(np.isfinite(value).astype(np.float64)[:, None], group, weight)
        case "weights":
            return CovariateData(weight[:, None], np.zeros(len(who), dtype=np.int64), np.ones(len(who)))
        case "values":
            return CovariateData(np.column_stack([value, value - of.baseline[who]]), group, weight)


def _windows(rows: Rows, frame: LabFrame) -> _Windows:
    lab = next((one for one in rows.study.labs if one.name == frame.outcome), None)
    if lab is None:
        raise UNKNOWN_ESTIMATOR.error(f"no such laboratory outcome: {frame.outcome}")
    baseline = rows.stored(StoredColumn(lab.name, BASELINE, "value").name)
    value = np.column_stack([rows.stored(StoredColumn(lab.name, window.name, "value").name) for window in lab.windows])
    death = next((one.name for one in rows.study.timed_outcomes if isinstance(one, DeathOutcome)), None)
    alive = np.ones(value.shape, dtype=bool)
    if death is not None:
        time, event, at_risk = rows.outcome(death)
        died = np.where(at_risk & (event == 1), time, np.inf)
        alive = died[:, None] >= np.array([window.start for window in lab.windows])
    return _Windows(baseline, value, np.isfinite(baseline)[:, None] & (alive | np.isfinite(value)))


def _by_window(window: Ints, k: int) -> Floats:
    return np.asarray(window[:, None] == np.arange(k), dtype=np.float64)


def _columns(rows: Rows, setting: Setting, frame: LabFrame, of: _Windows, at: tuple[Ints, Ints]) -> Floats:
    """(m, 3 k + p) windows, arm by window, the baseline value by window, covariates."""
    who, window = at
    windows = _by_window(window, of.k)
    baseline = (of.baseline[who] - frame.centre) / frame.spread
    parts = [windows, windows * rows.arm[who][:, None], windows * baseline[:, None]]
    if frame.covariates:
        parts.append(rows.propensity_design(setting)[who][:, 1:][:, list(frame.covariates)])
    return np.asarray(np.hstack(parts))


def _measured_weights(rows: Rows, setting: Setting, frame: LabFrame, of: _Windows) -> Floats:
    """(n, k) share measured in the arm and window over the person's own probability, cut at the limits; 1 without a model."""
    if frame.model is None:
        return np.ones(of.value.shape)
    key = frame.outcome, frame.model, frame.covariates, frame.centre, frame.spread
    if key not in rows.measured:
        while len(rows.measured) >= REMEMBERED:
            del rows.measured[next(iter(rows.measured))]
        rows.measured[key] = _stabilised(rows, setting, frame, of)
    found = rows.measured[key]
    return found if frame.limits is None else np.clip(found, *frame.limits)


def _stabilised(rows: Rows, setting: Setting, frame: LabFrame, of: _Windows) -> Floats:
    model = frame.model
    if model is None:
        raise UNKNOWN_ESTIMATOR.error("weights for being measured without a model")
    who, window = np.nonzero(of.possible)
    x = _columns(rows, setting, frame, of, (who, window))
    y = np.isfinite(of.value[who, window]).astype(np.float64)
    probability = propensity_scores(x, np.asarray(model.coef), rows.site[who], y, model.site_intercept_sd)
    out = np.ones(of.value.shape)
    out[who, window] = np.asarray(model.shares)[rows.arm[who], window] / probability
    return out

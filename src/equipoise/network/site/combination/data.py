"""A combination frame turned into an estimator's data. Read this first. Stays at the site."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from equipoise.estimators.data import CovariateData, Floats, Ints, ModelData, SurvivalData
from equipoise.network.site.combination.clones import Clones, clone
from equipoise.network.site.combination.decisions import decisions, weighted
from equipoise.network.site.combination.exposures import Bools
from equipoise.network.site.combination.layout import Followed, Laid, at_landmark, in_window, joined, kept_rows, through_time
from equipoise.network.site.errors import UNKNOWN_ESTIMATOR
from equipoise.network.wire.combination import CombinationFrame
from equipoise.network.wire.views import Setting, View

if TYPE_CHECKING:
    from equipoise.network.site.rows import Rows

REMEMBERED = 16
"""How many layouts of rows are kept: a study has this many at most, and each is asked about many times."""


def combination_data(kind: type, rows: Rows, setting: Setting, view: View) -> Any:
    """Rows for the estimator. Raises EQ-SITE-004 for a study without exposures, and for what no frame gives."""
    frame = view.combination
    if frame is None or view.outcome is None:
        raise UNKNOWN_ESTIMATOR.error("a combination frame needs an outcome")
    if kind is ModelData:
        return _decisions(rows, setting, view.outcome, frame)
    if kind is not SurvivalData and kind is not CovariateData:
        raise UNKNOWN_ESTIMATOR.error(f"no combination frame gives {kind.__name__}")
    laid = laid_out(rows, setting, view.outcome, frame)
    kept = kept_rows(laid, rows.arm, frame, rows.exposures.k + 1)
    if frame.group == "apart":
        kept &= _apart(rows, frame)[laid.who]
    if kind is CovariateData:
        return _final_weights(laid.take(kept), rows)
    return _survival(rows, setting, view, frame, laid.take(kept))


def _final_weights(laid: Laid, rows: Rows) -> CovariateData:
    """A column for each label: the weights of its clones that are followed past the grace period, missing for all others."""
    final = np.zeros(len(laid.who), dtype=bool) if laid.entry is None else laid.entry >= rows.exposures.block.grace
    weight, label = laid.weights[final], laid.label[final]
    mine = label[:, None] == np.arange(rows.exposures.k + 1)
    return CovariateData(np.where(mine, weight[:, None], np.nan), np.zeros(len(weight), dtype=np.int64), np.ones(len(weight)))


def _survival(rows: Rows, setting: Setting, view: View, frame: CombinationFrame, laid: Laid) -> SurvivalData:
    return SurvivalData(
        time=laid.time,
        event=laid.event,
        group=_group(rows, frame, laid),
        stratum=rows.site[laid.who] if view.stratum == "site" else np.zeros(len(laid.who), dtype=np.int64),
        x=_columns(rows, setting, frame, laid),
        weight=laid.weights,
        entry=laid.entry,
        cluster=laid.who if laid.pieces else None,
    )


def laid_out(rows: Rows, setting: Setting, outcome: str, frame: CombinationFrame) -> Laid:
    """The frame's rows, before any is left out; made once for all questions about them."""
    key = (
        outcome,
        frame.rows,
        frame.window,
        frame.landmark,
        frame.left,
        frame.models,
        frame.limits,
        frame.covariates if frame.models else (),
    )
    if key not in rows.laid:
        while len(rows.laid) >= REMEMBERED:
            del rows.laid[next(iter(rows.laid))]
        rows.laid[key] = _lay_out(rows, setting, outcome, frame)
    return rows.laid[key]


def _lay_out(rows: Rows, setting: Setting, outcome: str, frame: CombinationFrame) -> Laid:
    of, exposures = followed(rows, outcome), rows.exposures
    match frame.rows:
        case "window":
            return in_window(of, exposures, frame.window)
        case "landmark":
            return at_landmark(of, exposures, frame.landmark, left=frame.left)
        case "time-varying":
            return through_time(of, exposures)
        case "clones":
            return joined([_clones(rows, outcome, strategy).laid() for strategy in range(exposures.k + 1)])
        case "weighted clones":
            x = _censored_on(rows, setting, frame)
            return joined([weighted(_clones(rows, outcome, strategy), frame, x) for strategy in range(exposures.k + 1)])
        case "decisions":
            raise UNKNOWN_ESTIMATOR.error("decisions are rows of a regression model only")


def followed(rows: Rows, outcome: str) -> Followed:
    """The persons at risk for the outcome; an event that precludes it ends their time."""
    time, event, at_risk = rows.outcome(outcome)
    who = np.flatnonzero(at_risk).astype(np.int64)
    return Followed(who, time[who], (event[who] == 1).astype(np.int64))


def _clones(rows: Rows, outcome: str, strategy: int) -> Clones:
    return clone(followed(rows, outcome), rows.exposures, strategy, rows.exposures.block.grace)


def _decisions(rows: Rows, setting: Setting, outcome: str, frame: CombinationFrame) -> ModelData:
    """Whether the data contradict the strategy: on the columns of time and, where the frame asks for them, arm and covariates."""
    found = decisions(_clones(rows, outcome, frame.strategy), frame.decision)
    parts = ([rows.arm[:, None]] if frame.arm else []) + _covariates(rows, setting, frame.covariates)
    x = np.asarray(np.hstack([found.time, *(block[found.who] for block in parts)]), dtype=np.float64)
    return ModelData(x, found.contradicted, np.ones(len(found.who)), rows.site[found.who])


def _covariates(rows: Rows, setting: Setting, places: tuple[int, ...]) -> list[Floats]:
    return [rows.propensity_design(setting)[:, 1:][:, list(places)]] if places else []


def _censored_on(rows: Rows, setting: Setting, frame: CombinationFrame) -> Floats:
    """(n, p) arm and covariates, the columns of the denominators."""
    return np.asarray(np.hstack([rows.arm[:, None], *_covariates(rows, setting, frame.censored_on)]), dtype=np.float64)


def _columns(rows: Rows, setting: Setting, frame: CombinationFrame, laid: Laid) -> Floats:
    """(r, p) arm, labels or combined arms without the reference, covariates."""
    arm = rows.arm[laid.who]
    parts = [arm[:, None].astype(np.float64)] if frame.arm else []
    if frame.effects != "none":
        codes, shown = (laid.label, frame.labels) if frame.effects == "labels" else (_arms(rows, laid), frame.arms)
        parts.append((codes[:, None] == np.array(shown[1:], dtype=np.int64)).astype(np.float64))
    parts += [block[laid.who] for block in _covariates(rows, setting, frame.covariates)]
    return np.hstack(parts) if parts else np.zeros((len(laid.who), 0))


def _arms(rows: Rows, laid: Laid) -> Ints:
    return np.asarray(rows.arm[laid.who] * (rows.exposures.k + 1) + laid.label, dtype=np.int64)


def _group(rows: Rows, frame: CombinationFrame, laid: Laid) -> Ints:
    match frame.group:
        case "arms":
            return _arms(rows, laid)
        case "labels":
            return laid.label
        case "apart":
            return rows.arm[laid.who]
        case "none":
            return np.zeros(len(laid.who), dtype=np.int64)


def _apart(rows: Rows, frame: CombinationFrame) -> Bools:
    """(n,) persons exposed to both classes of a pair that the study describes apart, in the frame's window or by its landmark."""
    exposures = rows.exposures
    names = [one.name for one in exposures.block.classes]
    if not 0 <= frame.apart < len(exposures.block.apart):
        raise UNKNOWN_ESTIMATOR.error("no such pair of classes")
    found = exposures.exposed_by(frame.landmark) if frame.rows == "landmark" else exposures.exposed(frame.window)
    return np.asarray(found[:, [names.index(name) for name in exposures.block.apart[frame.apart]]].all(axis=1))

"""A view turned into an estimator's data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from equipoise.estimators.attrition.summary import AttritionData
from equipoise.estimators.data import CovariateData, Floats, Ints, ModelData, SurvivalData
from equipoise.estimators.logistic.intercepts import inverse_logit
from equipoise.estimators.matching.summary import MatchRowsData
from equipoise.estimators.propensity.site import logit
from equipoise.network.site.combination.data import combination_data
from equipoise.network.site.errors import UNKNOWN_ESTIMATOR
from equipoise.network.site.estimated import estimated_weights
from equipoise.network.site.events.columns import in_whole_sets
from equipoise.network.site.lab_frames import lab_data
from equipoise.network.site.rows import Rows
from equipoise.network.wire.views import Setting, View, Weighting

SCORE_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Chosen:
    """The columns of a view, for the persons in it. kept: (n,) bool over the site's rows; the others have one entry a kept row."""

    kept: NDArray[np.bool_]
    x: Floats
    group: Ints
    stratum: Ints
    weight: Floats


def data_for(kind: type, rows: Rows, setting: Setting, view: View) -> Any:
    """The estimator's data: read, never changed, and given again when asked for again. Raises EQ-SITE-004 for a kind that no view gives."""
    return rows.again(setting, (kind, view), lambda: _made(kind, rows, setting, view))


def _made(kind: type, rows: Rows, setting: Setting, view: View) -> Any:
    if view.combination is not None:
        return combination_data(kind, rows, setting, view)
    if view.labs is not None:
        return lab_data(kind, rows, setting, view.labs, chosen(rows, setting, view))
    maker = MAKERS.get(kind)
    if maker is None:
        raise UNKNOWN_ESTIMATOR.error(f"no view gives {kind.__name__}")
    return maker(rows, setting, view)


def chosen(rows: Rows, setting: Setting, view: View) -> Chosen:
    """Columns, groups, strata and weights of everyone whom the view lets in: at risk for the outcome, in the population, weight above 0."""
    weighting = weighting_of(setting, view)
    weight = rows.weight(setting, weighting)
    if weighting.of_outcomes:
        weight = in_whole_sets(weighting, view.outcome, rows.tokens(), weight)
    kept = weight > 0
    if view.outcome is not None:
        kept &= rows.outcome(view.outcome)[2]
    if view.subset is not None:
        kept &= rows.levels.inside(view.subset)
    if view.site is not None:
        kept &= rows.at((view.site,))
    if view.without:
        kept &= ~rows.at(view.without)
    if view.minimum_arm > 0:
        kept &= rows.at_sites_with(view.minimum_arm)
    if view.washed_out is not None:
        kept &= rows.washed_out(view.washed_out)
    if view.unweighted:
        weight = np.ones_like(weight)
    zeros = np.zeros(int(kept.sum()), dtype=np.int64)
    return Chosen(
        kept,
        columns(rows, setting, view)[kept],
        rows.arm[kept] if view.group == "arm" else zeros,
        rows.site[kept] if view.stratum == "site" else zeros,
        weight[kept],
    )


def weighting_of(setting: Setting, view: View) -> Weighting:
    """The weighting that the view names."""
    if view.weighting == "crude":
        return Weighting("crude")
    for weighting in setting.weightings:
        if (weighting.method, weighting.variant) == (view.weighting, view.variant):
            return weighting
    raise UNKNOWN_ESTIMATOR.error(f"the question names the adjustment {view.weighting} without saying what it is")


def columns(rows: Rows, setting: Setting, view: View) -> Floats:
    """(n, p) the view's columns for every row of the site."""
    match view.columns:
        case "none":
            return np.zeros((rows.n, 0))
        case "arm":
            return rows.arm[:, None].astype(np.float64)
        case "raw":
            return rows.raw()
        case "design":
            return rows.design(setting)
        case "propensity":
            return rows.propensity_design(setting)
        case "score":
            return rows.score(setting)[:, None]
        case "preference":
            return rows.preference(setting)[:, None]
        case "labs":
            return rows.labs()
        case "lab_shifts":
            return rows.lab_shifts()
        case "event_counts" | "event_rates" | "instances":
            return rows.events(view.columns)
        case "levels":
            return rows.levels.counts(rows.outcome(view.outcome)[1] if view.outcome else np.zeros(rows.n, dtype=np.int64))
        case "arm_by_level" if view.subset is not None:
            return rows.levels.arm_by_level(view.subset, rows.arm)
        case "arm_by_level":
            raise UNKNOWN_ESTIMATOR.error("arm by level needs a subset")


def survival_data(rows: Rows, setting: Setting, view: View) -> SurvivalData:
    """Times and events of the view's outcome, for those at risk for it."""
    if view.outcome is None:
        raise UNKNOWN_ESTIMATOR.error("a survival estimator needs an outcome")
    time, event, _ = rows.outcome(view.outcome)
    if not view.competing:
        event = (event == 1).astype(np.int64)
    if view.until is not None:
        time, event = np.minimum(time, view.until), np.where(time <= view.until, event, 0)
    part = chosen(rows, setting, view)
    estimated = estimated_weights(rows, setting, view, part.kept, part.weight) if view.estimated else None
    return SurvivalData(time[part.kept], event[part.kept], part.group, part.stratum, part.x, part.weight, estimated=estimated)


def model_data(rows: Rows, setting: Setting, view: View) -> ModelData:
    """The arm regressed on the view's columns; sites are blocks."""
    part = chosen(rows, setting, view)
    return ModelData(part.x, rows.arm[part.kept].astype(np.float64), part.weight, rows.site[part.kept])


def covariate_data(rows: Rows, setting: Setting, view: View) -> CovariateData:
    """The view's columns for description."""
    part = chosen(rows, setting, view)
    return CovariateData(part.x, part.group, part.weight)


def match_rows_data(rows: Rows, setting: Setting, view: View) -> MatchRowsData:
    """Tokens, scores and arms. Scores are rounded on the logit scale, so that equal covariates tie however sums were rounded."""
    part = chosen(rows, setting, view)
    score = inverse_logit(np.round(logit(part.x[:, 0]), SCORE_DIGITS))
    return MatchRowsData(rows.tokens()[part.kept], score, rows.arm[part.kept])


def count_data(rows: Rows, _setting: Setting, view: View) -> AttritionData:
    """Counts of persons that the site holds already."""
    if view.lines is None:
        raise UNKNOWN_ESTIMATOR.error("counts of what?")
    return rows.line_counts(view.lines)


MAKERS: dict[type, Callable[[Rows, Setting, View], Any]] = {
    SurvivalData: survival_data,
    ModelData: model_data,
    CovariateData: covariate_data,
    MatchRowsData: match_rows_data,
    AttritionData: count_data,
}

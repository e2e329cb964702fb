"""Survival analysis of one data set in memory: each function is its estimator run on a network of one."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from numpy.typing import ArrayLike

from equipoise.estimators.cox import site as cox_site
from equipoise.estimators.cox.hub import CoxHub
from equipoise.estimators.cox.site import first_center
from equipoise.estimators.cox.summary import Ties
from equipoise.estimators.data import memo
from equipoise.estimators.errors import BAD_ARGUMENT, COLLINEAR, NO_PEOPLE, with_column_names
from equipoise.estimators.kaplan_meier import site as kaplan_meier_site
from equipoise.estimators.kaplan_meier.hub import KaplanMeierHub
from equipoise.estimators.kaplan_meier.summary import ConfType
from equipoise.estimators.logrank import site as logrank_site
from equipoise.estimators.logrank.hub import LogrankHub
from equipoise.estimators.loop import run_local
from equipoise.estimators.rmst.hub import rmst_from_curves
from equipoise.kernel.errors import EquipoiseError
from equipoise.stats.cox_results import CoxRegression, at_all_times
from equipoise.stats.design import Columns, named_columns, refuse_gaps
from equipoise.stats.survival_results import KaplanMeierCurves, LogrankTest, RestrictedMeans
from equipoise.stats.survival_rows import Follow, Labels, SurvivalRows, survival_rows, times_of_events, wants_robust


def kaplan_meier(
    time: ArrayLike,
    event: ArrayLike,
    group: Labels | None = None,
    *,
    weights: ArrayLike | None = None,
    entry: ArrayLike | None = None,
    strata: Labels | None = None,
    cluster: ArrayLike | None = None,
    robust: bool | None = None,
    conf_level: float = 0.95,
    conf_type: ConfType = "log-log",
    estimator: Literal["product-limit", "breslow"] = "product-limit",
) -> KaplanMeierCurves:
    """Survival by group: the share still free of the event, by the product-limit estimator; R's `survfit`.

    Parameters
    ----------
    time : (n,) end of follow-up, >= 0. event : (n,) 1 event, 0 censored. group, strata : labels; a curve for each combination.
    weights : (n,) >= 0. entry : (n,) late entry, before time. cluster : (n,) labels for the robust variance.
    robust : infinitesimal jackknife instead of Greenwood; when not given, for clusters and weights that are not whole numbers.
    conf_level : share of intervals that cover. conf_type : the scale of the interval (R's default is `log`).
    estimator : `breslow` is exp of minus the Nelson-Aalen hazard.

    Raises EQ-EST-105 (nobody), 106 (unusable argument).

    Misleads when censoring depends on prognosis, or when another event precludes the one studied (use cumulative incidence).
    Source: Kaplan and Meier (1958); intervals as in R's survival package.
    """
    follow = Follow(weights, entry, cluster)
    rows = survival_rows(time, event, follow, group=group, strata=strata)
    _check_level(conf_level)
    if not rows.data.time.size:
        raise NO_PEOPLE.error("nobody to draw a curve of")
    hub = KaplanMeierHub(
        grid=rows.grid,
        n_groups=len(rows.groups),
        confidence=conf_level,
        conf_type=conf_type,
        robust=wants_robust(robust, follow),
        n_strata=len(rows.strata),
        estimator=estimator,
    )
    return KaplanMeierCurves(run_local(hub, kaplan_meier_site.summarise, rows.data), rows.groups, rows.strata)


def logrank(
    time: ArrayLike,
    event: ArrayLike,
    group: Labels,
    *,
    rho: float = 0.0,
    gamma: float = 0.0,
    strata: Labels | None = None,
    weights: ArrayLike | None = None,
    entry: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    robust: bool | None = None,
) -> LogrankTest:
    """Whether groups have the same hazard: the log-rank test (rho 0), or Peto and Peto's Wilcoxon (rho 1); R's `survdiff`.

    Arguments as in `kaplan_meier`; `group` has at least two labels. rho, gamma : an event weighs S^rho (1 - S)^gamma, S the pooled survival
    just before it: rho above 0 looks for early differences, gamma above 0 for late ones. With inverse-probability weights
    the variance must be robust (so it is unless asked otherwise): the test is then the weighted Cox score test.

    Raises EQ-EST-106 (unusable argument, one group), EQ-EST-122 (no event).

    Misleads when the curves cross: early and late differences cancel; when rho or gamma were chosen after seeing the curves.
    Source: Harrington and Fleming (1982); with gamma: Fleming and Harrington (1991), chapter 7; robust variance: Lin and Wei (1989).
    """
    follow = Follow(weights, entry, cluster)
    rows = survival_rows(time, event, follow, group=group, strata=strata)
    hub = LogrankHub(rows.grid, len(rows.groups), n_strata=len(rows.strata), rho=rho, robust=wants_robust(robust, follow), gamma=gamma)
    return LogrankTest(run_local(hub, logrank_site.summarise, rows.data), rows.groups)


def rmst(
    time: ArrayLike,
    event: ArrayLike,
    group: Labels | None = None,
    *,
    tau: float,
    weights: ArrayLike | None = None,
    entry: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    robust: bool | None = None,
    conf_level: float = 0.95,
) -> RestrictedMeans:
    """Mean survival time up to tau by group, with differences and ratios against the first group.

    tau : horizon in the unit of time, > 0; best within every group's follow-up. Other arguments as in `kaplan_meier`.
    Raises EQ-EST-106. Misleads when tau was chosen after seeing the curves, or lies beyond a group's follow-up.
    Source: Royston and Parmar (2013); variance as in R's survRM2 and survfit.
    """
    follow = Follow(weights, entry, cluster)
    rows = survival_rows(time, event, follow, group=group)
    _check_level(conf_level)
    robustly = wants_robust(robust, follow)
    hub = KaplanMeierHub(rows.grid, len(rows.groups), confidence=conf_level, robust=robustly, taus=(float(tau),))
    return RestrictedMeans(rmst_from_curves(run_local(hub, kaplan_meier_site.summarise, rows.data), float(tau)), rows.groups)


def cox(
    time: ArrayLike,
    event: ArrayLike,
    x: Columns,
    *,
    strata: Labels | None = None,
    weights: ArrayLike | None = None,
    entry: ArrayLike | None = None,
    offset: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    robust: bool | None = None,
    ties: Ties = "efron",
    conf_level: float = 0.95,
    zph: tuple[str, ...] = ("km",),
    drop_redundant: bool = False,
) -> CoxRegression:
    """Hazard ratios of covariates by Cox's partial likelihood; R's `coxph`.

    Parameters
    ----------
    x : (n, p) numbers; a data frame's columns name the terms. strata : labels; each stratum has its own baseline hazard.
    offset : (n,) added to the log hazard. ties : `efron` or `breslow` (exact: `cox_exact`). zph : transforms of time for the test
    of proportional hazards, of `km`, `identity`, `rank`, `log`; none for no test. drop_redundant : give columns that others determine
    no coefficient, instead of an error. Others as in `kaplan_meier`.

    Returns
    -------
    CoxRegression whose `fit` has coef, vcov, tests, baseline hazard, `proportional_hazards`.

    Raises EQ-EST-101 (a coefficient without end), 102 (redundant column), 104 (not settled), 106 (unusable argument), 122 (no event).

    Misleads when hazards are not proportional (see the test): the ratio is then an average that depends on the length of follow-up;
    and as a causal effect even without confounding, because the survivors of the two arms come to differ.
    Source: Cox (1972); ties: Efron (1977); robust variance: Lin and Wei (1989); test: Grambsch and Therneau (1994).
    """
    terms, columns = named_columns(x)
    refuse_gaps(columns, terms)
    follow = Follow(weights, entry, cluster, offset)
    rows = survival_rows(time, event, follow, strata=strata, x=columns)
    if columns.shape[0] != rows.data.time.size:
        raise BAD_ARGUMENT.error(f"x must have {rows.data.time.size} rows")
    _check_level(conf_level)
    settings = CoxHub(
        grid=rows.grid if "rank" in zph else times_of_events(rows),
        n_columns=len(terms),
        n_strata=len(rows.strata),
        ties=ties,
        robust=wants_robust(robust, follow),
        zph=bool(zph),
        confidence=conf_level,
        zph_transforms=tuple(zph),
        prediction=True,
    )
    return _fit_cox(rows, terms, settings, drop_redundant)


def _fit_cox(rows: SurvivalRows, terms: tuple[str, ...], settings: CoxHub, drop_redundant: bool) -> CoxRegression:
    kept = list(range(len(terms)))
    while True:
        data = rows.data if len(kept) == len(terms) else replace(rows.data, x=rows.data.x[:, kept])
        names = tuple(terms[column] for column in kept)
        try:
            hub = replace(settings, n_columns=len(kept), center=first_center(data))
            fit = run_local(hub, cox_site.summarise, data)
        except EquipoiseError as error:
            where = error.problems[0].where.column
            if not (drop_redundant and error.code == COLLINEAR.code and where is not None):
                raise with_column_names(error, names) from None
            del kept[int(where)]
            continue
        memo(data).clear()
        dropped = tuple(term for term in terms if term not in names)
        return CoxRegression(terms, dropped, rows.strata, at_all_times(fit, rows.grid), data)


def _check_level(conf_level: float) -> None:
    if not 0 < conf_level < 1:
        raise BAD_ARGUMENT.error("conf_level must lie between 0 and 1")

"""Competing risks in one data set in memory: each function is its estimator run on a network of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from equipoise.estimators.aalen_johansen import site as aalen_johansen_site
from equipoise.estimators.aalen_johansen.hub import AalenJohansenHub
from equipoise.estimators.aalen_johansen.summary import AalenJohansenResult, IncidenceAt, IncidenceCurves, Variance
from equipoise.estimators.cox.summary import Ties
from equipoise.estimators.data import Floats, SurvivalData
from equipoise.estimators.errors import BAD_ARGUMENT, with_column_names
from equipoise.estimators.fine_gray import site as fine_gray_site
from equipoise.estimators.fine_gray.hub import FineGrayHub
from equipoise.estimators.fine_gray.summary import CensoringTies, CensoringVariance, FineGrayResult
from equipoise.estimators.gray import site as gray_site
from equipoise.estimators.gray.hub import GrayHub
from equipoise.estimators.gray.summary import GrayResult
from equipoise.estimators.kaplan_meier.summary import ConfType
from equipoise.estimators.loop import run_local
from equipoise.kernel.errors import EquipoiseError
from equipoise.stats.design import Columns, named_columns, refuse_gaps
from equipoise.stats.survival_rows import Follow, Labels, SurvivalRows, labels, survival_rows


def cumulative_incidence(
    time: ArrayLike,
    event: ArrayLike,
    group: Labels | None = None,
    *,
    weights: ArrayLike | None = None,
    entry: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    tau: float | Sequence[float] = (),
    variance: Variance = "influence",
    censored: object = 0,
    conf_level: float = 0.95,
    conf_type: ConfType = "log-log",
) -> CumulativeIncidence:
    """Probability of each cause's event by each time, the other causes competing; R's multi-state `survfit`, cmprsk's `cuminc`.

    Parameters
    ----------
    time : (n,) end of follow-up, >= 0. event : (n,) the cause of its end, `censored` where none. group : labels; curves for each.
    weights : (n,) >= 0. entry : (n,) late entry, before time. cluster : (n,) labels for the variance.
    tau : horizons, > 0, of the mean time in each state.
    variance : `influence`, the infinitesimal jackknife over rows or clusters; or `counting`, the delta method on numbers of people
    (cmprsk's), for rows without weights other than whole numbers and without clusters.
    conf_level : share of intervals that cover. conf_type : the scale of the interval (R's default is `log`).

    Raises EQ-EST-106 (unusable argument).

    Misleads when censoring depends on prognosis; read as what would happen if the other causes were removed; when the causes of one
    arm are read alone: fewer deaths leave more people to have the other event.
    Source: Aalen and Johansen (1978); counting variance: Gray (1988).
    """
    _check_level(conf_level)
    rows = _causes(time, event, censored, Follow(weights, entry, cluster), group=group)
    if variance == "counting" and (cluster is not None or _fractional(weights)):
        raise BAD_ARGUMENT.error("the counting variance is for people: with clusters or weights use the influence variance")
    hub = AalenJohansenHub(
        grid=rows.rows.grid,
        n_groups=len(rows.rows.groups),
        n_causes=len(rows.causes),
        confidence=conf_level,
        conf_type=conf_type,
        variance=variance,
        taus=tuple(float(t) for t in np.atleast_1d(np.asarray(tau, dtype=np.float64))),
    )
    return CumulativeIncidence(run_local(hub, aalen_johansen_site.summarise, rows.rows.data), rows.rows.groups, rows.causes)


def gray_test(
    time: ArrayLike,
    event: ArrayLike,
    group: Labels,
    *,
    rho: float = 0.0,
    strata: Labels | None = None,
    weights: ArrayLike | None = None,
    censored: object = 0,
) -> GrayTests:
    """Whether groups have the same cumulative incidence, for each cause; cmprsk's `cuminc`.

    Arguments as in `cumulative_incidence`; weights are whole numbers of people. rho : events weigh (1 - F(t-))^rho.

    Raises EQ-EST-106 (unusable argument, one group), EQ-EST-122 (no event).

    Misleads when curves cross; when a difference is read as one of cause-specific hazards: a group can have more of an event because
    it has less of another.
    Source: Gray (1988).
    """
    if _fractional(weights):
        raise BAD_ARGUMENT.error("weights must be whole numbers: the test counts people")
    rows = _causes(time, event, censored, Follow(weights), group=group, strata=strata)
    given = rows.rows
    hub = GrayHub(given.grid, len(given.groups), len(rows.causes), n_strata=len(given.strata), rho=rho)
    return GrayTests(run_local(hub, gray_site.summarise, given.data), given.groups, rows.causes)


def fine_gray(
    time: ArrayLike,
    event: ArrayLike,
    x: Columns,
    *,
    cause: object = 1,
    strata: Labels | None = None,
    censoring_group: Labels | None = None,
    weights: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    offset: ArrayLike | None = None,
    ties: Ties = "breslow",
    censoring: CensoringVariance = "estimated",
    censoring_ties: CensoringTies = "together",
    censored: object = 0,
    conf_level: float = 0.95,
) -> SubdistributionRegression:
    """Subdistribution hazard ratios of covariates for one cause, the others competing; cmprsk's `crr`, or `finegray` with `coxph`.

    Parameters
    ----------
    x : (n, p) numbers; a data frame's columns name the terms. cause : the value of `event` that is studied. strata : labels; each
    stratum has its own baseline. censoring_group : labels; each group has its own censoring distribution.
    censoring : whether the variance counts that the censoring distribution was estimated (`crr`) or not (`finegray`);
    with several censoring groups `crr` counts only a part of it, which `estimated-as-cmprsk` gives (see the card).
    censoring_ties : at a time with events, all may be censored (`together`, as `crr`), or only those without one (`events-first`, as
    `finegray`). ties : `breslow` or `efron`. offset : (n,) added to the log hazard. Others as in `cumulative_incidence`.

    Raises EQ-EST-101 (a coefficient without end), 102 (redundant column), 104 (not settled), 106 (unusable argument), 122 (no event).

    Misleads when read as an effect on the rate among those at risk: the ratio mixes effects on this cause and on the others; when
    subdistribution hazards are not proportional, as they seldom are for all causes at once; when censoring depends on the columns.
    Source: Fine and Gray (1999).
    """
    _check_level(conf_level)
    terms, columns = named_columns(x)
    refuse_gaps(columns, terms)
    rows = _causes(time, event, censored, Follow(weights, None, cluster, offset), group=censoring_group, strata=strata, x=columns)
    given = rows.rows
    if _name(cause) not in rows.causes:
        raise BAD_ARGUMENT.error(f"cause is not one of the events: {', '.join(rows.causes)}")
    if columns.shape[0] != given.data.time.size:
        raise BAD_ARGUMENT.error(f"x must have {given.data.time.size} rows")
    hub = FineGrayHub(
        grid=given.grid,
        n_columns=len(terms),
        cause=rows.causes.index(_name(cause)) + 1,
        n_causes=len(rows.causes),
        n_groups=len(given.groups),
        n_strata=len(given.strata),
        ties=ties,
        censoring=censoring,
        censoring_ties=censoring_ties,
        confidence=conf_level,
    )
    try:
        fit = run_local(hub, fine_gray_site.summarise, given.data)
    except EquipoiseError as error:
        raise with_column_names(error, terms) from None
    return SubdistributionRegression(terms, rows.causes, given.strata, given.groups, fit, given.data)


@dataclass(frozen=True)
class CumulativeIncidence:
    """Curves by group; `fit` holds the estimator's result. causes: names in the order of rows 1, 2, ... of each curve's probability."""

    fit: AalenJohansenResult
    groups: tuple[str, ...]
    causes: tuple[str, ...]

    def curves(self, group: str = "all") -> IncidenceCurves:
        """The curves of a group, by name."""
        return self.fit.curves[self.groups.index(group)]

    def summary(self) -> pd.DataFrame:
        """A row a group, cause and time: those at risk, events, incidence with its standard error and limits."""
        return pd.concat([self._frame(c, j) for c in self.fit.curves for j in range(len(self.causes))], ignore_index=True)

    def _frame(self, c: IncidenceCurves, j: int) -> pd.DataFrame:
        return pd.DataFrame(
            {
                "group": self.groups[c.group],
                "cause": self.causes[j],
                "time": c.time,
                "n_risk": c.n_risk,
                "n_event": c.n_event[j],
                "incidence": c.probability[j + 1],
                "std_error": c.std_error[j + 1],
                "lower": c.lower[j + 1],
                "upper": c.upper[j + 1],
            }
        )

    def incidence_at(self, times: ArrayLike) -> dict[str, IncidenceAt]:
        """Each group's curves read at times; row 0 of a probability is being free of every event."""
        return {self.groups[c.group]: c.at(np.asarray(times, dtype=np.float64)) for c in self.fit.curves}

    def mean_times(self) -> pd.DataFrame:
        """A row a group, state and horizon: mean time up to tau free of events and after each cause's event, with standard errors."""
        states = ("free of events", *self.causes)
        rows = [
            (self.groups[c.group], state, m.tau, m.mean[j], m.se[j])
            for c in self.fit.curves
            for m in c.mean_times
            for j, state in enumerate(states)
        ]
        return pd.DataFrame(rows, columns=["group", "state", "tau", "mean", "se"])

    def __repr__(self) -> str:
        rows = [
            [c.rows, *c.people_with_event, *(c.probability[1:, -1] if c.time.size else np.zeros(len(self.causes)))] for c in self.fit.curves
        ]
        columns = ["n", *(f"events {cause}" for cause in self.causes), *(f"incidence {cause} at the end" for cause in self.causes)]
        return pd.DataFrame(rows, index=list(self.groups), columns=columns).to_string(float_format=lambda value: f"{value:.4g}")


@dataclass(frozen=True)
class GrayTests:
    """Gray's test for each cause. `fit` holds score, variance, statistic, df, p of each."""

    fit: GrayResult
    groups: tuple[str, ...]
    causes: tuple[str, ...]

    def summary(self) -> pd.DataFrame:
        """A row a cause: statistic, degrees of freedom, p."""
        rows = [[test.statistic, test.df, test.p] for test in self.fit.tests]
        return pd.DataFrame(rows, index=pd.Index(self.causes, name="cause"), columns=["statistic", "df", "p"])

    def __repr__(self) -> str:
        table = self.summary()
        table.index.name = None
        return "Gray's test\n" + table.to_string(float_format=lambda value: f"{value:.4g}")


@dataclass(frozen=True)
class SubdistributionRegression:
    """Log subdistribution hazard ratios by term. `fit.fit` holds vcov, loglik, baseline subdistribution hazard."""

    terms: tuple[str, ...]
    causes: tuple[str, ...]
    strata: tuple[str, ...]
    censoring_groups: tuple[str, ...]
    fit: FineGrayResult
    data: SurvivalData = field(repr=False)

    @property
    def coef(self) -> Floats:
        """(terms,) log subdistribution hazard ratios."""
        return self.fit.fit.coef

    def summary(self) -> pd.DataFrame:
        """A row a term: coefficient, subdistribution hazard ratio, standard error, limits of the ratio, z, p."""
        fit = self.fit.fit
        lower, upper = fit.interval
        columns = {"coef": fit.coef, "subdistribution_hazard_ratio": fit.hazard_ratio, "se": fit.se, "lower": lower, "upper": upper}
        return pd.DataFrame({**columns, "z": fit.z, "p": fit.p}, index=pd.Index(self.terms, name="term"))

    def predict_incidence(self, x: ArrayLike, stratum: str | None = None) -> pd.DataFrame:
        """Cumulative incidence of the cause for people with columns x, (q, terms): a row a time, a column a person."""
        code = 0 if stratum is None else self.strata.index(stratum)
        curves = self.fit.incidence(np.atleast_2d(np.asarray(x, dtype=np.float64)), code)
        return pd.DataFrame(curves.T, index=pd.Index(self.fit.fit.time, name="time"))

    def __repr__(self) -> str:
        fit = self.fit.fit
        columns = {"coef": fit.coef, "exp(coef)": fit.hazard_ratio, "se(coef)": fit.se, "z": fit.z, "p": fit.p}
        table = pd.DataFrame(columns, index=list(self.terms)).to_string(float_format=lambda value: f"{value:.4g}")
        found = self.fit
        return f"{table}\n\nn= {fit.rows}, events= {found.of_cause}, competing= {found.of_others}, censored= {found.censored}"


@dataclass(frozen=True, slots=True)
class _Causes:
    rows: SurvivalRows
    causes: tuple[str, ...]


def _causes(
    time: ArrayLike,
    event: ArrayLike,
    censored: object,
    follow: Follow,
    *,
    group: Labels | None = None,
    strata: Labels | None = None,
    x: Floats | None = None,
) -> _Causes:
    """The rows, their event coded 0 censored, 1..c in the order of the causes' names. Raises EQ-EST-106."""
    n = np.shape(np.asarray(time))[0] if np.ndim(np.asarray(time)) else 0
    names, codes = labels(_whole(event), n, "event")
    number = np.zeros(len(names), dtype=np.int64)
    causes = tuple(name for name in names if name != _name(censored))
    if not causes:
        raise BAD_ARGUMENT.error("event has no cause: everybody is censored")
    for code, name in enumerate(causes, start=1):
        number[names.index(name)] = code
    coded = number[codes]
    rows = survival_rows(time, (coded > 0).astype(np.int64), follow, group=group, strata=strata, x=x)
    return _Causes(replace(rows, data=replace(rows.data, event=coded)), causes)


def _name(value: object) -> str:
    """The name of an event's value: 1, 1.0 and true are the same cause."""
    whole = isinstance(value, bool | float | np.floating | np.bool_) and float(value).is_integer()
    return str(int(value)) if whole else str(value)  # type: ignore[call-overload]


def _whole(event: ArrayLike) -> ArrayLike:
    """Whole numbers held as floats, or truth values, as integers, so that their names are 0, 1, 2."""
    given = event if isinstance(event, pd.Series | pd.Categorical) else np.asarray(event)
    if isinstance(given.dtype, np.dtype) and given.dtype.kind in "fb":
        values = np.asarray(given, dtype=np.float64)
        if not np.all(np.isfinite(values)):
            raise BAD_ARGUMENT.error("event has missing or infinite values")
        return values.astype(np.int64) if np.all(values == np.floor(values)) else values
    return given


def _fractional(weights: ArrayLike | None) -> bool:
    return weights is not None and bool(np.any(np.asarray(weights, dtype=np.float64) % 1 != 0))


def _check_level(conf_level: float) -> None:
    if not 0 < conf_level < 1:
        raise BAD_ARGUMENT.error("conf_level must lie between 0 and 1")

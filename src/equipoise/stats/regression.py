"""Regression on one data set in memory: `logistic` and `glm`, each its estimator run on a network of one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar, cast

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import norm, rankdata

from equipoise.estimators.data import Columns, Floats, ModelData, OnesApart
from equipoise.estimators.errors import BAD_ARGUMENT, NO_PEOPLE, with_column_names
from equipoise.estimators.glm import site as glm_site
from equipoise.estimators.glm.families import FAMILIES, LINKS, R_NAMES, FamilyName, LinkName
from equipoise.estimators.glm.hub import GlmHub
from equipoise.estimators.glm.summary import GlmResult
from equipoise.estimators.logistic import site as logistic_site
from equipoise.estimators.logistic.hub import LogisticHub
from equipoise.estimators.logistic.intercepts import inverse_logit, solve_intercepts
from equipoise.estimators.logistic.summary import LogisticResult
from equipoise.estimators.loop import run_local
from equipoise.kernel.errors import EquipoiseError, closest
from equipoise.stats.design import INTERCEPT, codes, floats, named_columns, refuse_gaps, weights_or_ones
from equipoise.stats.design import Columns as Table

Fit = TypeVar("Fit")


@dataclass(frozen=True)
class Regression:
    """A fitted regression. `fit` holds coef, vcov, se, z, p_value, deviance, loglik, ...; `fitted` and `linear_predictor` are (n,)."""

    terms: tuple[str, ...]
    fit: GlmResult | LogisticResult
    fitted: Floats
    linear_predictor: Floats
    model: str

    def summary(self) -> pd.DataFrame:
        """A row a term: estimate, se, z, p."""
        table = {"estimate": self.fit.coef, "se": self.fit.se, "z": self.fit.z, "p": self.fit.p_value}
        return pd.DataFrame(table, index=pd.Index(self.terms, name="term"))

    def odds_ratios(self, confidence: float = 0.95) -> pd.DataFrame:
        """exp of the estimates with Wald limits: odds ratios for a logit link, ratios of means for a log link."""
        reach = norm.ppf((1 + confidence) / 2) * self.fit.se
        limits = {"ratio": self.fit.coef, "lower": self.fit.coef - reach, "upper": self.fit.coef + reach}
        return pd.DataFrame({name: np.exp(value) for name, value in limits.items()}, index=pd.Index(self.terms, name="term"))

    def predict(self, x: Table, offset: ArrayLike | None = None) -> Floats:
        """(m,) means of people with covariates x (m, p), without the intercept; offset (m,), 0 without. R's predict(type = "response")."""
        columns = named_columns(x)[1]
        start = self.fit.coef[0] if self.terms[0] == INTERCEPT else 0.0
        slopes = self.fit.coef[int(self.terms[0] == INTERCEPT) :]
        if columns.shape[1] != slopes.size:
            raise BAD_ARGUMENT.error(f"x must have {slopes.size} columns, those of the model")
        eta = start + columns @ slopes + (0.0 if offset is None else floats(offset, "offset", len(columns)))
        return LINKS[self.fit.link if isinstance(self.fit, GlmResult) else "logit"].to_mu(np.asarray(eta))

    def __repr__(self) -> str:
        table = self.summary().to_string(float_format=lambda value: f"{value:.5g}")
        deviances = f"null deviance {self.fit.null_deviance:.6g}, residual deviance {self.fit.deviance:.6g}"
        return f"{self.model}\n\n{table}\n\nn {self.fit.n}, {deviances}"


def glm(
    y: ArrayLike,
    x: Table,
    family: FamilyName | str = "binomial",
    link: LinkName | str | None = None,
    *,
    weights: ArrayLike | None = None,
    offset: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    start: ArrayLike | None = None,
    intercept: bool = True,
    drop_redundant: bool = False,
    deviance_tolerance: float | None = None,
) -> Regression:
    """Effect of covariates on a mean through a link, by maximum (quasi-)likelihood; R's `glm`.

    Parameters
    ----------
    y : (n,) outcome; 0 to 1 for (quasi)binomial, counts for (quasi)poisson, above 0 for gamma and inverse-gaussian (R's names of these,
    `Gamma` and `inverse.gaussian`, are understood). x : (n, p) covariates without the intercept.
    link : `logit`, `probit`, `cauchit`, `cloglog`, `log`, `identity`, `inverse`, `sqrt`, `1/mu^2`; the family's canonical one without.
    weights : (n,) prior weights. offset : (n,) added to the linear predictor. cluster : (n,) labels for cluster-robust variances.
    start : (p + 1,) first coefficients, needed when the first step of a log or identity link leaves the bounds.
    drop_redundant : give columns that others determine the coefficient 0 without a standard error, instead of an error.
    deviance_tolerance : stop as R does with this `epsilon` instead of at rounding error.

    Returns
    -------
    Regression whose `fit` has `vcov` (model), `robust_hc0`, `robust_hc1`, `robust_hc3`, `robust_cluster` (CR0), `robust_cluster_cr1`.

    Raises EQ-EST-101 (a coefficient without end: separated outcomes), 102 (redundant column), 104 (not settled), 105 (nobody), 106
    (unusable argument), 121 (an outcome that the family lacks).

    Misleads when: model-based standard errors are read for weighted or clustered people (use the robust ones).
    """
    named, linked = family_and_link(family, link)
    terms, data = _model_data(y, x, weights, offset, intercept=intercept, cluster=cluster)
    begin = None if start is None else tuple(float(value) for value in np.asarray(start, dtype=np.float64))
    hub = GlmHub(len(terms), named, linked, intercept, begin, drop_redundant, deviance_tolerance=deviance_tolerance)
    fit = _naming_columns(lambda: run_local(hub, glm_site.summarise, data), terms)
    eta = data.x @ fit.coef + (0.0 if data.offset is None else data.offset)
    return Regression(terms, fit, LINKS[fit.link].to_mu(eta), eta, f"Generalised linear model, {named} family, {fit.link} link")


def family_and_link(family: str, link: str | None) -> tuple[FamilyName, LinkName | None]:
    """The names as estimators write them. Raises EQ-EST-106 with the nearest name for one that there is not."""
    named = R_NAMES.get(family, family)
    if named not in FAMILIES or (link is not None and link not in LINKS):
        wrong = family if named not in FAMILIES else str(link)
        raise BAD_ARGUMENT.error(f"no such family or link: {wrong}", did_you_mean=closest(wrong, [*FAMILIES, *LINKS]))
    return cast("FamilyName", named), cast("LinkName | None", link)


def logistic(
    y: ArrayLike,
    x: Table,
    *,
    weights: ArrayLike | None = None,
    offset: ArrayLike | None = None,
    site: ArrayLike | None = None,
    site_intercept_sd: float | None = None,
    intercept: bool = True,
    firth: bool = False,
) -> Regression:
    """Log odds ratios by maximum likelihood, optionally with an intercept of its own for each site, drawn towards the common one.

    y : (n,) 0 or 1 (or a share). x : (n, p) covariates without the intercept. site : (n,) labels, used with `site_intercept_sd`, the
    standard deviation of the sites' intercepts. firth : Firth's correction, which takes out most of the bias of small samples and has
    finite estimates where a column separates the outcome; errors from the information (R: `logistf`).

    Raises EQ-EST-101 (separation), 102 (redundant column), 103 (one outcome only), 105, 106.

    Misleads when: fewer than about ten people have the rarer outcome for each covariate (see `firth`); with it, fitted means are drawn
    towards a half, and Wald limits of a separating column are a poor guide. Source: Firth (1993), Biometrika 80: 27.
    """
    if firth:
        if site_intercept_sd is not None:
            raise BAD_ARGUMENT.error("Firth's correction goes with one intercept for all sites")
        return _firth(y, x, weights, offset, intercept=intercept)
    terms, data = _model_data(y, x, weights, offset, intercept=intercept, site=site, widen=False)
    if np.any((data.y < 0) | (data.y > 1)):
        raise BAD_ARGUMENT.error("the outcome of a logistic regression lies between 0 and 1")
    hub = LogisticHub(len(terms), site_intercept_sd, intercept)
    fit = _naming_columns(lambda: run_local(hub, logistic_site.summarise, data), terms)
    eta = Columns(data.x, ones=isinstance(data, OnesApart)).dot(fit.coef) + (0.0 if data.offset is None else data.offset)
    if site_intercept_sd is not None:
        eta = eta + solve_intercepts(eta, data.y, data.weight, data.block, site_intercept_sd)[data.block]
    return Regression(terms, fit, inverse_logit(eta), eta, "Logistic regression")


def _firth(y: ArrayLike, x: Table, weights: ArrayLike | None, offset: ArrayLike | None, *, intercept: bool) -> Regression:
    terms, data = _model_data(y, x, weights, offset, intercept=intercept)
    fit = _naming_columns(lambda: run_local(GlmHub(len(terms), intercept=intercept, firth=True), glm_site.summarise, data), terms)
    eta = data.x @ fit.coef + (0.0 if data.offset is None else data.offset)
    return Regression(terms, fit, inverse_logit(eta), eta, "Logistic regression, Firth's correction")


def c_statistic(score: ArrayLike, outcome: ArrayLike) -> float:
    """The probability that someone with the outcome has the higher score; ties count a half. (n,) each. NaN if one outcome only."""
    high = floats(outcome, "outcome") == 1
    n_high, n_low = int(high.sum()), int((~high).sum())
    if not n_high or not n_low:
        return float("nan")
    ranks = rankdata(floats(score, "score", len(high)))
    return float((ranks[high].sum() - n_high * (n_high + 1) / 2) / n_high / n_low)


def brier_score(probability: ArrayLike, outcome: ArrayLike) -> float:
    """Mean squared distance between predicted probability and outcome (n,); 0 is perfect, 0.25 a coin."""
    p = floats(probability, "probability")
    if not p.size:
        raise NO_PEOPLE.error("nobody to score")
    return float(np.mean((p - floats(outcome, "outcome", len(p))) ** 2))


def _model_data(
    y: ArrayLike,
    x: Table,
    weights: ArrayLike | None,
    offset: ArrayLike | None,
    *,
    intercept: bool,
    site: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    widen: bool = True,
) -> tuple[tuple[str, ...], ModelData]:
    names, columns = named_columns(x)
    n = len(columns)
    refuse_gaps(columns, names)
    design = np.column_stack([np.ones(n), columns]) if intercept and widen else columns
    data = (OnesApart if intercept and not widen else ModelData)(
        design,
        floats(y, "y", n),
        weights_or_ones(weights, n),
        codes(site, n),
        None if offset is None else floats(offset, "offset", n),
        None if cluster is None else codes(cluster, n),
    )
    return ((INTERCEPT, *names) if intercept else names), data


def _naming_columns(fit: Callable[[], Fit], terms: tuple[str, ...]) -> Fit:
    """Run a fit; an error that names a column by number is raised again with the column's name."""
    try:
        return fit()
    except EquipoiseError as error:
        raise with_column_names(error, terms) from None

"""Generalised estimating equations on one data set in memory."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import norm

from equipoise.estimators.data import Floats
from equipoise.estimators.errors import BAD_ARGUMENT, NOT_CONVERGED
from equipoise.estimators.glm.families import FAMILIES, LINKS, Family, FamilyName, Link, LinkName
from equipoise.estimators.newton import inverse, newton_step, path_taken
from equipoise.stats.design import INTERCEPT, Columns, floats, named_columns, weights_or_ones
from equipoise.stats.models.working_correlation import Correlation, Runs, alpha_step, cluster_sums, decorrelate, parameters, runs_of
from equipoise.stats.regression import family_and_link, glm

SETTLED = 1e-11
MAX_ROUNDS = 200
EXACT = 1e-25
"""Squared residuals below this share of the squared outcomes are rounding."""


@dataclass(frozen=True)
class GeeRegression:
    """Population-averaged coefficients by term. vcov: (p, p) robust; naive_vcov: if the working correlation is right.

    alpha: the working correlation's parameters, () to (k (k - 1) / 2,) for k places in a cluster; scale: the dispersion. clusters,
    max_size: their number, the largest's size.
    """

    terms: tuple[str, ...]
    family: FamilyName
    link: LinkName
    corstr: Correlation
    coef: Floats
    vcov: Floats
    naive_vcov: Floats
    alpha: Floats
    scale: float
    n: int
    clusters: int
    max_size: int

    @property
    def se(self) -> Floats:
        """(p,) robust standard errors."""
        return np.sqrt(np.maximum(np.diag(self.vcov), 0.0))

    @property
    def z(self) -> Floats:
        """(p,) coefficients over their robust standard errors; the square is R's Wald statistic."""
        with np.errstate(divide="ignore", invalid="ignore"):  # few clusters may leave no spread
            return np.asarray(self.coef / self.se)

    @property
    def p(self) -> Floats:
        """(p,) two-sided p-values."""
        return np.asarray(2 * norm.sf(np.abs(self.z)))

    def summary(self) -> pd.DataFrame:
        """A row a term: estimate, robust se, z, p."""
        table = {"estimate": self.coef, "se": self.se, "z": self.z, "p": self.p}
        return pd.DataFrame(table, index=pd.Index(self.terms, name="term"))

    def __repr__(self) -> str:
        table = self.summary().to_string(float_format=lambda value: f"{value:.5g}")
        correlation = "".join(f", alpha {value:.4g}" for value in self.alpha)
        how = f"{self.corstr} correlation{correlation}, scale {self.scale:.4g}"
        return f"{table}\n\n{how}\nNumber of clusters: {self.clusters}  Maximum cluster size: {self.max_size}"


@dataclass(frozen=True, slots=True)
class _Model:
    x: Floats
    y: Floats
    root_weight: Floats
    offset: Floats
    family: Family
    link: Link
    runs: Runs
    corstr: Correlation


@dataclass(frozen=True, slots=True)
class _State:
    coef: Floats
    scale: float
    alpha: Floats


def gee(
    y: ArrayLike,
    x: Columns,
    cluster: ArrayLike,
    family: FamilyName | str = "gaussian",
    link: LinkName | str | None = None,
    *,
    corstr: Correlation = "independence",
    weights: ArrayLike | None = None,
    offset: ArrayLike | None = None,
) -> GeeRegression:
    """Effect of covariates on a mean when people, or repeated measurements, come in clusters; R's `geepack::geeglm`.

    Parameters
    ----------
    y : (n,) outcome. x : (n, p) covariates without the intercept. cluster : (n,) labels; rows of a cluster in the order of time.
    corstr : working correlation: `independence`, `exchangeable` (one for all pairs), `ar1` (alpha to the power of the distance in
    rows) or `unstructured` (one for each pair of places in a cluster). weights, offset : (n,).

    Raises EQ-EST-102 (redundant column), 104 (not settled), 106 (unusable argument).

    Misleads with fewer than about 40 clusters, where robust standard errors are too small; when the number of measurements depends on
    the outcome (cluster size is informative), or dropping out does; when coefficients are read as within-person effects: they are
    differences between populations.
    Source: Liang and Zeger (1986), Biometrika 73:13; the correlation by the estimating equation of Prentice (1988).
    """
    named, linked = family_and_link(family, link)
    if corstr not in ("independence", "exchangeable", "ar1", "unstructured"):
        raise BAD_ARGUMENT.error(f"corstr is {corstr!r}; it may be independence, exchangeable, ar1 or unstructured")
    names, columns = named_columns(x)
    start = glm(y, x, named, linked, weights=weights, offset=offset)
    runs = runs_of(cluster, len(columns))
    design, weight = np.column_stack([np.ones(len(columns)), columns]), weights_or_ones(weights, len(columns))
    shift = np.zeros(len(columns)) if offset is None else floats(offset, "offset", len(columns))
    order, chosen = runs.order, linked or FAMILIES[named].canonical
    model = _Model(design[order], floats(y, "y")[order], np.sqrt(weight[order]), shift[order], FAMILIES[named], LINKS[chosen], runs, corstr)
    state = _solve(model, start.fit.coef)
    vcov, naive = _variance(model, state)
    return GeeRegression(
        terms=(INTERCEPT, *names),
        family=named,
        link=chosen,
        corstr=corstr,
        coef=state.coef,
        vcov=vcov,
        naive_vcov=naive,
        alpha=state.alpha,
        scale=state.scale,
        n=len(columns),
        clusters=int(runs.start.sum()),
        max_size=int(runs.size.max()),
    )


def _solve(model: _Model, coef: Floats) -> _State:
    """Coefficients, then the scale, then the correlation, in turn, until none moves."""
    state, path = _State(coef, 1.0, np.zeros(parameters(model.runs, model.corstr))), []
    for _ in range(MAX_ROUNDS):
        information, score = _equations(model, state)
        step = newton_step(score.sum(axis=0), information)
        moved = replace(state, coef=state.coef + step)
        residual = _pearson(model, moved.coef)[1]
        weight = model.root_weight**2
        moved = replace(moved, scale=float(weight @ residual**2 / weight.sum()))
        if not moved.scale > EXACT * float(weight @ np.abs(model.y) ** 2 / weight.sum()):
            raise NOT_CONVERGED.error("the coefficients fit every row: there are no residuals of which a correlation could be estimated")
        moved = replace(
            moved, alpha=state.alpha + alpha_step(model.runs, weight, residual / np.sqrt(moved.scale), state.alpha, model.corstr)
        )
        path.append(_move(state, moved, step * np.sqrt(np.diag(information) / moved.scale)))
        if path[-1] <= SETTLED:
            return moved
        state = moved
    raise NOT_CONVERGED.error(f"the estimating equations did not settle in {MAX_ROUNDS} rounds; {path_taken(path, 'greatest move')}")


def _move(before: _State, after: _State, in_errors: Floats) -> float:
    """By how much coefficients (in standard errors), scale and correlation still move, at most."""
    correlation = float(np.abs(after.alpha - before.alpha).max(initial=0.0))
    return max(float(np.abs(in_errors).max()), abs(after.scale / before.scale - 1), correlation)


def _pearson(model: _Model, coef: Floats) -> tuple[Floats, Floats]:
    """(n, p) slopes of the mean and (n,) residuals, both over the root of the variance function."""
    eta = model.x @ coef + model.offset
    mu = model.link.to_mu(eta)
    if not model.family.valid(mu):
        raise NOT_CONVERGED.error("a mean left the bounds of the family")
    root = np.sqrt(model.family.variance(mu))
    return model.x * (model.link.slope(eta) / root)[:, None], (model.y - mu) / root


def _equations(model: _Model, state: _State) -> tuple[Floats, Floats]:
    """Information (p, p) and what each cluster adds to the score (clusters, p), at scale 1."""
    slopes, residual = _pearson(model, state.coef)
    slopes, residual = slopes * model.root_weight[:, None], residual * model.root_weight
    loosened = decorrelate(model.runs, slopes, state.alpha, model.corstr)
    information: Floats = loosened.T @ slopes
    return information, cluster_sums(model.runs, loosened * residual[:, None])


def _variance(model: _Model, state: _State) -> tuple[Floats, Floats]:
    information, score = _equations(model, state)
    bread = inverse((information + information.T) / 2)
    return bread @ (score.T @ score) @ bread, bread * state.scale

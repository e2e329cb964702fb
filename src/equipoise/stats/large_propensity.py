"""Propensity scores from tens of thousands of sparse covariates: the lasso, its penalty cross-validated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from equipoise.estimators.data import Floats, Ints
from equipoise.estimators.errors import BAD_ARGUMENT, ONE_OUTCOME_ONLY
from equipoise.estimators.propensity.site import preference_score
from equipoise.estimators.sparse_lasso.folds import CrossValidation, cross_validate, deal, falling
from equipoise.estimators.sparse_lasso.path import Lasso, Model
from equipoise.estimators.sparse_lasso.rows import SparseRows, expit
from equipoise.estimators.sparse_lasso.screening import DROPPED, arm_correlation, fates, having
from equipoise.stats.design import INTERCEPT, arms, data_frame, floats, weights_or_ones
from equipoise.stats.propensity import LEAST_SCORE
from equipoise.stats.regression import c_statistic

SparseColumns: TypeAlias = "sparse.sparray | sparse.spmatrix | pd.DataFrame | ArrayLike"
"""People by covariates (n, p): a scipy sparse array of any layout (by columns is taken as it is), a data frame or a dense array."""

Choice: TypeAlias = Literal["best", "plainest"]


@dataclass(frozen=True)
class LargePropensity:
    """Scores (n,) and preference scores (n,), and the model behind them at the chosen penalty.

    coefficients: of the covariates that are not 0, by name, after the intercept, per unit of the covariate. screening: a row a covariate:
    people who have it by arm, correlation with the arm, fate. curve: None when the penalty was given. c_statistic: in these same people.
    """

    score: Floats
    preference: Floats
    penalty: float
    coefficients: pd.Series
    screening: pd.DataFrame
    curve: CrossValidation | None
    c_statistic: float
    equipoise_share: float

    def summary(self) -> pd.DataFrame:
        """The covariates in the model, the strongest first: coefficient, odds ratio, people by arm."""
        table = pd.DataFrame({"coef": self.coefficients.drop(INTERCEPT)})
        table["odds_ratio"] = np.exp(table["coef"])
        table = table.join(self.screening[["target", "comparator"]])
        return table.iloc[np.argsort(-table["coef"].abs().to_numpy(), kind="stable")]

    def cross_validation(self) -> pd.DataFrame:
        """A row a penalty: mean deviance of people left out, and its standard error. Empty when the penalty was given."""
        if self.curve is None:
            return pd.DataFrame(columns=["penalty", "deviance", "error"])
        return pd.DataFrame({"penalty": self.curve.penalties, "deviance": self.curve.deviance, "error": self.curve.error})

    def left_out(self, fate: str) -> tuple[str, ...]:
        """Names of the covariates with a fate: rare, everyone, one arm only, tells the arm (this last is kept)."""
        return tuple(map(str, self.screening.index[self.screening["fate"] == fate]))

    def __repr__(self) -> str:
        fate = self.screening["fate"].value_counts()
        lines = [
            f"Large-scale propensity model: {len(self.score)} people, {len(self.screening)} covariates",
            f"left out: {fate.get('rare', 0)} rare, {fate.get('everyone', 0)} everybody's, {fate.get('one arm only', 0)} in one arm only"
            + _named(self.left_out("one arm only")),
            f"penalty {self.penalty:.4g}" + self._chosen() + f": {len(self.coefficients) - 1} covariates in the model",
            f"c statistic {self.c_statistic:.4f}, in clinical equipoise {self.equipoise_share:.1%}",
        ]
        if near := self.left_out("tells the arm"):
            lines.append(f"close to the arm itself, perhaps part of the treatment{_named(near)}")
        return "\n".join(lines) + "\n\n" + self.summary().head(20).to_string(float_format=lambda value: f"{value:.4g}")

    def _chosen(self) -> str:
        if self.curve is None:
            return " (given)"
        edge = self.curve.best == len(self.curve.penalties) - 1
        return " (cross-validated" + ("; the smallest tried, so smaller ones may predict better" if edge else "") + ")"


def large_propensity(
    treated: ArrayLike,
    x: SparseColumns,
    *,
    names: Sequence[str] | None = None,
    least_people: int = 100,
    penalty: float | None = None,
    penalties: ArrayLike | None = None,
    choose: Choice = "best",
    folds: int = 10,
    seed: int = 1,
    person: Sequence[str] | NDArray[np.generic] | None = None,
    penalty_factor: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    offset: ArrayLike | None = None,
) -> LargePropensity:
    """The probability of the target arm given very many sparse covariates: a logistic lasso, minus the mean log-likelihood plus penalty
    times the sum of |coefficients|, the intercept free, covariates as they are (indicators are not put in standard deviations).

    Parameters
    ----------
    treated : (n,) 1 target, 0 comparator. x : (n, p), see `SparseColumns`; a covariate is had by those with a value other than 0.
    least_people : covariates that fewer people have are left out. Those that all people have, and those whose holders (or whose others)
    are all in one arm, are left out too: they would tell the arm exactly; look at them, one may be part of the treatment.
    penalty : a single one, instead of cross-validation. penalties : (m,) to choose from; else 30 from the first that lets a covariate in,
    down to a hundredth of it, as far as smaller ones still pay. choose : the best by mean deviance of people left out, or the plainest
    model within a standard error of it.
    folds, seed, person : people are dealt into folds by a hash of person (n,) and seed, so the order of rows does not matter; by shuffled
    rows when person is None. penalty_factor : (p,) >= 0, multiplies the penalty, 0 for covariates that stay in the model.
    weights, offset : (n,).

    Raises EQ-EST-103 (one arm empty), 104 (not settled), 106 (unusable argument).

    Misleads when: covariates were measured after the treatment began or are the treatment; when an instrument (tells the arm, not the
    outcome) is among them; when its coefficients are read as effects: the lasso shrinks them, and lets one of several alike stand for all.
    Source: Tian, Schuemie and Suchard (2018), Int J Epidemiol 47: 2005; Tibshirani (1996), J R Stat Soc B 58: 267.
    """
    columns, named = _columns(x, names)
    n, p = columns.shape
    arm = arms(treated, n)
    if np.ptp(arm) == 0:
        raise ONE_OUTCOME_ONLY.error("all people are in one arm")
    weight = weights_or_ones(weights, n)
    screening = _screened(columns, arm, named, least_people)
    factor = np.where(screening["fate"].isin(DROPPED).to_numpy(), np.inf, _factors(penalty_factor, p))
    shift = np.zeros(n) if offset is None else floats(offset, "offset", n)
    lasso = Lasso(SparseRows(columns, arm.astype(np.float64), weight / weight.sum(), shift), factor)
    wanted = _penalties(lasso, penalty, penalties)
    curve = None if penalty is not None else cross_validate(lasso, wanted, deal(n, folds, seed=seed, person=person))
    last = 1 if curve is None else 1 + (curve.best if choose == "best" else curve.plainest)
    return _result(lasso, lasso.path(wanted[:last])[-1], float(wanted[last - 1]), screening, curve)


def _result(lasso: Lasso, model: Model, penalty: float, screening: pd.DataFrame, curve: CrossValidation | None) -> LargePropensity:
    score = expit(lasso.rows.at(model.intercept, model.columns, model.b))
    inside = np.clip(score, LEAST_SCORE, 1 - LEAST_SCORE)
    preference = preference_score(inside, float(lasso.rows.y.mean()))
    coefficients = pd.Series([model.intercept, *model.b], index=[INTERCEPT, *screening.index[model.columns]], name="coef")
    share = float(np.mean((preference >= 0.3) & (preference <= 0.7)))
    return LargePropensity(score, preference, penalty, coefficients, screening, curve, c_statistic(inside, lasso.rows.y), share)


def _columns(x: SparseColumns, names: Sequence[str] | None) -> tuple[sparse.csc_array, Sequence[str]]:
    """x by columns without stored zeros, and the names of its columns."""
    frame = None if isinstance(x, sparse.sparray | sparse.spmatrix) else data_frame(x)
    own = None if frame is None else list(map(str, frame.columns))
    columns = _by_columns(x if frame is None else frame)
    if not all(columns.shape):
        raise BAD_ARGUMENT.error("x must have at least one row and one column")
    columns = columns.astype(np.float64)
    if not np.all(np.isfinite(columns.data)):
        raise BAD_ARGUMENT.error("x has missing or infinite values")
    if not columns.has_canonical_format or not np.all(columns.data):
        columns = columns.copy()
        columns.sum_duplicates()
        columns.eliminate_zeros()
    named = own if names is None else list(names)
    if named is None:
        named = [f"x{j + 1}" for j in range(columns.shape[1])]
    if len(named) != columns.shape[1] or len(set(named)) != len(named):
        raise BAD_ARGUMENT.error(f"names must be {columns.shape[1]} different names")
    return columns, named


def _by_columns(x: SparseColumns) -> sparse.csc_array:
    if isinstance(x, sparse.sparray | sparse.spmatrix):
        return sparse.csc_array(x)
    table = np.asarray(x, dtype=np.float64)
    if table.ndim != 2:
        raise BAD_ARGUMENT.error("x must have people in rows and covariates in columns")
    return sparse.csc_array(table)


def _screened(columns: sparse.csc_array, arm: Ints, names: Sequence[str], least: int) -> pd.DataFrame:
    held = having(columns, arm)
    people = np.array([(arm == 0).sum(), (arm == 1).sum()])
    table = {
        "target": held[1],
        "comparator": held[0],
        "correlation": arm_correlation(held, people),
        "fate": fates(held, people, least),
    }
    return pd.DataFrame(table, index=pd.Index(names, name="covariate"))


def _factors(penalty_factor: ArrayLike | None, p: int) -> Floats:
    factor = np.ones(p) if penalty_factor is None else floats(penalty_factor, "penalty_factor", p)
    if np.any(factor < 0):
        raise BAD_ARGUMENT.error("penalty_factor must not be negative")
    return factor


def _penalties(lasso: Lasso, penalty: float | None, penalties: ArrayLike | None) -> Floats:
    """Falling penalties (m,): the one given, those to choose from, or a grid from where the first covariate enters."""
    if penalty is not None or penalties is not None:
        given = np.sort(floats(np.atleast_1d(np.asarray(penalties if penalty is None else penalty, dtype=np.float64)), "penalties"))[::-1]
        if not given.size or np.any(given <= 0):
            raise BAD_ARGUMENT.error("penalties must be above 0")
        return given
    entry = lasso.entry(lasso.null())
    if entry <= 0:
        raise BAD_ARGUMENT.error("no covariate is left that could enter the model: all are rare, everybody's or in one arm only")
    return falling(entry)


def _named(names: tuple[str, ...], most: int = 5) -> str:
    if not names:
        return ""
    return ": " + ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")

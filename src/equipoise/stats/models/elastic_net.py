"""Elastic-net paths on one data set in memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from equipoise.estimators.data import Floats
from equipoise.estimators.errors import BAD_ARGUMENT, NO_EVENTS, ONE_OUTCOME_ONLY
from equipoise.estimators.sparse_lasso.quadratic import Penalty
from equipoise.stats.design import INTERCEPT, Columns, floats, named_columns, weights_or_ones
from equipoise.stats.models.penalised_losses import Loss, SquaredError, binomial_loss, cox_loss, poisson_loss
from equipoise.stats.models.penalised_newton import Objective, Point, minimise
from equipoise.stats.survival_rows import Follow, survival_rows

PathFamily = Literal["gaussian", "binomial", "poisson", "cox"]
UNBOUNDED = 9.9e35
"""The first penalty of a path of its own: nothing penalised moves. It is reported as the penalty at which the first column enters."""
LEAST_ALPHA = 1e-3
"""A ridge has no entering penalty: the path starts as if a thousandth of it were a lasso."""
FEWEST = 5
STOP_AT_EXPLAINED = {"gaussian": 0.999, "binomial": 0.999, "poisson": 0.999, "cox": 0.99}
LITTLE_MORE = {"poisson": 1e-4, "cox": 1e-3}
CONSTANT = 1e-12
"""A column whose standard deviation is below this share of its largest value does not vary."""
KKT = 1e-10
"""Conditions of the minimum are met to this share of the largest slope at the start of the path."""


@dataclass(frozen=True)
class ElasticNetPath:
    """A model for each penalty, largest first. coef: (m, terms) on the scale of the columns, the intercept first (none for cox).

    lambdas: (m,); df: (m,) coefficients that are not 0, less the intercept; dev_ratio: (m,) share of the null deviance explained.
    """

    terms: tuple[str, ...]
    family: PathFamily
    alpha: float
    lambdas: Floats
    coef: Floats
    df: NDArray[np.int64]
    dev_ratio: Floats
    null_deviance: float

    def summary(self) -> pd.DataFrame:
        """A row a penalty: lambda, df, share of deviance explained."""
        return pd.DataFrame({"lambda": self.lambdas, "df": self.df, "dev_ratio": self.dev_ratio})

    def coefficients(self) -> pd.DataFrame:
        """A row a penalty, a column a term."""
        return pd.DataFrame(self.coef, columns=list(self.terms), index=pd.Index(self.lambdas, name="lambda"))

    def linear_predictor(self, x: Columns) -> Floats:
        """(q, m) for people with covariates x (q, p), at each penalty."""
        columns = named_columns(x)[1]
        start = self.coef[:, 0] if self.family != "cox" else 0.0
        return np.asarray(columns @ self.coef[:, len(self.terms) - columns.shape[1] :].T + start)

    def __repr__(self) -> str:
        return f"Elastic net, {self.family}, alpha {self.alpha:g}\n\n" + self.summary().to_string(float_format=lambda value: f"{value:.4g}")


@dataclass(frozen=True, slots=True)
class _Problem:
    """x: (n, q) standardised columns, after the intercept's ones if there is one; factor: (q,) penalty factors, 0 for the intercept."""

    loss: Loss
    x: Floats
    factor: Floats
    alpha: float

    def under(self, strength: float) -> Objective:
        """The loss with a penalty of this strength."""
        return Objective(self.loss, self.x, Penalty(strength * self.alpha * self.factor, strength * (1 - self.alpha) * self.factor))

    def screened(self, at: Point, strength: float, previous: float) -> NDArray[np.bool_]:
        """(q,) columns that the strong rule lets through."""
        return np.abs(at.gradient) >= self.alpha * (2 * strength - previous) * self.factor

    def entering(self, at: Point) -> float:
        """The largest penalty at which a column enters."""
        held = self.factor > 0
        return float((np.abs(at.gradient[held]) / self.factor[held]).max()) / max(self.alpha, LEAST_ALPHA)


def elastic_net(
    x: Columns,
    y: ArrayLike | None = None,
    family: PathFamily = "gaussian",
    *,
    time: ArrayLike | None = None,
    event: ArrayLike | None = None,
    alpha: float = 1.0,
    standardize: bool = True,
    penalty_factor: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    n_lambdas: int = 100,
    lambda_min_ratio: float | None = None,
    lambdas: ArrayLike | None = None,
) -> ElasticNetPath:
    """Coefficients under a falling penalty that shrinks them and leaves most at 0: lasso, ridge and between; R's `glmnet`.

    Minimises -loglik / n + lambda * sum of factor * (alpha |b| + (1 - alpha) b^2 / 2), the intercept free; squared error / 2n for
    gaussian; Breslow's partial likelihood for cox. A gaussian outcome is first put in standard deviations (1/n), as glmnet does, which
    matters for the ridge part alone: it is divided by that standard deviation.

    Parameters
    ----------
    x : (n, p). y : (n,) outcome (0 and 1 for binomial, counts for poisson); time, event : (n,) instead for cox. alpha : 1 lasso, 0 ridge.
    standardize : penalise coefficients per standard deviation (1/n). penalty_factor : (p,) >= 0, rescaled to a mean of 1; 0 is free.
    n_lambdas, lambda_min_ratio : of the path's own penalties, which end early when hardly more deviance is explained (glmnet's rules).
    lambdas : penalties to use instead.

    Raises EQ-EST-103 (one outcome), 104 (not settled), 106 (unusable argument), 122 (no event).

    Misleads when the chosen columns are read as the causes, or their coefficients as unbiased; correlated columns stand in for each
    other. Choose the penalty by cross-validation, not by this path's deviance.
    Source: Friedman, Hastie and Tibshirani (2010); Cox: Simon and others (2011), J Stat Softw 39(5).
    """
    names, columns = named_columns(x)
    n, p = columns.shape
    if not np.all(np.isfinite(columns)) or not p or not n:
        raise BAD_ARGUMENT.error("x has missing or infinite values, or no column or row")
    if not 0 <= alpha <= 1 or n_lambdas < FEWEST:
        raise BAD_ARGUMENT.error(f"alpha must lie between 0 and 1, and n_lambdas be {FEWEST} or more")
    weight = weights_or_ones(weights, n)
    loss, order, unit = _loss(family, y, (time, event), weight / weight.sum())
    ready = _ready(columns[order], (weight / weight.sum())[order], standardize=standardize)
    problem = _problem(loss, ready.x, _factors(penalty_factor, p), alpha)
    own = None if lambdas is None else np.sort(floats(lambdas, "lambdas"))[::-1] / unit
    ratio = lambda_min_ratio if lambda_min_ratio is not None else (0.01 if n < p else 1e-4)
    path = _path(problem, family, own, n_lambdas, ratio)
    slopes = unit * path.b[:, int(loss.intercept) :] / ready.scale
    coef = np.column_stack([unit * path.b[:, 0] - slopes @ ready.centre, slopes]) if loss.intercept else slopes
    return ElasticNetPath(
        terms=(INTERCEPT, *names) if loss.intercept else names,
        family=family,
        alpha=alpha,
        lambdas=unit * path.lambdas,
        coef=coef,
        df=np.count_nonzero(slopes, axis=1).astype(np.int64),
        dev_ratio=path.explained,
        null_deviance=2 * float(weight.sum()) * unit**2 * (path.null - loss.saturated),
    )


@dataclass(frozen=True, slots=True)
class _Ready:
    """x: (n, p) centred and scaled columns, 0 where constant; centre, scale: (p,)."""

    x: Floats
    centre: Floats
    scale: Floats


def _ready(columns: Floats, share: Floats, *, standardize: bool) -> _Ready:
    centre = share @ columns
    spread = np.sqrt(share @ (columns - centre) ** 2)
    varies = spread > CONSTANT * np.abs(columns).max(axis=0)
    scale = np.where(varies, spread, 1.0) if standardize else np.ones(centre.size)
    return _Ready(np.where(varies, (columns - centre) / scale, 0.0), centre, scale)


def _problem(loss: Loss, x: Floats, factor: Floats, alpha: float) -> _Problem:
    if not loss.intercept:
        return _Problem(loss, x, factor, alpha)
    return _Problem(loss, np.column_stack([np.ones(len(x)), x]), np.concatenate(([0.0], factor)), alpha)


def _loss(
    family: PathFamily, y: ArrayLike | None, survival: tuple[ArrayLike | None, ArrayLike | None], weight: Floats
) -> tuple[Loss, NDArray[np.int64], float]:
    """The loss, the order in which it takes rows, and the unit of its linear predictor: a standard deviation for gaussian, else 1."""
    order = np.arange(weight.size, dtype=np.int64)
    if family == "cox":
        time, event = survival
        if time is None or event is None:
            raise BAD_ARGUMENT.error("the cox family needs time and event")
        rows = survival_rows(time, event, Follow()).data
        if not np.any((rows.event == 1) & (weight > 0)):
            raise NO_EVENTS.error("no event for a penalised Cox model")
        return (*cox_loss(rows.time, rows.event, weight), 1.0)
    if y is None or family not in ("gaussian", "binomial", "poisson"):
        raise BAD_ARGUMENT.error("the family must be gaussian, binomial or poisson with y, or cox with time and event")
    outcome = floats(y, "y", weight.size)
    if np.ptp(outcome[weight > 0]) == 0:
        raise ONE_OUTCOME_ONLY.error("y has one value only")
    if family == "gaussian":
        unit = float(np.sqrt(weight @ (outcome - weight @ outcome) ** 2))
        return SquaredError(outcome / unit, weight), order, unit
    if family == "poisson":
        if np.any(outcome < 0):
            raise BAD_ARGUMENT.error("y must be 0 or more for the poisson family")
        return poisson_loss(outcome, weight), order, 1.0
    if np.any((outcome < 0) | (outcome > 1)):
        raise BAD_ARGUMENT.error("y must lie between 0 and 1 for the binomial family")
    return binomial_loss(outcome, weight), order, 1.0


def _factors(penalty_factor: ArrayLike | None, p: int) -> Floats:
    factor = np.ones(p) if penalty_factor is None else floats(penalty_factor, "penalty_factor", p)
    if np.any(factor < 0) or not factor.any():
        raise BAD_ARGUMENT.error("penalty_factor must not be negative, nor 0 for all columns")
    return np.asarray(factor * p / factor.sum())


@dataclass(frozen=True, slots=True)
class _Path:
    """lambdas, explained: (m,); b: (m, q); null: the loss of the model without columns."""

    lambdas: Floats
    b: Floats
    explained: Floats
    null: float


def _path(problem: _Problem, family: PathFamily, own: Floats | None, count: int, ratio: float) -> _Path:
    """Each penalty's minimum from the one before. The path's own first penalty is without bound, so that a ridge too starts from 0."""
    loss = problem.loss
    null_point, tolerance = _null(problem)
    null = loss.value(null_point.eta)
    at = minimise(problem.under(UNBOUNDED), null_point, problem.factor == 0, tolerance)
    # glmnet leaves a ridge's slopes as they are at the intercept alone, but for squared errors.
    if not null > loss.saturated:
        raise NO_EVENTS.error("the outcome leaves nothing to explain: nobody at risk beside those with an event")
    entry = problem.entering(at if problem.alpha > 0 or family == "gaussian" else null_point)
    wanted = own if own is not None else entry * ratio ** (np.arange(count) / (count - 1))
    previous, found, explained = entry, [], []
    for m, strength in enumerate(wanted.tolist()):
        if own is not None or m > 0:
            at = minimise(problem.under(strength), at, problem.screened(at, strength, previous), tolerance)
        previous = strength
        found.append(at.b)
        explained.append((null - loss.value(at.eta)) / (null - loss.saturated))
        if own is None and _enough(explained, family):
            break
    return _Path(wanted[: len(found)], np.array(found), np.array(explained), null)


def _null(problem: _Problem) -> tuple[Point, float]:
    """The model with the intercept alone, if there is one, and the tolerance that the slopes there suggest."""
    loss, x = problem.loss, problem.x
    zero, nobody = np.zeros(x.shape[1]), np.zeros(len(x))
    start = Point(zero, nobody, -(x.T @ loss.descent(nobody)))
    free = np.arange(zero.size) < int(loss.intercept)
    held = Penalty(np.where(free, 0.0, UNBOUNDED), zero)
    point = minimise(Objective(loss, x, held), start, free, KKT * float(np.abs(start.gradient).max()))
    return point, KKT * float(np.abs(point.gradient).max())


def _enough(explained: list[float], family: PathFamily) -> bool:
    """glmnet's rules for the end of a path: nearly all is explained, or the last penalties explained hardly more."""
    m = len(explained)
    if m < FEWEST:
        return False
    if explained[-1] > STOP_AT_EXPLAINED[family]:
        return True
    if family in LITTLE_MORE:
        return explained[-1] - explained[-FEWEST] < LITTLE_MORE[family] * explained[-1]
    return explained[-1] - explained[-2] < 1e-5 * (explained[-1] if family == "gaussian" else 1.0)

"""A fitted Cox regression with the names of its terms, and what only the one who has the rows can ask of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.stats import chi2

from equipoise.estimators.cox import site
from equipoise.estimators.cox.concordance import Concordance, concordance
from equipoise.estimators.cox.hub import CoxHub
from equipoise.estimators.cox.prediction import PredictedSurvival, predict_survival
from equipoise.estimators.cox.residuals import CoxResiduals, cox_residuals
from equipoise.estimators.cox.summary import CoxResult
from equipoise.estimators.data import Floats, SurvivalData
from equipoise.estimators.loop import run_local


@dataclass(frozen=True)
class CoxRegression:
    """Log hazard ratios by term. `fit` holds vcov, loglik, tests, baseline hazard, for the terms that were not dropped.

    terms: all columns given; dropped: those that the others determine, whose coefficients are NaN. data: the rows of the fit.
    """

    terms: tuple[str, ...]
    dropped: tuple[str, ...]
    strata: tuple[str, ...]
    fit: CoxResult
    data: SurvivalData = field(repr=False)

    @property
    def kept(self) -> tuple[str, ...]:
        """The terms with a coefficient."""
        return tuple(term for term in self.terms if term not in self.dropped)

    @property
    def coef(self) -> Floats:
        """(terms,) log hazard ratios, NaN for dropped terms."""
        return self.spread(self.fit.coef)

    def spread(self, values: Floats, fill: float = np.nan) -> Floats:
        """Values of the kept terms put among all terms."""
        full = np.full(len(self.terms), fill)
        full[[self.terms.index(term) for term in self.kept]] = values
        return full

    def summary(self) -> pd.DataFrame:
        """A row a term: coefficient, hazard ratio, standard error, limits of the hazard ratio, z, p."""
        lower, upper = self.fit.interval
        columns = {
            "coef": self.fit.coef,
            "hazard_ratio": self.fit.hazard_ratio,
            "se": self.fit.se,
            "lower": lower,
            "upper": upper,
            "z": self.fit.z,
            "p": self.fit.p,
        }
        named = {name: self.spread(values) for name, values in columns.items()}
        return pd.DataFrame(named, index=pd.Index(self.terms, name="term"))

    def linear_predictor(self) -> Floats:
        """(n,) the log hazard of each row against one with all columns and the offset at 0."""
        eta: Floats = self.data.x @ self.fit.coef
        return eta if self.data.offset is None else eta + self.data.offset

    def residuals(self) -> CoxResiduals:
        """Martingale, deviance, score, dfbeta and Schoenfeld residuals."""
        return cox_residuals(self.data, self.fit)

    def concordance(self) -> Concordance:
        """Harrell's C of the linear predictor."""
        return concordance(self.data, np.round(self.linear_predictor(), 10))

    def predict_survival(self, x: ArrayLike, stratum: str | None = None) -> PredictedSurvival:
        """Curves of people with columns x, (q, kept terms)."""
        code = 0 if stratum is None else self.strata.index(stratum)
        return predict_survival(self.fit, np.atleast_2d(np.asarray(x, dtype=np.float64)), code)

    def profile_interval(self, confidence: float = 0.95) -> tuple[Floats, Floats]:
        """(terms,) each: limits of the log hazard ratios where the profile likelihood has fallen by half a chi-square quantile.

        Misleads with robust fits: it is the model's own likelihood.
        """
        limits = [self._profile(column, float(chi2.ppf(confidence, 1)) / 2) for column in range(self.fit.coef.size)]
        return self.spread(np.array([low for low, _ in limits])), self.spread(np.array([high for _, high in limits]))

    def _profile(self, column: int, fall: float) -> tuple[float, float]:
        others = np.delete(self.data.x, column, axis=1)
        offset = np.zeros(self.data.time.size) if self.data.offset is None else self.data.offset
        center = site.first_center(replace(self.data, x=others))
        hub = CoxHub(self.fit.time, others.shape[1], int(self.data.stratum.max()) + 1, self.fit.ties, center=center)

        def height(beta: float) -> float:
            data = replace(self.data, x=others, offset=offset + beta * (self.data.x[:, column] - self.fit.means[column]))
            return float(run_local(hub, site.summarise, data).loglik) - self.fit.loglik + fall

        best, step = float(self.fit.coef[column]), float(self.fit.naive_se[column])
        return self._crossing(height, best, -step), self._crossing(height, best, step)

    @staticmethod
    def _crossing(height: Callable[[float], float], best: float, step: float) -> float:
        far = 2.0
        while height(best + far * step) > 0:
            far *= 1.5
            if far > 50:
                return float(np.copysign(np.inf, step))
        return float(brentq(height, best, best + far * step, xtol=1e-12, rtol=1e-13))

    def __repr__(self) -> str:
        fit = self.fit
        columns = {"coef": fit.coef, "exp(coef)": fit.hazard_ratio, "se(coef)": fit.naive_se}
        columns |= {"robust se": fit.se} if fit.robust else {}
        columns |= {"z": fit.z, "p": fit.p}
        table = pd.DataFrame({name: self.spread(values) for name, values in columns.items()}, index=list(self.terms))
        test = f"Likelihood ratio test={fit.likelihood_ratio:.4g}  on {fit.coef.size} df, p={fit.p_of(fit.likelihood_ratio):.4g}"
        return table.to_string(float_format=lambda value: f"{value:.5g}") + f"\n\n{test}\nn= {fit.rows}, number of events= {fit.events}"


def at_all_times(fit: CoxResult, grid: Floats) -> CoxResult:
    """The same fit with its hazards at every time of the grid, (k,), of which it knows some: at the others there is none."""
    if np.array_equal(fit.time, grid):
        return fit
    known = np.searchsorted(grid, fit.time)

    def spread(values: Floats) -> Floats:
        full = np.zeros((values.shape[0], grid.size, *values.shape[2:]))
        full[:, known] = values
        return full

    return replace(
        fit,
        time=grid,
        baseline_hazard=spread(fit.baseline_hazard),
        hazard_variance=spread(fit.hazard_variance),
        mean_hazard=spread(fit.mean_hazard),
    )

"""What `equipoise.stats` returns for survival: curves, tests and hazard ratios with the names of groups and terms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import chi2, norm

from equipoise.estimators.data import Floats
from equipoise.estimators.kaplan_meier.summary import Curve, CurveAt, KaplanMeierResult
from equipoise.estimators.logrank.summary import LogrankResult
from equipoise.estimators.rmst.summary import RestrictedMeanResult
from equipoise.stats.design import floats

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True)
class KaplanMeierCurves:
    """Survival curves by group (and stratum). `fit` holds the estimator's result."""

    fit: KaplanMeierResult
    groups: tuple[str, ...]
    strata: tuple[str, ...]

    def name(self, curve: Curve) -> str:
        """The curve's group, with its stratum if there are several."""
        group = self.groups[curve.group]
        return group if len(self.strata) == 1 else f"{self.strata[curve.stratum]}, {group}"

    def curve(self, group: str = "all", stratum: str | None = None) -> Curve:
        """The curve of a group, by name."""
        return self.fit.curve(self.groups.index(group), 0 if stratum is None else self.strata.index(stratum))

    def summary(self) -> pd.DataFrame:
        """A row a time and group: those at risk, events, survival with its standard error and limits."""
        frames = [
            pd.DataFrame(
                {
                    "group": self.name(c),
                    "time": c.time,
                    "n_risk": c.n_risk,
                    "n_event": c.n_event,
                    "n_censor": c.n_censor,
                    "survival": c.survival,
                    "std_error": c.std_error,
                    "lower": c.lower,
                    "upper": c.upper,
                }
            )
            for c in self.fit.curves
        ]
        return pd.concat(frames, ignore_index=True)

    def medians(self, p: float = 0.5) -> pd.DataFrame:
        """A row a group: people, events, the time by which a share p had the event, with its interval; NaN where not reached."""
        rows = [[c.rows, c.events, *c.quantile(p)] for c in self.fit.curves]
        index = pd.Index([self.name(c) for c in self.fit.curves], name="group")
        return pd.DataFrame(rows, index=index, columns=["n", "events", "median" if p == 0.5 else "time", "lower", "upper"])

    def survival_at(self, times: Floats) -> dict[str, CurveAt]:
        """Each curve read at times: those at risk, survival, limits, cumulative events."""
        return {self.name(c): c.at(np.asarray(times, dtype=np.float64)) for c in self.fit.curves}

    def plot(self, ax: Axes | None = None) -> Axes:
        """Step curves with their bands, on `ax` or a new figure."""
        if ax is None:
            import matplotlib.pyplot as plt

            ax = plt.subplots()[1]
        for c in self.fit.curves:
            time, survival = np.append(0.0, c.time), np.append(1.0, c.survival)
            (line,) = ax.step(time, survival, where="post", label=self.name(c))
            lower, upper = np.append(1.0, c.lower), np.append(1.0, c.upper)
            ax.fill_between(time, lower, upper, step="post", alpha=0.15, color=line.get_color(), linewidth=0)
        ax.set(xlabel="Time", ylabel="Survival", ylim=(0, 1.02))
        ax.legend(frameon=False)
        return ax

    def __repr__(self) -> str:
        share = self.fit.curves[0].confidence
        table = self.medians().rename(columns={"lower": f"{share:g}LCL", "upper": f"{share:g}UCL"})
        table.index.name = None
        return table.to_string(float_format=lambda value: f"{value:.6g}")


@dataclass(frozen=True)
class LogrankTest:
    """A log-rank or G-rho test. `fit` holds observed, expected, variance, chisq, df, p."""

    fit: LogrankResult
    groups: tuple[str, ...]

    def summary(self) -> pd.DataFrame:
        """A row a group: people, observed and expected events, and the two usual ratios."""
        fit = self.fit
        difference = (fit.observed - fit.expected) ** 2
        with np.errstate(divide="ignore", invalid="ignore"):
            ratios = {"(O-E)^2/E": difference / fit.expected, "(O-E)^2/V": difference / np.diag(fit.variance)}
        columns = {"N": fit.rows, "Observed": fit.observed, "Expected": fit.expected, **ratios}
        return pd.DataFrame(columns, index=pd.Index(self.groups, name="group"))

    def trend(self, scores: ArrayLike | None = None) -> tuple[float, float]:
        """Chi-square on 1 degree of freedom, and p, for hazards that rise or fall with the groups' scores (g,): 0, 1, 2, ... without.

        Misleads when the order of the groups was chosen after seeing the curves. Source: Tarone (1975), Biometrika 62: 679.
        """
        along = np.arange(len(self.groups), dtype=np.float64) if scores is None else floats(scores, "scores", len(self.groups))
        fit = self.fit
        variance = float(along @ fit.variance @ along)
        chisq = float(along @ (fit.observed - fit.expected)) ** 2 / variance if variance > 0 else float("nan")
        return chisq, float(chi2.sf(chisq, 1))

    def __repr__(self) -> str:
        table = self.summary()
        table.index.name = None
        tail = f" Chisq= {self.fit.chisq:.1f}  on {self.fit.df} degrees of freedom, p= {self.fit.p:.2g}"
        return table.to_string(float_format=lambda value: f"{value:.3g}") + "\n\n" + tail


@dataclass(frozen=True)
class RestrictedMeans:
    """Restricted mean survival times. `fit` holds means and contrasts with the first group."""

    fit: RestrictedMeanResult
    groups: tuple[str, ...]

    def summary(self) -> pd.DataFrame:
        """A row a group: mean up to tau, standard error, limits."""
        rows = [[m.estimate, m.se, m.lower, m.upper] for m in self.fit.means]
        index = pd.Index([self.groups[m.group] for m in self.fit.means], name="group")
        return pd.DataFrame(rows, index=index, columns=["rmst", "se", "lower", "upper"])

    def contrasts(self) -> pd.DataFrame:
        """Two rows a later group against the first: difference, and ratio, with limits and p."""
        rows, index = [], []
        for c in self.fit.contrasts:
            pair = f"{self.groups[c.group]} vs {self.groups[c.reference]}"
            rows += [
                [c.difference, c.difference_lower, c.difference_upper, c.difference_p],
                [c.ratio, c.ratio_lower, c.ratio_upper, c.ratio_p],
            ]
            index += [(pair, "difference"), (pair, "ratio")]
        names = pd.MultiIndex.from_tuples(index, names=["groups", "measure"])
        return pd.DataFrame(rows, index=names, columns=["estimate", "lower", "upper", "p"])

    def __repr__(self) -> str:
        parts = [f"Restricted mean survival time up to {self.fit.tau:g}", self.summary().to_string(float_format=_short)]
        return "\n\n".join([*parts, self.contrasts().to_string(float_format=_short)] if self.fit.contrasts else parts)


def _short(value: float) -> str:
    return f"{value:.4g}"


def limits(estimate: Floats, se: Floats, confidence: float) -> tuple[Floats, Floats]:
    """Wald limits of exp(estimate)."""
    half = norm.ppf(0.5 + confidence / 2) * se
    return np.exp(estimate - half), np.exp(estimate + half)

"""How a site is to turn its table into an estimator's data: in the study's own names, without a row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from equipoise.study.learned import Learned
from equipoise.study.model import Adjustment

Columns: TypeAlias = Literal["none", "raw", "design", "propensity", "arm"]
"""`raw`: covariates as recorded, NaN where missing. `design`: the learned columns. `propensity`: an intercept and the standardised learned
columns. `arm`: one column, 1 for the target."""


@dataclass(frozen=True, slots=True)
class Scores:
    """The propensity model: log odds of the target arm = coef[0] + coef[1:] @ ((x - centre) / spread), x the learned columns.

    coef: (p + 1,) float64. centre, spread: (p,) float64, the network's mean and standard deviation of each column.
    `site_intercept_sd`: each site adds its own intercept, drawn towards 0 by a normal prior of that standard deviation.
    """

    learned: Learned
    coef: NDArray[np.float64]
    centre: NDArray[np.float64]
    spread: NDArray[np.float64]
    site_intercept_sd: float | None = None


@dataclass(frozen=True, slots=True)
class Weighting:
    """Who counts, and how much. `crude`: everyone, 1. `matched`: those whose token is in `tokens`, 1. Else a weight from the score.

    `prevalence`: share of the target arm over the network, for stabilised weights. tokens: (m,) uint64.
    """

    method: Adjustment
    trim: tuple[float, float] | None = None
    prevalence: float | None = None
    tokens: NDArray[np.uint64] | None = None


@dataclass(frozen=True, slots=True)
class View:
    """One estimator's data. `outcome` names the time and event columns (None: no outcome needed, everyone at the site is in).

    `weighting` names an entry of `Setting.weightings`. `group`: `arm` puts the comparator in group 0 and the target in group 1, `none`
    puts everyone in group 0. `stratum`: `site` or one stratum for all.
    """

    outcome: str | None = None
    columns: Columns = "none"
    weighting: Adjustment = "crude"
    group: Literal["none", "arm"] = "arm"
    stratum: Literal["none", "site"] = "none"


@dataclass(frozen=True, slots=True)
class Setting:
    """What the views of a question share: the learned columns, the propensity model and the weightings. All state lies in the question."""

    learned: Learned | None = None
    scores: Scores | None = None
    weightings: tuple[Weighting, ...] = ()

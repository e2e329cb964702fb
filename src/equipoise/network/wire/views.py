"""How a site is to turn its table into an estimator's data: in the study's own names, without a row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from equipoise.network.wire.combination import CombinationFrame
from equipoise.network.wire.labs import LabFrame
from equipoise.network.wire.lines import LineCounts
from equipoise.study.learned import Learned
from equipoise.study.model import Adjustment

Columns: TypeAlias = Literal[
    "none",
    "raw",
    "design",
    "propensity",
    "arm",
    "score",
    "preference",
    "labs",
    "lab_shifts",
    "levels",
    "arm_by_level",
    "event_counts",
    "event_rates",
    "instances",
]
"""`raw`: covariates as recorded, NaN where missing. `design`: the learned columns. `propensity`: an intercept and the standardised learned
columns. `arm`: one column, 1 for the target. `score`: one column, the propensity score. `preference`: one column, the score with the arms'
sizes taken out. `labs`, `lab_shifts`: the columns of laboratory outcomes, see `study.lab_columns`. `levels`: for each level of each
subgroup, two columns: in it, and in it with the outcome's event. `arm_by_level`: the arm, the subset's levels but the first, and their
products with the arm. `event_counts`, `instances`: see `study.event_columns`. `event_rates`: of each timed outcome whether it
happened, then of each the time at risk in 100 years."""


@dataclass(frozen=True, slots=True)
class Scores:
    """The propensity model: log odds of the target arm = coef[0] + coef[1:] @ ((x - centre) / spread), x the learned columns.

    coef: (p + 1,) float64.
    `site_intercept_sd`: each site adds its own intercept, drawn towards 0 by a normal prior of that standard deviation.
    `prevalence`: the target arm's share over the network, for stabilised weights and the preference score. `prior_sd`: of the normal prior
    that the coefficients but the intercept had, None for maximum likelihood.
    `large`: instead, the scores of the large-scale model that the one site with all rows fitted when it prepared the study; coef is empty.
    """

    coef: NDArray[np.float64]
    prevalence: float
    site_intercept_sd: float | None = None
    prior_sd: float | None = None
    large: bool = False


@dataclass(frozen=True, slots=True)
class OutcomePart:
    """Persons whose weight is another one for an outcome: 0 for those whose matched set the outcome's washout breaks.

    tokens: (m,) uint64. token_weights: (m,) float64.
    """

    outcome: str
    tokens: NDArray[np.uint64]
    token_weights: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Weighting:
    """Who counts, and how much. `crude`: everyone, 1. `matched`: those whose token is in `tokens`. `score-bins`: a weight of the person's
    arm and bin of the score. Else a weight from the score.

    trim: keep scores in [low, high] only. tokens: (m,) uint64. token_weights: (m,) float64, None for all 1.
    edges: (k + 1,) of the score's bins. bin_weights: (2, k), the comparator's first.
    variant: tells weightings of one method apart, such as many matchings; the study's own has none.
    """

    method: Adjustment
    trim: tuple[float, float] | None = None
    tokens: NDArray[np.uint64] | None = None
    token_weights: NDArray[np.float64] | None = None
    variant: str = ""
    of_outcomes: tuple[OutcomePart, ...] = ()
    edges: NDArray[np.float64] | None = None
    bin_weights: NDArray[np.float64] | None = None


@dataclass(frozen=True, slots=True)
class Subset:
    """Persons in some levels of a subgroup of the study, by their places in `study.subgroup_levels`."""

    subgroup: str
    levels: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class View:
    """One estimator's data. `outcome` names the time and event columns (None: no outcome needed, everyone at the site is in).

    `weighting` names an entry of `Setting.weightings`. `group`: `arm` puts the comparator in group 0 and the target in group 1, `none`
    puts everyone in group 0. `stratum`: `site` or one stratum for all. `unweighted`: everyone in the weighting's population counts 1.
    `competing`: death before the event is cause 2 instead of the end of observation. `estimated`: with the weights comes how they hang on
    the propensity model, for variances that know that it was fitted.
    `subset`: only these persons. `site`: only this site's, which says nothing where it may not speak alone. `without`: nobody of these
    sites, which refuse where that would show one of them that may not be shown alone.
    `combination`: rows, groups and columns of another layout; of the rest only `outcome` and `stratum` are read.
    """

    outcome: str | None = None
    columns: Columns = "none"
    weighting: Adjustment = "crude"
    group: Literal["none", "arm"] = "arm"
    stratum: Literal["none", "site"] = "none"
    unweighted: bool = False
    competing: bool = False
    estimated: bool = False
    subset: Subset | None = None
    site: str | None = None
    without: tuple[str, ...] = ()
    variant: str = ""
    until: int | None = None
    minimum_arm: int = 0
    washed_out: str | None = None
    """Only persons whom this outcome's washout leaves out."""
    combination: CombinationFrame | None = None
    lines: LineCounts | None = None
    """Counts of lines of therapy of everybody at the site; nothing else of the view is read."""
    labs: LabFrame | None = None
    """Rows of persons and windows of a laboratory outcome; of the rest who counts, and how much, is read."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What the views of a question share. All state lies in the question: a site remembers nothing that it could not work out again.

    `learned`: the design's columns. centre, spread: (p,) for the standardised columns of `propensity`. `scores`: the fitted model.
    """

    learned: Learned | None = None
    centre: NDArray[np.float64] | None = None
    spread: NDArray[np.float64] | None = None
    scores: Scores | None = None
    weightings: tuple[Weighting, ...] = ()

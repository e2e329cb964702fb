"""What crosses the border for conditional logistic regression: coefficients in, sums over matched sets out. Letters: p columns."""

from __future__ import annotations

from dataclasses import dataclass, field

from scipy.stats import chi2

from equipoise.estimators.data import Floats
from equipoise.estimators.shape import Additive, disclosed
from equipoise.estimators.wald import WaldCoefficients


@dataclass(frozen=True, slots=True)
class ConditionalLogisticAsk:
    """Evaluate at `coef` (p,). `base` (p,) and `base_loglik`: the point this try came from; `final`: its answer is the result.

    `path`: the log
    likelihood of each step so far. `loglik_null`, `score_test`: found at coefficient 0. `means`, `spread` (p,): of the columns, size 0
    before they are known.
    """

    coef: Floats
    base: Floats
    base_loglik: float
    loglik_null: float
    score_test: float
    means: Floats
    spread: Floats
    final: bool
    iteration: int
    halvings: int
    path: tuple[float, ...] = ()


@dataclass(frozen=True)
class ConditionalLogisticSummary(Additive):
    """Sums over people, and over sets with both outcomes."""

    rows: int = disclosed("count", "1", "people")
    cases: int = disclosed("count", "1", "people who are cases")
    sets: int = disclosed("count", "1", "matched sets with both outcomes")
    x: Floats = disclosed("sum", "(p,)", "columns, over people")
    x_sq: Floats = disclosed("sum", "(p,)", "their squares, over people")
    loglik: float = disclosed("sum", "1", "log conditional likelihood of the sets")
    score: Floats = disclosed("sum", "(p,)", "its derivative")
    information: Floats = disclosed("sum", "(p, p)", "minus its second derivative")


@dataclass(frozen=True)
class ConditionalLogisticResult(WaldCoefficients):
    """Coefficients (p,) are log odds ratios per unit of each column; vcov (p, p) the inverse information.

    `sets` counts matched sets with both outcomes: only they say something. `score_test` is a chi-square at coefficient 0.
    """

    coef: Floats
    vcov: Floats
    rows: int
    events: int
    sets: int
    loglik: float
    loglik_null: float
    score_test: float
    confidence: float
    iterations: int = field(compare=False)

    @property
    def likelihood_ratio(self) -> float:
        """Likelihood-ratio chi-square against coefficient 0."""
        return 2 * (self.loglik - self.loglik_null)

    def p_of(self, chisq: float) -> float:
        """The p-value of a chi-square on as many degrees of freedom as there are columns."""
        return float(chi2.sf(chisq, self.coef.size))

"""TriNetX's own "measures of association": shares of patients with the outcome, compared in exactly its formulas."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.stats import norm

from equipoise.estimators.errors import BAD_ARGUMENT
from equipoise.estimators.two_by_two.interval import Interval

CRITICAL = 1.96
"""The platform's 97.5 % quantile has two decimals, and its intervals are always of 95 %."""


@dataclass(frozen=True, slots=True)
class PlatformAssociation:
    """Risks, their difference with z and p, their ratio and the odds ratio; NaN where a ratio has no value.

    `se` is the unpooled Wald error of the difference, and of the logarithm of the ratios; z and p take the pooled risk.
    """

    risk_target: float
    risk_comparator: float
    difference: Interval
    z: float
    p: float
    risk_ratio: Interval
    odds_ratio: Interval


def platform_association(events_target: int, n_target: int, events_comparator: int, n_comparator: int) -> PlatformAssociation:
    """The platform's numbers from its two rows of counts, 0 <= events <= n, n > 0. Raises EQ-EST-106.

    Worked out from the platform's exported tables, which it reproduces to the last digit: Wald interval and Katz's and Woolf's at 1.96,
    z of two proportions with the pooled variance.

    Misleads when: patients are followed for different times or die (those who left count as free of the outcome), and where a count
    from 1 to 10 stands as 10.
    """
    a, n1, c, n0 = events_target, n_target, events_comparator, n_comparator
    if not (0 <= a <= n1 and 0 <= c <= n0 and n1 > 0 and n0 > 0):
        raise BAD_ARGUMENT.error("events must lie between 0 and the number of people, who must be some")
    one, other, pooled = a / n1, c / n0, (a + c) / (n1 + n0)
    spread = math.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n0))
    z = (one - other) / spread if spread > 0 else math.nan
    error = math.sqrt(one * (1 - one) / n1 + other * (1 - other) / n0)
    difference = one - other
    return PlatformAssociation(
        risk_target=one,
        risk_comparator=other,
        difference=Interval(difference, error, difference - CRITICAL * error, difference + CRITICAL * error),
        z=z,
        p=float(2 * norm.sf(abs(z))),
        risk_ratio=_ratio((a, n1 - a, n1), (c, n0 - c, n0), odds=False),
        odds_ratio=_ratio((a, n1 - a, n1), (c, n0 - c, n0), odds=True),
    )


def _ratio(target: tuple[int, int, int], comparator: tuple[int, int, int], *, odds: bool) -> Interval:
    """Each: events, people without, people."""
    wholes = [row[1] if odds else row[2] for row in (target, comparator)]
    if not (target[0] and comparator[0] and all(wholes)):
        return Interval(math.nan, math.nan, math.nan, math.nan)
    ratio = (target[0] / wholes[0]) / (comparator[0] / wholes[1])
    sign = 1 if odds else -1
    error = math.sqrt(1 / target[0] + sign / wholes[0] + 1 / comparator[0] + sign / wholes[1])
    return Interval(ratio, error, ratio * math.exp(-CRITICAL * error), ratio * math.exp(CRITICAL * error))

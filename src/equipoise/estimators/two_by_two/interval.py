"""An estimate with its interval, and intervals of one proportion."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

from scipy.special import ndtri
from scipy.stats import beta

from equipoise.estimators.errors import BAD_ARGUMENT

ProportionMethod: TypeAlias = Literal["wilson", "clopper-pearson", "wald", "agresti-coull", "jeffreys"]


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate, its standard error and its limits. For ratios `se` is that of the logarithm, the rest is on the natural scale."""

    estimate: float
    se: float
    lower: float
    upper: float


def critical(confidence: float) -> float:
    """The normal quantile of a two-sided interval. confidence in (0, 1). Raises EQ-EST-106."""
    if not 0 < confidence < 1:
        raise BAD_ARGUMENT.error("conf_level must lie between 0 and 1")
    return float(ndtri(0.5 + confidence / 2))


def difference_interval(estimate: float, se: float, confidence: float) -> Interval:
    """Wald limits, estimate -+ z se."""
    half = critical(confidence) * se
    return Interval(estimate, se, estimate - half, estimate + half)


def ratio_interval(ratio: float, log_se: float, confidence: float) -> Interval:
    """Wald limits on the log scale. A ratio of 0 has the lower limit 0 and no upper one (NaN)."""
    z = critical(confidence)
    return Interval(ratio, log_se, _scaled(ratio, -z * log_se), _scaled(ratio, z * log_se))


def _scaled(ratio: float, log_factor: float) -> float:
    if math.isnan(ratio) or math.isnan(log_factor):
        return math.nan
    if (ratio == 0 and log_factor == math.inf) or (ratio == math.inf and log_factor == -math.inf):
        return math.nan
    return ratio * math.exp(log_factor) if log_factor < 700 else math.inf


def proportion_interval(events: float, people: float, confidence: float = 0.95, method: ProportionMethod = "wilson") -> Interval:
    """A proportion (0 to 1) and its limits; NaN where nobody is there. `se` is the binomial one, sqrt(p (1 - p) / n).

    `wilson` inverts the score test (R's prop.test without correction), `clopper-pearson` the exact one (binom.test).
    Raises EQ-EST-106 for events outside 0..people.
    Misleads when: `wald` is taken for few events: it covers less than it says, and nothing at all at 0.
    Source: Wilson (1927); Clopper and Pearson (1934); Agresti and Coull (1998); Brown, Cai and DasGupta (2001).
    """
    if not 0 <= events <= people:
        raise BAD_ARGUMENT.error("events must lie between 0 and the number of people")
    if people == 0:
        return Interval(math.nan, math.nan, math.nan, math.nan)
    p = events / people
    se = math.sqrt(p * (1 - p) / people)
    lower, upper = _LIMITS[method](events, people, confidence)
    return Interval(p, se, lower, upper)


def _wilson(events: float, people: float, confidence: float) -> tuple[float, float]:
    z, p = critical(confidence), events / people
    centre = (p + z * z / (2 * people)) / (1 + z * z / people)
    half = z / (1 + z * z / people) * math.sqrt(p * (1 - p) / people + z * z / (4 * people**2))
    return (0.0 if events == 0 else centre - half), (1.0 if events == people else centre + half)


def _clopper_pearson(events: float, people: float, confidence: float) -> tuple[float, float]:
    critical(confidence)
    tail = (1 - confidence) / 2
    lower = 0.0 if events == 0 else float(beta.ppf(tail, events, people - events + 1))
    upper = 1.0 if events == people else float(beta.isf(tail, events + 1, people - events))
    return lower, upper


def _wald(events: float, people: float, confidence: float) -> tuple[float, float]:
    p = events / people
    half = critical(confidence) * math.sqrt(p * (1 - p) / people)
    return p - half, p + half


def _agresti_coull(events: float, people: float, confidence: float) -> tuple[float, float]:
    z = critical(confidence)
    return _wald(events + z * z / 2, people + z * z, confidence)


def _jeffreys(events: float, people: float, confidence: float) -> tuple[float, float]:
    tail = (1 - confidence) / 2
    lower = 0.0 if events == 0 else float(beta.ppf(tail, events + 0.5, people - events + 0.5))
    upper = 1.0 if events == people else float(beta.isf(tail, events + 0.5, people - events + 0.5))
    return lower, upper


_LIMITS = {
    "wilson": _wilson,
    "clopper-pearson": _clopper_pearson,
    "wald": _wald,
    "agresti-coull": _agresti_coull,
    "jeffreys": _jeffreys,
}

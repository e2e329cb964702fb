"""How strong an unmeasured confounder would have to be."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

from equipoise.estimators.errors import BAD_ARGUMENT

Ratio: TypeAlias = Literal["RR", "OR", "HR"]


@dataclass(frozen=True, slots=True)
class EValue:
    """E-values of an estimate and of the limit of its interval that lies nearer to `true` (1 when the interval contains it).

    approx_rr, approx_lower, approx_upper: the estimate and limits as risk ratios (limits NaN where not given).
    """

    approx_rr: float
    approx_lower: float
    approx_upper: float
    e_value: float
    e_value_limit: float


def e_value(
    estimate: float, lower: float | None = None, upper: float | None = None, measure: Ratio = "RR", *, rare: bool = True, true: float = 1.0
) -> EValue:
    """The least risk ratio that a confounder must have with the treatment and with the outcome to move the estimate to `true`.

    estimate, lower, upper, true : ratios above 0. rare : the outcome is rare by the end of follow-up (under about 15 %), so odds and
    hazard ratios are read as risk ratios; otherwise sqrt(OR) and (1 - 0.5^sqrt(HR)) / (1 - 0.5^sqrt(1/HR)). Raises EQ-EST-106.

    Misleads when: read as evidence against confounding: it says how much would be needed, not how much there is; and several
    confounders may do together what one cannot.
    Source: VanderWeele and Ding (2017), Ann Intern Med 167: 268.
    """
    given = [value for value in (estimate, lower, upper, true) if value is not None]
    if any(not value > 0 for value in given) or math.isinf(estimate):
        raise BAD_ARGUMENT.error("estimate and limits must be ratios above 0")
    if (lower is not None and lower > estimate) or (upper is not None and upper < estimate):
        raise BAD_ARGUMENT.error("the estimate must lie between its limits")
    if measure not in ("RR", "OR", "HR"):
        raise BAD_ARGUMENT.error("measure must be RR, OR or HR")
    point, target = _risk_ratio(estimate, measure, rare), _risk_ratio(true, measure, rare)
    low, high = (math.nan if value is None else _risk_ratio(value, measure, rare) for value in (lower, upper))
    return EValue(point, low, high, _threshold(point / target), _of_limit(low if point > target else high, point, target))


def _of_limit(limit: float, point: float, target: float) -> float:
    if math.isnan(limit):
        return math.nan
    return 1.0 if (limit - target) * (point - target) <= 0 else _threshold(limit / target)


def _threshold(ratio: float) -> float:
    above = max(ratio, 1 / ratio)
    return above + math.sqrt(above * (above - 1))


def _risk_ratio(value: float, measure: Ratio, rare: bool) -> float:
    if rare or measure == "RR":
        return value
    if measure == "OR":
        return math.sqrt(value)
    return (1 - 0.5 ** math.sqrt(value)) / (1 - 0.5 ** math.sqrt(1 / value)) if not math.isinf(value) else math.inf

"""Arms told apart with error: what the counts and the rate ratio would be with the true arms. Sums only; see `counts_by_arm`."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from equipoise.estimators.data import Floats
from equipoise.estimators.errors import BAD_ARGUMENT
from equipoise.estimators.two_by_two.interval import Interval, critical


@dataclass(frozen=True, slots=True)
class ArmSums:
    """Events and time at risk of the two arms, as recorded or as corrected; sums over sites. Numbers of at least 0."""

    events_target: float
    events_comparator: float
    time_target: float
    time_comparator: float

    @property
    def rate_ratio(self) -> float:
        """Events over time at risk, target over comparator."""
        return (self.events_target / self.time_target) / (self.events_comparator / self.time_comparator)


@dataclass(frozen=True, slots=True)
class CorrectedRatio:
    """The sums with the true arms, their rate ratio, and the standard error of its logarithm when the error rates are known."""

    sums: ArmSums
    rate_ratio: float
    log_se: float


@dataclass(frozen=True, slots=True)
class DrawnRatio:
    """The rate ratio over draws of the error rates: medians with percentile limits.

    systematic: the error of classification alone; total: random error too. kept: share of the draws that the counts allow.
    """

    systematic: Interval
    total: Interval
    kept: float


def counts_by_arm(target: float, comparator: float, sensitivity: float, specificity: float) -> tuple[float, float]:
    """What was counted in the two recorded arms, by true arm: persons, events, or time at risk.

    sensitivity : share of the true target's that is recorded as the target's. specificity : share of the true comparator's that is
    recorded as the comparator's. May be negative, where the counts contradict the error rates. Raises EQ-EST-106 unless the two
    shares are in (0, 1] and add to more than 1.
    Source: Fox, MacLehose and Lash, Applying Quantitative Bias Analysis to Epidemiologic Data, 2nd ed. (2021), chapter 6.
    """
    usable = 0 < sensitivity <= 1 and 0 < specificity <= 1 and sensitivity + specificity > 1
    if not usable:
        raise BAD_ARGUMENT.error("sensitivity and specificity must lie in (0, 1] and add to more than 1")
    informative = sensitivity + specificity - 1
    true_target = (specificity * target - (1 - specificity) * comparator) / informative
    return true_target, target + comparator - true_target


def corrected_ratio(sums: ArmSums, sensitivity: float, specificity: float) -> CorrectedRatio | None:
    """The rate ratio with the true arms; None where the counts contradict the error rates (a sum not above 0).

    Errors are the same for persons with and without the event. The standard error is by the delta method with Poisson events, time at
    risk and error rates taken as known. Raises EQ-EST-106.
    Misleads when: who is misclassified also fares differently; time at risk then goes to the wrong arm with the wrong hazard.
    Source: as `counts_by_arm`; variance: Greenland (1988), Stat Med 7: 745; Chu et al. (2006), Ann Epidemiol 16: 834.
    """
    events = counts_by_arm(sums.events_target, sums.events_comparator, sensitivity, specificity)
    time = counts_by_arm(sums.time_target, sums.time_comparator, sensitivity, specificity)
    if min(*events, *time) <= 0:
        return None
    true = ArmSums(*events, *time)
    return CorrectedRatio(true, true.rate_ratio, math.sqrt(log_odds_variance(sums, events, sensitivity, specificity)))


def log_odds_variance(sums: ArmSums, true: tuple[float, float], sensitivity: float, specificity: float) -> float:
    """The variance of log(true target events / true comparator events) from the recorded events, by the delta method."""
    informative = sensitivity + specificity - 1
    by_target = specificity / true[0] + (1 - sensitivity) / true[1]
    by_comparator = -(1 - specificity) / true[0] - sensitivity / true[1]
    return (sums.events_target * by_target**2 + sums.events_comparator * by_comparator**2) / informative**2


def drawn_ratio(
    sums: ArmSums, sensitivity: Floats, specificity: Floats, *, seed: int, confidence: float = 0.95, adjusted: Interval | None = None
) -> DrawnRatio | None:
    """Probabilistic bias analysis: the corrected rate ratio over draws (n,) of sensitivity and specificity, each with random error added.

    adjusted : a ratio to be moved by each draw instead, as `moved_interval` does. seed : of the random error (numpy PCG64). Draws that
    the counts contradict are left out, and their share is told. None when all are.
    Misleads when: many draws are left out: the rest is then no longer the distribution that was meant. Raises EQ-EST-106.
    Source: Fox, MacLehose and Lash (2021), chapter 8; Lash et al. (2014), Int J Epidemiol 43: 1969.
    """
    critical(confidence)
    shares = zip(sensitivity.tolist(), specificity.tolist(), strict=True)
    found = [corrected_ratio(sums, *pair) if sum(pair) > 1 else None for pair in shares]
    kept = [one for one in found if one is not None]
    if not kept:
        return None
    base = adjusted or Interval(sums.rate_ratio, 1.0, 0.0, 0.0)
    widening = 1.0 if adjusted is None else adjusted.se / math.sqrt(1 / sums.events_target + 1 / sums.events_comparator)
    log = np.log([one.rate_ratio for one in kept]) - math.log(sums.rate_ratio) + math.log(base.estimate)
    noise = np.random.Generator(np.random.PCG64(seed)).standard_normal(len(found))[[one is not None for one in found]]
    total = log + noise * np.array([one.log_se for one in kept]) * widening
    return DrawnRatio(_percentiles(log, confidence), _percentiles(total, confidence), len(kept) / len(found))


def _percentiles(log: Floats, confidence: float) -> Interval:
    low, middle, high = np.exp(np.quantile(log, [(1 - confidence) / 2, 0.5, (1 + confidence) / 2])).tolist()
    return Interval(middle, float(np.std(log)), low, high)


def moved_interval(ratio: Interval, observed: CorrectedRatio, corrected: CorrectedRatio, confidence: float = 0.95) -> Interval:
    """An adjusted ratio moved by the bias that correcting the crude rates finds, its standard error widened as theirs is.

    observed : the crude rates with no error (sensitivity and specificity 1).
    Misleads when: covariates are related to the misclassification: the bias of the adjusted ratio is then not that of the crude one.
    Source: Fox, MacLehose and Lash (2021), chapter 6: the crude bias carried over to the adjusted estimate.
    """
    middle = math.log(ratio.estimate) + math.log(corrected.rate_ratio / observed.rate_ratio)
    se = ratio.se * corrected.log_se / observed.log_se
    half = float(norm.ppf(0.5 + confidence / 2)) * se
    return Interval(math.exp(middle), se, math.exp(middle - half), math.exp(middle + half))

"""Who gets TARE: a logistic model in the recorded covariates, and a draw whose total is exact."""

from __future__ import annotations

import numpy as np

from equipoise.simulate.baseline import Baseline, Bools, Floats
from equipoise.simulate.effects import CENTRE_AGE, CENTRE_ALBUMIN, CENTRE_LOG_BILIRUBIN, CENTRE_YEAR, Coefficients


def linear_predictor(patients: Baseline, coefficients: Coefficients) -> Floats:
    """The sum of the coefficients over each patient's recorded covariates, centred; a missing laboratory value adds nothing."""
    c = coefficients
    total = (
        c.her2 * (patients.subtype == 1)
        + c.tnbc * (patients.subtype == 2)
        + c.extrahepatic * patients.extrahepatic
        + c.lines_2 * (patients.lines == 2)
        + c.lines_3 * (patients.lines >= 3)
        + c.albumin * np.nan_to_num(patients.albumin - CENTRE_ALBUMIN)
        + c.log_bilirubin * np.nan_to_num(np.log(patients.bilirubin) - CENTRE_LOG_BILIRUBIN)
        + c.age * (patients.age - CENTRE_AGE)
        + c.year * (patients.year - CENTRE_YEAR)
    )
    return np.asarray(total, np.float64)


def expit(logit: Floats) -> Floats:
    """The probability of a log odds."""
    return np.asarray(1.0 / (1.0 + np.exp(-logit)))


def solve_intercept(predictor: Floats, expected: float) -> float:
    """The intercept at which the propensities add up to `expected`, by Newton's method from bracketed starts."""
    low, high = -30.0 - float(np.max(predictor, initial=0.0)), 30.0 - float(np.min(predictor, initial=0.0))
    intercept = 0.0
    for _ in range(200):
        probability = expit(intercept + predictor)
        excess = float(probability.sum()) - expected
        low, high = (low, intercept) if excess > 0 else (intercept, high)
        slope = float((probability * (1 - probability)).sum())
        step = intercept - excess / slope if slope > 1e-12 else low
        following = step if low < step < high else (low + high) / 2
        if abs(following - intercept) < 1e-13 * max(1.0, abs(intercept)):
            break
        intercept = following
    return intercept


def systematic_sample(probability: Floats, start: float) -> Bools:
    """Systematic sampling with unequal probabilities (Madow 1949): each is chosen with exactly its probability.

    probability: (n,) in [0, 1], with a whole sum, which is the number chosen. start: uniform in [0, 1).
    """
    total = round(float(probability.sum()))
    cumulated = np.cumsum(probability)
    cumulated *= total / cumulated[-1] if len(cumulated) and cumulated[-1] > 0 else 1.0
    edges = np.concatenate([[0.0], cumulated])
    edges[-1] = total
    passed = np.ceil(edges - start)
    return np.diff(passed) > 0

"""Pointwise confidence intervals of a survival probability, as R's `survfit` builds them."""

from __future__ import annotations

import numpy as np

from equipoise.estimators.data import Floats


def survival_interval(survival: Floats, log_se: Floats, z: float, conf_type: str) -> tuple[Floats, Floats]:
    """Lower and upper limits. survival: (c,) in [0, 1]; log_se: (c,) the standard error of log survival; z: the normal quantile.

    NaN where the transformation is not defined (survival 0, and for log-log and logit also 1).
    """
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        lower, upper = _KINDS[conf_type](survival, z * log_se)
    return lower, upper


def _plain(s: Floats, half: Floats) -> tuple[Floats, Floats]:
    return np.maximum(0.0, s - half * s), np.minimum(1.0, s + half * s)


def _log(s: Floats, half: Floats) -> tuple[Floats, Floats]:
    log_s = np.log(np.where(s == 0, np.nan, s))
    return np.exp(log_s - half), np.minimum(1.0, np.exp(log_s + half))


def _log_log(s: Floats, half: Floats) -> tuple[Floats, Floats]:
    inner = np.where((s == 0) | (s == 1), np.nan, s)
    centre, spread = np.log(-np.log(inner)), half / np.log(inner)
    return np.exp(-np.exp(centre - spread)), np.exp(-np.exp(centre + spread))


def _logit(s: Floats, half: Floats) -> tuple[Floats, Floats]:
    inner = np.where((s == 0) | (s == 1), np.nan, s)
    centre, spread = np.log(inner / (1 - inner)), half / (1 - inner)
    return 1 - 1 / (1 + np.exp(centre - spread)), 1 - 1 / (1 + np.exp(centre + spread))


def _arcsin(s: Floats, half: Floats) -> tuple[Floats, Floats]:
    inner = np.where((s == 0) | (s == 1), np.nan, s)
    centre, spread = np.arcsin(np.sqrt(inner)), 0.5 * half * np.sqrt(inner / (1 - inner))
    return np.sin(np.maximum(0.0, centre - spread)) ** 2, np.sin(np.minimum(np.pi / 2, centre + spread)) ** 2


_KINDS = {"plain": _plain, "log": _log, "log-log": _log_log, "logit": _logit, "arcsin": _arcsin}
CONF_TYPES = tuple(_KINDS)

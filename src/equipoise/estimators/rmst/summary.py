"""Restricted mean survival time: the result. Nothing of its own leaves a site; it is derived from Kaplan-Meier curves."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RestrictedMean:
    """Mean survival time up to tau in one group, in the grid's unit. beyond: tau lies past the group's follow-up."""

    group: int
    estimate: float
    se: float
    lower: float
    upper: float
    beyond: bool
    confidence: float


@dataclass(frozen=True, slots=True)
class Contrast:
    """One group against the reference. ratio: of means; lost_ratio: of mean time lost before tau; their standard errors are of the log."""

    group: int
    reference: int
    difference: float
    difference_se: float
    difference_lower: float
    difference_upper: float
    difference_p: float
    ratio: float
    ratio_log_se: float
    ratio_lower: float
    ratio_upper: float
    ratio_p: float
    lost_ratio: float
    lost_ratio_log_se: float


@dataclass(frozen=True, slots=True)
class RestrictedMeanResult:
    """Means by group, and contrasts of every later group with the first."""

    tau: float
    means: tuple[RestrictedMean, ...]
    contrasts: tuple[Contrast, ...]

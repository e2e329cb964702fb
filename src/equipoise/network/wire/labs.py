"""How a site is to lay out the windows of one laboratory outcome as rows: a row a person and window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

LabRows: TypeAlias = Literal["values", "measured", "weights"]


@dataclass(frozen=True, slots=True)
class MeasuredModel:
    """Who is measured in a window. coef: log odds on the columns of `LabFrame.covariates` as `network.site.lab_frames` says.

    shares: by arm (0 comparator, 1 target) and window, the share measured of those who could have been: the numerator of stabilised
    weights. `site_intercept_sd`: each site adds its own intercept, worked out again from its own rows.
    """

    coef: tuple[float, ...]
    shares: tuple[tuple[float, ...], tuple[float, ...]]
    site_intercept_sd: float | None = None


@dataclass(frozen=True, slots=True)
class LabFrame:
    """Rows of persons and windows.

    rows: `values`, those with a value in the window and before: for models value on window, baseline and arm by window, or, for
    description, the columns value and change in group 2 x window + arm. `measured`: everybody with a value before who is not known to
    have died before the window began: for models whether a value is there on window, arm by window, baseline by window and covariates,
    or, for description, that as a column. `weights`: the weights of `values` as a column. With `model`, weights are multiplied by those
    for being measured, cut at `limits`.
    covariates: places of columns of the standardised design. centre, spread: of the baseline value, for the columns of `measured`.
    """

    outcome: str
    rows: LabRows
    covariates: tuple[int, ...] = ()
    centre: float = 0.0
    spread: float = 1.0
    model: MeasuredModel | None = None
    limits: tuple[float, float] | None = None

"""Effect sizes of studies from their two by two counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from equipoise.estimators.data import Floats
from equipoise.estimators.errors import BAD_ARGUMENT

Measure: TypeAlias = Literal["OR", "RR", "RD", "PETO", "AS", "YUQ", "YUY"]
"""Log odds ratio, log risk ratio, risk difference, Peto's log odds ratio, arcsine difference, Yule's Q and Y."""
Apply: TypeAlias = Literal["only0", "if0all", "all", "none"]


@dataclass(frozen=True, slots=True)
class Effects:
    """Estimates (k,) and their sampling variances (k,), on the scale on which they are pooled; NaN where not defined."""

    estimate: Floats
    variance: Floats


def as_tables(tables: Floats) -> Floats:
    """Counts (k, 2, 2), rows exposed and not, columns event and not, as float64. Raises EQ-EST-106."""
    cells = np.asarray(tables, dtype=np.float64)
    if cells.ndim != 3 or cells.shape[1:] != (2, 2) or not np.all(cells >= 0):
        raise BAD_ARGUMENT.error("tables must be counts of at least 0 in the shape (studies, 2, 2)")
    return cells


def effect_sizes(tables: Floats, measure: Measure, *, add: float = 0.5, to: Apply = "only0", drop_empty: bool = False) -> Effects:
    """Estimate and variance of each study of `tables` (k, 2, 2); R's metafor::escalc.

    add : put into each cell, of studies with a zero cell (`only0`), of all if any has one (`if0all`), of all, or of none.
    drop_empty : studies with no event at all, or nothing but events, give NaN. Raises EQ-EST-106.
    Misleads when: events are rare: the correction then decides the estimate; use Mantel-Haenszel's method, which needs none.
    Source: Borenstein et al., Introduction to Meta-Analysis (2009), chapter 5; Peto: Yusuf et al. (1985); Rücker et al. (2009).
    """
    raw = as_tables(tables)
    cells = raw + (np.zeros(len(raw)) if measure == "PETO" else _additions(raw, add, to))[:, None, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        estimate, variance = _MEASURES[measure](cells)
    usable = np.isfinite(estimate) & np.isfinite(variance)
    if drop_empty:
        usable &= np.all(raw.sum(axis=1) > 0, axis=1)
    return Effects(np.where(usable, estimate, np.nan), np.where(usable, variance, np.nan))


def _additions(cells: Floats, add: float, to: Apply) -> Floats:
    zero = np.any(cells == 0, axis=(1, 2))
    chosen = {
        "only0": zero,
        "if0all": np.full(len(cells), zero.any()),
        "all": np.ones(len(cells), bool),
        "none": np.zeros(len(cells), bool),
    }
    if to not in chosen:
        raise BAD_ARGUMENT.error("to must be only0, if0all, all or none")
    return np.where(chosen[to], add, 0.0)


def _odds(cells: Floats) -> tuple[Floats, Floats]:
    a, b, c, d = cells.reshape(-1, 4).T
    return np.log(a * d / (b * c)), 1 / a + 1 / b + 1 / c + 1 / d


def _risk(cells: Floats) -> tuple[Floats, Floats]:
    a, b, c, d = cells.reshape(-1, 4).T
    return np.log(a / (a + b)) - np.log(c / (c + d)), 1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)


def _difference(cells: Floats) -> tuple[Floats, Floats]:
    people = cells.sum(axis=2)
    p = cells[:, :, 0] / people
    return p[:, 0] - p[:, 1], (p * (1 - p) / people).sum(axis=1)


def peto_parts(cells: Floats) -> tuple[Floats, Floats]:
    """Exposed events beyond those expected given the margins (k,), and their hypergeometric variance (k,)."""
    people, n1, n0 = cells.sum(axis=(1, 2)), cells[:, 0].sum(axis=1), cells[:, 1].sum(axis=1)
    events, others = cells[:, :, 0].sum(axis=1), cells[:, :, 1].sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        excess = cells[:, 0, 0] - events * n1 / people
        variance = events * others * n1 * n0 / (people**2 * (people - 1))
    empty = ~(people > 1)
    return np.where(empty, 0.0, excess), np.where(empty, 0.0, variance)


def _peto(cells: Floats) -> tuple[Floats, Floats]:
    excess, variance = peto_parts(cells)
    return excess / variance, 1 / variance


def _arcsine(cells: Floats) -> tuple[Floats, Floats]:
    people = cells.sum(axis=2)
    angle = np.arcsin(np.sqrt(cells[:, :, 0] / people))
    return angle[:, 0] - angle[:, 1], (1 / (4 * people)).sum(axis=1)


def _yule_q(cells: Floats) -> tuple[Floats, Floats]:
    a, b, c, d = cells.reshape(-1, 4).T
    q = (a * d - b * c) / (a * d + b * c)
    return q, (1 - q**2) ** 2 * (1 / a + 1 / b + 1 / c + 1 / d) / 4


def _yule_y(cells: Floats) -> tuple[Floats, Floats]:
    a, b, c, d = cells.reshape(-1, 4).T
    y = (np.sqrt(a * d) - np.sqrt(b * c)) / (np.sqrt(a * d) + np.sqrt(b * c))
    return y, (1 - y**2) ** 2 * (1 / a + 1 / b + 1 / c + 1 / d) / 16


_MEASURES = {"OR": _odds, "RR": _risk, "RD": _difference, "PETO": _peto, "AS": _arcsine, "YUQ": _yule_q, "YUY": _yule_y}

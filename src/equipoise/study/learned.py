"""What the network taught: medians, spline knots and the columns of the design, replayed at each site. No pooled value of a single person."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LearnedColumn:
    """One column of the design matrix: `source` is the covariate's name, `name` the column's (unique), `label` for people.

    role: `value` (a number, missing filled with `fill`), `missing` (1 when the source is missing), `level` (1 when the category is
    `level`), `spline` (restricted cubic spline term number `term` over `knots`).
    """

    name: str
    source: str
    role: str
    label: str
    level: str | None = None
    fill: float | None = None
    knots: tuple[float, ...] = ()
    term: int = 0


@dataclass(frozen=True, slots=True)
class Learned:
    """The recipe of the design matrix: the same columns in the same order at every site."""

    columns: tuple[LearnedColumn, ...]

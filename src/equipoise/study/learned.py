"""What the network taught: medians, spline knots and the columns of the design, replayed at each site. No pooled value of a single person.

`columns_needed` says what the hub must ask of the sites; `learned_columns` turns their answers into the recipe.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from equipoise.study.model import (
    CategoryCovariate,
    CountCovariate,
    Covariate,
    EventCovariate,
    IndexYearCovariate,
    LastRegimenCovariate,
    LinesCovariate,
    MeasurementCovariate,
    SexCovariate,
    Study,
)

KNOT_QUANTILES: dict[int, tuple[float, ...]] = {
    3: (0.10, 0.50, 0.90),
    4: (0.05, 0.35, 0.65, 0.95),
    5: (0.05, 0.275, 0.50, 0.725, 0.95),
    6: (0.05, 0.23, 0.41, 0.59, 0.77, 0.95),
    7: (0.025, 0.1833, 0.3417, 0.50, 0.6583, 0.8167, 0.975),
}
"""Where the knots of a restricted cubic spline lie: Harrell, Regression Modeling Strategies (2nd ed.), table 2.3."""


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


@dataclass(frozen=True, slots=True)
class ColumnsNeeded:
    """What must be learned over the network.

    numbers: covariates whose median, count of missing and constancy are needed. binary: those of them that are 0 or 1.
    categories: with all their levels in order. splines: with the quantiles at which their knots lie.
    """

    numbers: tuple[str, ...]
    binary: tuple[str, ...]
    categories: tuple[tuple[str, tuple[str, ...]], ...]
    splines: tuple[tuple[str, tuple[float, ...]], ...]


@dataclass(frozen=True, slots=True)
class RawColumn:
    """A column of Table 1: a number (`level` None) or one level of a category (1 when the person has it)."""

    covariate: str
    label: str
    level: str | None = None
    binary: bool = False
    """The number is 0 or 1, to be shown as a share."""


def levels_of(covariate: Covariate) -> tuple[str, ...] | None:
    """The levels of a categorical covariate in their order, the reference first; None for a number."""
    match covariate:
        case CategoryCovariate():
            return tuple(dict.fromkeys([*(level.level for level in covariate.levels), covariate.otherwise]))
        case CountCovariate(levels=levels) | LinesCovariate(levels=levels) if levels > 0:
            return (*map(str, range(levels)), f"{levels}+")
        case LastRegimenCovariate(classes=classes, otherwise=otherwise):
            return (*(name.replace("_", " ") for name in classes), otherwise)
        case IndexYearCovariate(cuts=cuts) if cuts:
            return _year_levels(sorted(set(cuts)))
        case _:
            return None


def _year_levels(cuts: Sequence[int]) -> tuple[str, ...]:
    between = (str(a) if b == a + 1 else f"{a}-{b - 1}" for a, b in pairwise(cuts))
    return (f"before {cuts[0]}", *between, f"{cuts[-1]} and later")


def is_binary(covariate: Covariate) -> bool:
    """Whether the covariate is a number that is 0 or 1."""
    return isinstance(covariate, EventCovariate | SexCovariate)


def _chosen(study: Study, names: Sequence[str] | None) -> tuple[Covariate, ...]:
    """The named covariates in the order of `names`; by default those of the propensity model, else all."""
    if names is None and study.propensity is not None:
        names = study.propensity.covariates
    by_name = {covariate.name: covariate for covariate in study.covariates}
    return study.covariates if names is None else tuple(by_name[name] for name in names)


def columns_needed(study: Study, names: Sequence[str] | None = None) -> ColumnsNeeded:
    """What the hub must learn before it can call `learned_columns` (same `names`: the propensity model's covariates by default)."""
    chosen = _chosen(study, names)
    numbers = [covariate for covariate in chosen if levels_of(covariate) is None]
    return ColumnsNeeded(
        numbers=tuple(c.name for c in numbers),
        binary=tuple(c.name for c in numbers if is_binary(c)),
        categories=tuple((c.name, levels) for c in chosen if (levels := levels_of(c)) is not None),
        splines=tuple(
            (c.name, KNOT_QUANTILES[c.spline_knots]) for c in numbers if isinstance(c, MeasurementCovariate) and c.spline_knots > 2
        ),
    )


def raw_columns_of(study: Study, names: Sequence[str] | None = None) -> tuple[RawColumn, ...]:
    """The columns of Table 1 in their order, all levels of categories included; `names` None: every covariate of the study."""
    names = tuple(c.name for c in study.covariates) if names is None else names
    return tuple(column for covariate in _chosen(study, names) for column in _raw(covariate))


def _raw(covariate: Covariate) -> Iterator[RawColumn]:
    levels, label = levels_of(covariate), covariate.label or covariate.name
    if levels is None:
        yield RawColumn(covariate.name, label, None, is_binary(covariate))
    else:
        yield from (RawColumn(covariate.name, label, level, True) for level in levels)


def learned_columns(
    study: Study,
    medians: Mapping[str, float],
    missing: Mapping[str, int],
    present: Mapping[tuple[str, str], int],
    knots: Mapping[str, tuple[float, ...]],
    *,
    constant: Collection[str] = (),
    one_armed: Collection[tuple[str, str]] = (),
    names: Sequence[str] | None = None,
) -> Learned:
    """The recipe of the design matrix from what the whole network holds.

    medians: of each number, on its own (transformed) scale; absent or NaN when nobody has a value, then the covariate is left out.
    missing: persons without a value. present: persons at each (category, level); for a 0/1 number also (name, "0") and (name, "1").
    knots: of the spline covariates. constant: numbers that take one value only over the network; their value column is left out
    (a 0/1 number is also constant when `present` says that one of its values occurs for nobody). one_armed: (category, level), (0/1
    number, "0" or "1") and (covariate, "missing") that occur in one arm only: they tell the arm for certain, and no model with them can
    be fitted. names: as in `columns_needed`.

    A number gives its value, filled with the median, and an indicator of missingness when anybody lacks it. A category gives a column
    a level, except the reference (the first level that occurs in both arms), levels that nobody has, and those of one arm only, which
    count as the reference. A spline gives k - 2 terms beside the value.
    Two indicators that always agree are both kept: the fit must stand collinear columns.
    """
    columns: list[LearnedColumn] = []
    for covariate in _chosen(study, names):
        name, levels, label = covariate.name, levels_of(covariate), covariate.label or covariate.name
        if levels is not None:
            occurring = [level for level in levels if present.get((name, level), 0) > 0 and (name, level) not in one_armed]
            columns += _level_columns(name, label, occurring)
        elif medians.get(name) is not None and medians[name] == medians[name]:
            decided = any((name, value) in one_armed for value in ("0", "1"))
            varies = name not in constant and not (is_binary(covariate) and (decided or _one_sided(name, present)))
            columns += _number_columns(name, label, medians[name], knots.get(name, ())) if varies else ()
            columns += _missing_column(name, label) if missing.get(name, 0) > 0 and (name, "missing") not in one_armed else ()
    return Learned(tuple(columns))


def _one_sided(name: str, present: Mapping[tuple[str, str], int]) -> bool:
    return any(present.get((name, value), 1) == 0 for value in ("0", "1"))


def _level_columns(name: str, label: str, occurring: Sequence[str]) -> Iterator[LearnedColumn]:
    for level in occurring[1:]:
        yield LearnedColumn(f"{name}[{level}]", name, "level", f"{label}: {level}", level=level)


def _missing_column(name: str, label: str) -> tuple[LearnedColumn, ...]:
    return (LearnedColumn(f"{name}[missing]", name, "missing", f"{label}: missing"),)


def _number_columns(name: str, label: str, fill: float, knots: Sequence[float]) -> Iterator[LearnedColumn]:
    yield LearnedColumn(name, name, "value", label, fill=fill)
    distinct = tuple(sorted(set(knots)))
    for term in range(1, len(distinct) - 1):
        yield LearnedColumn(f"{name}[spline {term}]", name, "spline", f"{label}: spline term {term}", fill=fill, knots=distinct, term=term)

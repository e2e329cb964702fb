"""Times, events and labels in memory into the rows that survival estimators take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias, cast

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from equipoise.estimators.data import Floats, Ints, SurvivalData
from equipoise.estimators.errors import BAD_ARGUMENT
from equipoise.stats.design import data_frame, floats, numbers, weights_or_ones

Labels: TypeAlias = "ArrayLike | pd.DataFrame | Sequence[ArrayLike]"
"""One column of labels, or several (a data frame or a list of columns) whose combinations are meant."""

TIE = float(np.sqrt(np.finfo(float).eps))


@dataclass(frozen=True, slots=True)
class SurvivalRows:
    """The rows, the names of groups and strata in the order of their codes, and the sorted distinct times (the grid)."""

    data: SurvivalData
    groups: tuple[str, ...]
    strata: tuple[str, ...]
    grid: Floats


@dataclass(frozen=True, slots=True)
class Follow:
    """Optional columns of follow-up: weights, entry (late entry), cluster, offset; each (n,) or None."""

    weights: ArrayLike | None = None
    entry: ArrayLike | None = None
    cluster: ArrayLike | None = None
    offset: ArrayLike | None = None


def survival_rows(
    time: ArrayLike, event: ArrayLike, follow: Follow, *, group: Labels | None = None, strata: Labels | None = None, x: Floats | None = None
) -> SurvivalRows:
    """Check and code the columns. Times that differ by rounding error only count as tied, as in R's survival package.

    Raises EQ-EST-106 for lengths that differ, missing, infinite or negative values, events other than 0 and 1, entry not before time.
    """
    end = floats(time, "time")
    n = end.size
    if np.any(end < 0):
        raise BAD_ARGUMENT.error("time must not be negative")
    start = None if follow.entry is None else floats(follow.entry, "entry", n)
    if start is not None and np.any(start >= end):
        raise BAD_ARGUMENT.error("entry must lie before time")
    end, start, grid = _tie(end, start)
    group_names, group_codes = labels(group, n, "group")
    strata_names, strata_codes = labels(strata, n, "strata")
    data = SurvivalData(
        time=end,
        event=_events(event, n),
        group=group_codes,
        stratum=strata_codes,
        x=np.zeros((n, 0)) if x is None else x,
        weight=weights_or_ones(follow.weights, n),
        entry=start,
        cluster=None if follow.cluster is None else labels(follow.cluster, n, "cluster")[1],
        offset=None if follow.offset is None else floats(follow.offset, "offset", n),
    )
    return SurvivalRows(data, group_names, strata_names, grid)


def times_of_events(rows: SurvivalRows) -> Floats:
    """The times at which a partial likelihood changes: those of events, and the first of all, so that nobody leaves before it."""
    return distinct(np.append(rows.data.time[rows.data.event == 1], rows.grid[:1]))


def wants_robust(robust: bool | None, follow: Follow) -> bool:
    """What was asked; or, as R does when nothing was, robust for clusters and for weights that are not counts."""
    if robust is not None:
        return robust
    weights = np.ones(1) if follow.weights is None else numbers(follow.weights, "weights")
    return follow.cluster is not None or bool(np.any(weights != np.floor(weights)))


def _events(event: ArrayLike, n: int) -> Ints:
    values = floats(event, "event", n)
    if not np.all((values == 0) | (values == 1)):
        raise BAD_ARGUMENT.error("event must hold 1 (event) and 0 (censored) only")
    return values.astype(np.int64)


def _tie(end: Floats, start: Floats | None) -> tuple[Floats, Floats | None, Floats]:
    """Times that rounding alone keeps apart made equal, and the sorted distinct ends."""
    every = distinct(end if start is None else np.concatenate([end, start]))
    grid = every if start is None else distinct(end)
    if every.size < 2:
        return end, start, grid
    gaps, scale = np.diff(every), float(np.mean(np.abs(every)))
    tied = (gaps <= TIE) | (gaps <= TIE * scale)
    if not tied.any():
        return end, start, grid
    cuts = every[np.concatenate(([True], ~tied))]

    def snap(values: Floats) -> Floats:
        return np.asarray(cuts[np.searchsorted(cuts, values, side="right") - 1], dtype=np.float64)

    end = snap(end)
    return end, None if start is None else snap(start), distinct(end)


def distinct(values: Floats) -> Floats:
    """The sorted distinct values, (n,) >= 0 or any; whole numbers that are not too large are counted instead of sorted."""
    low, high = (float(values.min()), float(values.max())) if values.size else (-1.0, 0.0)
    if low < 0 or high > 4 * values.size or np.any(values != np.rint(values)):
        return np.unique(values)
    return np.flatnonzero(np.bincount(values.astype(np.int64))).astype(np.float64)


def labels(values: Labels | None, n: int, name: str) -> tuple[tuple[str, ...], Ints]:
    """Names in order (sorted, or a categorical's own order) and codes; one name `all` when there are no labels. Raises EQ-EST-106."""
    if values is None:
        return ("all",), np.zeros(n, dtype=np.int64)
    columns = _columns(values)
    coded = [_codes(column, n, name) for column in columns]
    if len(coded) == 1:
        return coded[0]
    return _combined(coded)


def _columns(values: Labels) -> list[ArrayLike]:
    frame = data_frame(values)
    if frame is not None:
        return [frame[name] for name in frame.columns]
    if isinstance(values, list | tuple) and len(values) and np.ndim(values[0]) == 1:
        return list(values)
    return [np.asarray(values) if isinstance(values, list | tuple) else cast("ArrayLike", values)]


def _codes(column: ArrayLike, n: int, name: str) -> tuple[tuple[str, ...], Ints]:
    given = column if isinstance(column, pd.Series | pd.Categorical) else np.asarray(column)
    if np.ndim(given) != 1 or len(given) != n:
        raise BAD_ARGUMENT.error(f"{name} must be a vector of {n} labels")
    if isinstance(given, np.ndarray) and given.dtype.kind in "biu":
        levels, places = np.unique(given, return_inverse=True)
        return tuple(map(str, levels.tolist())), places.astype(np.int64)
    if isinstance(given, np.ndarray) and given.dtype.kind in "fiu" and (whole := _few_whole(given)) is not None:
        places = np.zeros(int(whole[-1]) + 1, dtype=np.int64)
        places[whole] = np.arange(whole.size)
        return tuple(str(level) for level in whole.tolist()), places[given.astype(np.int64)]
    known = pd.Categorical(given).remove_unused_categories()
    codes = np.asarray(known.codes, dtype=np.int64)
    if (codes < 0).any():
        raise BAD_ARGUMENT.error(f"{name} has missing labels")
    return tuple(_name(label) for label in known.categories), codes


def _few_whole(values: NDArray[np.generic]) -> Ints | None:
    """The sorted distinct labels if they are whole numbers that are not too large, as codes of groups are; else None."""
    numbers = np.asarray(values, dtype=np.float64)
    if not numbers.size or not 0 <= numbers.min() <= numbers.max() <= numbers.size or np.any(numbers != np.rint(numbers)):
        return None
    return np.flatnonzero(np.bincount(numbers.astype(np.int64))).astype(np.int64)


def _name(label: object) -> str:
    """The label as text; a whole number without a decimal point."""
    return str(int(label)) if isinstance(label, float) and label.is_integer() else str(label)


def _combined(coded: list[tuple[tuple[str, ...], Ints]]) -> tuple[tuple[str, ...], Ints]:
    found, codes = np.unique(np.stack([codes for _, codes in coded], axis=1), axis=0, return_inverse=True)
    names = tuple(", ".join(coded[j][0][level] for j, level in enumerate(row)) for row in found)
    return names, codes.reshape(-1).astype(np.int64)

"""Array-likes and data frames into the plain columns that estimators take."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias, cast

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import ArrayLike

from equipoise.estimators.data import BLOCK, Floats, Ints
from equipoise.estimators.errors import BAD_ARGUMENT
from equipoise.kernel.errors import Where

Columns: TypeAlias = "pd.DataFrame | ArrayLike"
"""A data frame of numbers, whose columns have names, or an array (n, p) or (n,). Any library's data frame that speaks Arrow will do."""

INTERCEPT = "(Intercept)"


def data_frame(x: object) -> pd.DataFrame | None:
    """A data frame of pandas, Polars, Arrow or another library that offers Arrow's streams; None for what is no data frame."""
    if isinstance(x, pd.DataFrame):
        return x
    if not hasattr(x, "__arrow_c_stream__") or not (hasattr(x, "column_names") or hasattr(x, "columns")):
        return None
    frame: pd.DataFrame = pa.table(x).to_pandas()  # type: ignore[call-overload]
    return frame


def numbers(values: ArrayLike, name: str) -> Floats:
    """Values of any shape as float64, NaN where missing. Raises EQ-EST-106 for what is no number."""
    try:
        if isinstance(values, pd.Series | pd.Index):
            return np.asarray(values.to_numpy(dtype=np.float64, na_value=np.nan))
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise BAD_ARGUMENT.error(f"{name} does not hold numbers") from None


def named_columns(x: Columns) -> tuple[tuple[str, ...], Floats]:
    """Names and values (n, p) float64. Raises EQ-EST-106 for columns that are not numbers."""
    frame = data_frame(x)
    if frame is not None:
        text = [
            str(name)
            for name, kind in frame.dtypes.items()
            if not (pd.api.types.is_numeric_dtype(kind) or pd.api.types.is_bool_dtype(kind))
        ]
        if text:
            raise BAD_ARGUMENT.error(f"column {text[0]} does not hold numbers: make indicator columns of its levels")
        return tuple(map(str, frame.columns)), frame.to_numpy(dtype=np.float64, na_value=np.nan)
    values = numbers(cast("ArrayLike", x), "x")
    table = values[:, None] if values.ndim == 1 else values
    return tuple(f"x{j + 1}" for j in range(table.shape[1])), table


def refuse_gaps(columns: Floats, names: Sequence[str]) -> None:
    """Raise EQ-EST-106 naming each column of columns, (n, p), that has missing or infinite values."""
    with np.errstate(over="ignore", invalid="ignore"):
        if np.isfinite(columns.sum()):
            return
    gaps = np.zeros(columns.shape[1], dtype=bool)
    for start in range(0, len(columns), BLOCK):
        gaps |= ~np.isfinite(columns[start : start + BLOCK]).all(axis=0)
    if gaps.any():
        named = ", ".join(name for name, gap in zip(names, gaps.tolist(), strict=True) if gap)
        raise BAD_ARGUMENT.error(
            f"missing or infinite values in {named}: fill them or leave those people out", Where(column=names[int(gaps.argmax())])
        )


def floats(values: ArrayLike, name: str, n: int | None = None) -> Floats:
    """A finite float64 vector, of length n if given. Raises EQ-EST-106."""
    vector = numbers(values, name)
    if vector.ndim != 1 or (n is not None and len(vector) != n):
        raise BAD_ARGUMENT.error(f"{name} must be a vector of {n} values" if n is not None else f"{name} must be a vector")
    if not np.all(np.isfinite(vector)):
        raise BAD_ARGUMENT.error(f"{name} has missing or infinite values")
    return vector


def weights_or_ones(weights: ArrayLike | None, n: int) -> Floats:
    """Weights of at least 0, or 1 for everybody. Raises EQ-EST-106."""
    if weights is None:
        return np.ones(n)
    vector = floats(weights, "weights", n)
    if np.any(vector < 0):
        raise BAD_ARGUMENT.error("weights must not be negative")
    return vector


def arms(treated: ArrayLike, n: int | None = None) -> Ints:
    """The arm as int64: 1 target, 0 comparator. Raises EQ-EST-106 for other values."""
    vector = floats(treated, "treated", n)
    if not np.all((vector == 0) | (vector == 1)):
        raise BAD_ARGUMENT.error("treated must hold 1 (target) and 0 (comparator) only")
    return vector.astype(np.int64)


def codes(labels: ArrayLike | None, n: int) -> Ints:
    """Labels of any kind as int64 codes; all 0 when there are none. Raises EQ-EST-106."""
    if labels is None:
        return np.zeros(n, dtype=np.int64)
    found = pd.factorize(np.asarray(labels))[0]
    if len(found) != n or (found < 0).any():
        raise BAD_ARGUMENT.error(f"labels must be a vector of {n} values without gaps")
    return found.astype(np.int64)

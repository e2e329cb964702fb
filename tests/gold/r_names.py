"""R's habits with columns: formula terms, the order and the names of levels, rows with missing values left out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

COLUMNS = ("time", "event", "start", "group", "weights", "cluster", "offset", "outcome", "covariates", "strata", "censoring_group")
"""Options that name columns of the data."""


def complete(data: pd.DataFrame, options: dict[str, Any]) -> pd.DataFrame:
    """The rows without a missing value in any column that the options name (na.omit)."""
    named: list[str] = []
    for option in COLUMNS:
        value = options.get(option, [])
        entries = [value] if isinstance(value, str) else value
        named += [part for entry in entries if isinstance(entry, str) for part in (entry, *re.findall(r"[A-Za-z_.][\w.]*", entry))]
    return data.dropna(subset=[name for name in dict.fromkeys(named) if name in data]).reset_index(drop=True)


def design(data: pd.DataFrame, covariates: Iterable[str]) -> pd.DataFrame:
    """R's terms: main effects in order, then products; `a*b` means both and `a:b`; a factor has a column for each level but the first."""
    products: dict[tuple[str, ...], None] = {}
    for term in covariates:
        products |= dict.fromkeys(_products(term))
    columns: dict[str, pd.Series[Any]] = {}
    for product in sorted(products, key=len):
        columns |= _product([_columns_of(data, part) for part in product])
    return pd.DataFrame(columns)


def _products(term: str) -> list[tuple[str, ...]]:
    """`a*b*c` as all products of its parts, `a:b` as one; what stands in brackets is one part."""
    if "*" not in re.sub(r"\(.*?\)", "", term):
        return [tuple(part.strip() for part in re.split(r":(?![^(]*\))", term))]
    parts = [part.strip() for part in re.split(r"\*(?![^(]*\))", term)]
    return [chosen for many in range(1, len(parts) + 1) for chosen in combinations(parts, many)]


def _product(parts: list[dict[str, pd.Series[Any]]]) -> dict[str, pd.Series[Any]]:
    """Columns of a product; the first part's levels vary fastest."""
    first, *others = parts
    for other in others:
        first = {f"{a}:{b}": x * y for b, y in other.items() for a, x in first.items()}
    return first


def _columns_of(data: pd.DataFrame, part: str) -> dict[str, pd.Series[Any]]:
    """A column of numbers, a transformed one (`I(a^2)`, `log(a)`), or a factor's indicators."""
    called = re.fullmatch(r"(\w+)\((.*)\)", part)
    if called and called[1] in ("factor", "as.factor"):
        return _indicators(part, factor(data[called[2]]))
    if called:
        value = evaluated(data, called[2])
        return {part: value if called[1] in ("I", "as.numeric", "as.integer") else getattr(np, called[1])(value)}
    values = data[part]
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        return {part: values}
    return _indicators(part, factor(values))


def evaluated(data: pd.DataFrame, expression: str) -> pd.Series[Any]:
    """Arithmetic on columns, as R writes it."""
    plain = {name: name.replace(".", "_") for name in data if name in re.findall(r"[A-Za-z_.][\w.]*", expression)}
    for name, shown in plain.items():
        expression = expression.replace(name, shown)
    return data.rename(columns=plain).eval(expression.replace("^", "**"), engine="python")


def _indicators(part: str, values: pd.Categorical) -> dict[str, pd.Series[Any]]:
    return {f"{part}{level}": pd.Series((values == level).astype(float)) for level in values.categories[1:]}


def levels(values: pd.Series[Any]) -> list[Any]:
    """Distinct values in R's order: numbers by size, words as a dictionary has them, marks before digits before letters."""
    found = values.dropna().unique().tolist()
    return sorted(found) if pd.api.types.is_numeric_dtype(values) else sorted(found, key=lambda value: _place(written(value)))


def _place(word: str) -> tuple[list[tuple[int, str]], str]:
    return [(2 if c.isalpha() else 1 if c.isdigit() else 0, c.lower()) for c in word], word.swapcase()


def written(value: Any) -> str:
    """R's `as.character`: whole numbers without a point, 15 digits, TRUE and FALSE."""
    if isinstance(value, bool | np.bool_):
        return str(bool(value)).upper()
    return f"{value:.15g}" if isinstance(value, float | np.floating) else str(value)


def factor(values: pd.Series[Any]) -> pd.Categorical:
    """Labels with R's order of levels."""
    return pd.Categorical(values.map(written), categories=[written(level) for level in levels(values)])


def strata(data: pd.DataFrame, columns: list[str]) -> pd.Categorical:
    """R's `strata()`: the first column varies slowest; columns are named unless all hold words."""
    bare = not any(pd.api.types.is_numeric_dtype(data[name]) for name in columns)
    shown = {name: {level: written(level) if bare else f"{name}={written(level)}" for level in levels(data[name])} for name in columns}
    ranks = {name: {level: k for k, level in enumerate(shown[name])} for name in columns}
    place = pd.DataFrame({name: data[name].map(ranks[name]) for name in columns})
    label = data[columns[0]].map(shown[columns[0]])
    for name in columns[1:]:
        label = label + ", " + data[name].map(shown[name] if bare else _padded(shown[name]))
    order = place.assign(label=label).drop_duplicates().sort_values(columns)["label"]
    return pd.Categorical(label, categories=order.tolist())


def _padded(shown: dict[Any, str]) -> dict[Any, str]:
    """R makes the labels of the second column and later equally long."""
    width = max(map(len, shown.values()), default=0)
    return {level: label.ljust(width) for level, label in shown.items()}

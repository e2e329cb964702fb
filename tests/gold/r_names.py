"""R's habits with columns: formula terms, the order and the names of levels, rows with missing values left out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import pandas as pd

COLUMNS = ("time", "event", "start", "group", "weights", "cluster", "offset", "outcome", "covariates", "strata", "censoring_group")
"""Options that name columns of the data."""


def complete(data: pd.DataFrame, options: dict[str, Any]) -> pd.DataFrame:
    """The rows without a missing value in any column that the options name (na.omit)."""
    named: list[str] = []
    for option in COLUMNS:
        value = options.get(option, [])
        entries = [value] if isinstance(value, str) else value
        named += [part for entry in entries if isinstance(entry, str) for part in re.findall(r"[A-Za-z_.][\w.]*", entry)]
    return data.dropna(subset=[name for name in dict.fromkeys(named) if name in data]).reset_index(drop=True)


def design(data: pd.DataFrame, covariates: Iterable[str]) -> pd.DataFrame:
    """R's terms: main effects in order, then products; `a*b` means both and `a:b`; `I(a^2)` is a power."""
    main: dict[str, pd.Series[Any]] = {}
    products: dict[str, pd.Series[Any]] = {}
    for term in covariates:
        power = re.fullmatch(r"I\((\w+)\^(\d+)\)", term)
        if power:
            main[term] = data[power[1]] ** int(power[2])
            continue
        parts = re.split(r"[*:]", term)
        if ":" not in term:
            main |= {part: data[part] for part in parts}
        if len(parts) == 2:
            products[":".join(parts)] = data[parts[0]] * data[parts[1]]
    return pd.DataFrame({**main, **products})


def levels(values: pd.Series[Any]) -> list[Any]:
    """Distinct values in R's order: numbers by size, words as a dictionary has them, marks before digits before letters."""
    found = values.dropna().unique().tolist()
    return sorted(found) if pd.api.types.is_numeric_dtype(values) else sorted(found, key=_place)


def _place(word: str) -> tuple[list[tuple[int, str]], str]:
    return [(2 if c.isalpha() else 1 if c.isdigit() else 0, c.lower()) for c in word], word.swapcase()


def factor(values: pd.Series[Any]) -> pd.Categorical:
    """Labels with R's order of levels."""
    return pd.Categorical(values.astype(str), categories=[str(level) for level in levels(values)])


def strata(data: pd.DataFrame, columns: list[str]) -> pd.Categorical:
    """R's `strata()`: the first column varies slowest; columns are named unless all hold words."""
    bare = not any(pd.api.types.is_numeric_dtype(data[name]) for name in columns)
    shown = {name: {level: str(level) if bare else f"{name}={level}" for level in levels(data[name])} for name in columns}
    ranks = {name: {level: k for k, level in enumerate(shown[name])} for name in columns}
    place = pd.DataFrame({name: data[name].map(ranks[name]) for name in columns})
    label = data[columns[0]].map(shown[columns[0]])
    for name in columns[1:]:
        label = label + ", " + data[name].map(shown[name])
    order = place.assign(label=label).drop_duplicates().sort_values(columns)["label"]
    return pd.Categorical(label, categories=order.tolist())

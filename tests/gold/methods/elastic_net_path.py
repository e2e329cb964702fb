"""R's glmnet, through `equipoise.stats.elastic_net`."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd

from equipoise.stats import elastic_net

DEFAULT = 100
"""How many penalties glmnet takes when the call names no number."""


def compute(options: dict[str, Any], data: pd.DataFrame, case: dict[str, Any]) -> dict[str, Any]:
    known = {"family", "outcome", "time", "event", "covariates", "alpha", "standardize", "penalty_factor", "weights", "nlambda", "lambda"}
    unknown = set(options) - known
    if unknown:
        raise NotImplementedError(f"option {', '.join(sorted(unknown))}")
    named = {name: options[name] for name in ("time", "event", "outcome", "weights") if name in options}
    rows = data.dropna(subset=[*options["covariates"], *named.values()])
    column = {"y" if name == "outcome" else name: rows[where] for name, where in named.items()}
    if "time" in column:
        column["time"] = left_before_deaths(column["time"].to_numpy(dtype=float), column["event"].to_numpy() == 1)
    count = options.get("nlambda") or called_with(case.get("r_call", ""))
    path = elastic_net(
        rows[options["covariates"]],
        family=options["family"],
        alpha=options.get("alpha", 1.0),
        standardize=options.get("standardize", True),
        penalty_factor=options.get("penalty_factor"),
        lambdas=options.get("lambda"),
        n_lambdas=count,
        **column,
    )
    return {
        "terms": list(path.terms),
        "lambda": path.lambdas,
        "coef_rows_are_lambdas": path.coef,
        "df": path.df,
        "dev_ratio": path.dev_ratio,
        "null_deviance": path.null_deviance,
    }


def called_with(r_call: str) -> int:
    found = re.search(r"nlambda\s*=\s*(\d+)", r_call)
    return int(found[1]) if found else DEFAULT


def left_before_deaths(time: np.ndarray, died: np.ndarray) -> np.ndarray:
    """Times as glmnet 4.1 sees them. It adds 100 machine epsilons to censored times, which keeps them after the deaths of their day only
    where days are small enough to feel it; then it sorts by time alone, with a sort that is not stable, and those censored at the time
    of a death that come before it in that order are no longer at risk. Ours are, as in coxph; here they leave a moment earlier.
    """
    moved = time + np.where(died, 0.0, 100 * np.finfo(float).eps)
    place = np.empty(time.size, dtype=np.int64)
    place[singleton_order(moved)] = np.arange(time.size)
    seen = np.zeros(time.size, dtype=bool)
    for moment in np.unique(moved[died]):
        first = place[died & (moved == moment)].min()
        seen |= (moved == moment) & ~died & (place < first)
    gap = np.diff(np.unique(time)).min(initial=1.0) / 2
    return np.where(seen, time - gap, time)


def singleton_order(value: np.ndarray) -> np.ndarray:
    """The order of R. C. Singleton's quicksort (CACM algorithm 347, 1969), ties included."""
    order = list(range(value.size))
    parts = [(0, value.size - 1)]
    while parts:
        low, high = parts.pop()
        if high - low > 10 or (low == 0 and high > 0):
            left, right = singleton_split(value, order, low, high)
            parts += [(low, left), (right, high)]
        elif low < high:
            order[low : high + 1] = sorted(order[low : high + 1], key=lambda row: value[row])
    return np.array(order)


def singleton_split(value: np.ndarray, order: list[int], low: int, high: int) -> tuple[int, int]:
    """Around the median of the first, the middle and the last."""
    middle = (low + high) // 2

    def put_in_order(i: int, j: int) -> None:
        if value[order[i]] > value[order[j]]:
            order[i], order[j] = order[j], order[i]

    put_in_order(low, middle)
    if value[order[high]] < value[order[middle]]:
        put_in_order(middle, high)
        put_in_order(low, middle)
    pivot, left, right = value[order[middle]], high, low
    while True:
        left, right = left - 1, right + 1
        while value[order[left]] > pivot:
            left -= 1
        while value[order[right]] < pivot:
            right += 1
        if right > left:
            return left, right
        order[left], order[right] = order[right], order[left]

"""R's chisq.test without correction, and fisher.test of larger tables."""

from __future__ import annotations

from typing import Any

import pandas as pd

from equipoise.stats import contingency
from gold.r_names import written


def compute(options: dict[str, Any], data: pd.DataFrame, case: dict[str, Any]) -> dict[str, Any]:
    both = data[[options["row"], options["column"]]].dropna()
    found = contingency(
        factor(both[options["row"]], options.get("row_levels")), factor(both[options["column"]], options.get("column_levels"))
    )
    fit = found.fit
    return {
        "table": fit.table.tolist(),
        "chisq": fit.chi_square.statistic,
        "df": fit.chi_square.df,
        "p": fit.chi_square.p,
        "expected": fit.expected.tolist(),
        "fisher_p": fit.fisher_p,
    }


def factor(column: pd.Series[Any], levels: list[str] | None) -> pd.Categorical:
    """R's factor: whole numbers are written without a point, levels in the order given."""
    shown = column.map(written)
    return pd.Categorical(shown, categories=sorted(set(shown)) if levels is None else [written(level) for level in levels])

"""R's chisq.test without correction, and fisher.test of larger tables."""

from __future__ import annotations

from typing import Any

import pandas as pd

from equipoise.stats import contingency


def compute(options: dict[str, Any], data: pd.DataFrame, case: dict[str, Any]) -> dict[str, Any]:
    both = data[[options["row"], options["column"]]].dropna()
    found = contingency(both[options["row"]], both[options["column"]])
    assert found.rows == tuple(options.get("row_levels", found.rows))
    fit = found.fit
    return {
        "table": fit.table.tolist(),
        "chisq": fit.chi_square.statistic,
        "df": fit.chi_square.df,
        "p": fit.chi_square.p,
        "expected": fit.expected.tolist(),
        "fisher_p": fit.fisher_p,
    }

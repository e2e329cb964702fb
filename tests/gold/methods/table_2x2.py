"""R's fisher.test, chisq.test, mcnemar.test, binom.test, and the measures by formula."""

from __future__ import annotations

from typing import Any

import pandas as pd

from equipoise.stats import table_2x2


def compute(options: dict[str, Any], data: pd.DataFrame, case: dict[str, Any]) -> dict[str, Any]:
    level = options.get("conf_level", 0.95)
    t = table_2x2(*(options[cell] for cell in "abcd"), conf_level=level, as_r=True).fit
    rd, newcombe = t.risk_difference, t.risk_difference_newcombe
    return {
        "risk_exposed": t.risk_exposed.estimate,
        "risk_unexposed": t.risk_unexposed.estimate,
        "risk_difference": {
            "est": rd.estimate,
            "se": rd.se,
            "lower": rd.lower,
            "upper": rd.upper,
            "newcombe_lower": newcombe.lower,
            "newcombe_upper": newcombe.upper,
        },
        "risk_ratio": ratio(t.risk_ratio),
        "odds_ratio": ratio(t.odds_ratio),
        "fisher": {
            "conditional_mle_or": t.fisher.estimate,
            "lower": t.fisher.lower,
            "upper": t.fisher.upper,
            "p_two_sided": t.fisher.p,
            "p_greater": t.fisher.p_greater,
            "p_less": t.fisher.p_less,
        },
        "chisq": {"stat": t.chi_square.statistic, "p": t.chi_square.p},
        "chisq_yates": {"stat": t.chi_square_yates.statistic, "p": t.chi_square_yates.p},
        "mcnemar_as_paired_b_c": {
            "stat": t.mcnemar.plain.statistic,
            "p": t.mcnemar.plain.p,
            "stat_cc": t.mcnemar.corrected.statistic,
            "p_cc": t.mcnemar.corrected.p,
            "p_exact": t.mcnemar.p_exact,
        },
        "risk_exposed_ci": intervals(t.risk_exposed_exact, t.risk_exposed),
        "risk_unexposed_ci": intervals(t.risk_unexposed_exact, t.risk_unexposed),
    }


def ratio(interval: Any) -> dict[str, float]:
    return {"est": interval.estimate, "se_log": interval.se, "lower": interval.lower, "upper": interval.upper}


def intervals(exact: Any, score: Any) -> dict[str, list[float]]:
    return {"clopper_pearson": [exact.lower, exact.upper], "wilson": [score.lower, score.upper]}

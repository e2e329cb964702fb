"""R's MatchIt 4.5.1, through `equipoise.stats`.

The reference was made by a build of MatchIt whose C++ compared distances without their decimals (its issue 163, mended in 4.5.5): a caliper
below 1 acts as 1, and of two partners less than 1 away the left one wins. `truncated_distances` reproduces that; what `match` does without
it is tested against a plain search in the unit tests.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from equipoise.stats import balance, match, match_coarsened, match_exactly, subclassify
from equipoise.stats.balance import Balance
from equipoise.stats.matching import Matching
from gold.r_names import written

DENOMINATOR = {"ATT": "target", "ATC": "comparator", "ATE": "pooled"}


def compute(options: dict[str, Any], data: pd.DataFrame, case: dict[str, Any]) -> dict[str, Any]:
    expected = case["expected"]
    score, treated = data[options["distance_column"]], data[options["treatment"]]
    estimand = options.get("estimand", "ATT")
    covariates = expected["balance"]["covariate"]
    matched = matching(options, data, expected, estimand)
    summary = summarised(data, treated, matched, (estimand, expected["matchit_summary"]["rows"], options))
    return {
        "n_treated": int((treated == 1).sum()),
        "n_control": int((treated == 0).sum()),
        "n_matched_treated": matched.n_matched(1),
        "n_matched_control": matched.n_matched(0),
        "sd_of_distance_whole_sample": score.std(),
        "n_unique_distance": score.nunique(),
        "weights": matched.weight,
        "balance": balance_table(data[covariates], treated, matched.weight),
        "balance_before": balance_table(data[covariates], treated, None),
        "matchit_summary": summary,
        "ess": sizes(matched),
        **pair_keys(matched, expected),
        **({"subclass": [None if k < 0 else int(k) + 1 for k in matched.subclass]} if matched.subclass is not None else {}),
    }


def matching(options: dict[str, Any], data: pd.DataFrame, expected: dict[str, Any], estimand: Any) -> Matching:
    score, treated = data[options["distance_column"]], data[options["treatment"]]
    method = options["method"]
    if method == "nearest":
        return nearest(options, data, expected, estimand)
    if method == "subclass":
        return subclassify(score, treated, options["subclasses"], estimand=estimand)
    if method == "exact":
        return match_exactly(data[listed(options["exact"])], treated, estimand=estimand)
    if method == "cem":
        return match_coarsened(data[expected["balance"]["covariate"]], treated, options["cutpoints"], estimand=estimand)
    raise NotImplementedError(method)


def listed(names: str | list[str]) -> list[str]:
    return [names] if isinstance(names, str) else names


def nearest(options: dict[str, Any], data: pd.DataFrame, expected: dict[str, Any], estimand: Any) -> Matching:
    treated = data[options["treatment"]]
    focal = np.flatnonzero(treated == (0 if estimand == "ATC" else 1))
    rows = expected.get("focal_order_rows")
    exact = data[listed(options["exact"])].astype(str).agg("|".join, axis=1) if "exact" in options else None
    return match(
        data[options["distance_column"]],
        treated,
        ratio=options.get("ratio", 1),
        caliper=options.get("caliper_abs", options.get("caliper_sd")),
        caliper_in_sd="caliper_abs" not in options,
        order=options.get("order", "largest"),
        replace=options.get("replace", False),
        exact=exact,
        estimand=estimand,
        focal_order=None if rows is None else np.searchsorted(focal, np.array(rows) - 1).tolist(),
        truncated_distances=True,
    )


def pair_keys(matched: Matching, expected: dict[str, Any]) -> dict[str, Any]:
    if matched.pairs is None or matched.distance is None:
        return {}
    focal, partner = matched.pairs.focal + 1, matched.pairs.partner + 1
    theirs = expected["pairs_row_1based"]
    place = {pair: k for k, pair in enumerate(zip(theirs["focal"], theirs["match"], strict=True))}
    order = sorted(range(len(focal)), key=lambda k: place.get((focal[k], partner[k]), -1))
    note = {key: expected[key] for key in ("focal_order_note", "focal_order_rows") if key in expected}
    return {
        "pairs_row_1based": {"focal": focal[order], "match": partner[order]},
        "sum_abs_distance": matched.distance.sum(),
        "max_abs_distance": matched.distance.max(),
        "mean_abs_distance": matched.distance.mean(),
        **({} if matched.caliper is None else {"caliper_absolute": matched.caliper}),
        **note,
    }


def balance_table(x: pd.DataFrame, treated: Any, weights: Any) -> dict[str, Any]:
    found = balance(x, treated, weights)
    return {
        "covariate": list(x.columns),
        "mean_treated": found.moments.mean[1],
        "mean_control": found.moments.mean[0],
        "smd_unadjusted_pooled_sd": found.differences("pooled"),
        "smd_unadjusted_treated_sd": found.differences("target"),
        "smd_weighted_pooled_sd": found.differences("weighted"),
    }


def summarised(data: pd.DataFrame, treated: Any, matched: Matching, wanted: tuple[Any, list[str], dict[str, Any]]) -> dict[str, Any]:
    """MatchIt's summary: differences in the estimand's SD (a binary column's is that of p), variance ratios, distribution distances."""
    estimand, rows, options = wanted
    x = pd.DataFrame({row: column(data, row, options) for row in rows})
    table: dict[str, Any] = {"rows": rows}
    for name, weights in (("all", None), ("matched", matched.weight)):
        found: Balance = balance(x, treated, weights)
        table[f"smd_{name}"] = found.differences(DENOMINATOR[estimand], bernoulli=True)
        table[f"var_ratio_{name}"] = found.variance_ratio
        table[f"ecdf_mean_{name}"] = found.distribution_mean
        table[f"ecdf_max_{name}"] = found.distribution_max
    return table


def column(data: pd.DataFrame, row: str, options: dict[str, Any]) -> pd.Series[Any]:
    """A row of MatchIt's summary: the distance, a column, or an indicator such as `raceblack`."""
    if row == "distance":
        return data[options["distance_column"]]
    if row in data:
        return data[row]
    factor = max((str(name) for name in data if row.startswith(str(name))), key=len)
    return (data[factor].map(written) == row.removeprefix(factor)).astype(float)


def sizes(matched: Matching) -> dict[str, Any]:
    """MatchIt's table of sample sizes."""
    arm = {"control": 0, "treated": 1}
    rows = ["All (ESS)", "All", "Matched (ESS)", "Matched", "Unmatched", "Discarded"]
    return {"rows": rows, **{name: arm_sizes(matched, code) for name, code in arm.items()}}


def arm_sizes(matched: Matching, arm: int) -> list[float]:
    n = int((matched.treated == arm).sum())
    return [n, n, matched.effective_n(arm), matched.n_matched(arm), n - matched.n_matched(arm), 0]

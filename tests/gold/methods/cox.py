"""R's coxph, with its residuals, concordance, cox.zph, survfit and profile likelihood."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from equipoise.stats import cox, cox_exact
from equipoise.stats.cox_results import CoxRegression
from gold.r_names import complete, design, strata

TRANSFORMS = ("km", "identity", "rank", "log")


def compute(options: dict[str, Any], data: pd.DataFrame, case: dict[str, Any]) -> dict[str, Any]:
    unknown = set(options) - {
        "time", "event", "start", "covariates", "strata", "weights", "cluster", "robust", "offset", "ties", "profile_ci", "conf_level",
    }  # fmt: skip
    if unknown:
        raise NotImplementedError(f"option {', '.join(sorted(unknown))}")
    expected, data = case["expected"], complete(data, options)
    if options.get("ties") == "exact":
        return exact(options, data)
    fit = run(options, data, TRANSFORMS if expected.get("zph") else ())
    found = numbers(fit, options, data)
    if "robust_score" in expected:
        found |= {"robust_se": fit.fit.se, "robust_score": robust_score(fit, options, data)}
    if "zph" in expected:
        found["zph"] = {test.transform: zph(fit, test) for test in fit.fit.proportional_hazards} or []
    if "residuals" in expected:
        found |= {"residuals": residuals(fit), "linear_predictor_uncentered": fit.linear_predictor()}
    if "predicted_survival" in expected:
        found |= predicted(fit, expected["predicted_survival"])
    if "profile_ci_lower" in expected:
        found["profile_ci_lower"], found["profile_ci_upper"] = fit.profile_interval()
    return found


def exact(options: dict[str, Any], data: pd.DataFrame) -> dict[str, Any]:
    x = design(data, options["covariates"])
    column = {name: data[options[option]] for name, option in {"entry": "start", "offset": "offset"}.items() if option in options}
    sets = strata(data, options["strata"]) if "strata" in options else None
    fit = cox_exact(data[options["time"]], data[options["event"]], x, strata=sets, **column).fit
    df, (lower, upper) = fit.coef.size, fit.interval
    return {
        "terms": list(x.columns),
        **{name: getattr(fit, name) for name in ("coef", "se", "vcov", "z", "p", "loglik", "loglik_null")},
        "hr": np.exp(fit.coef),
        "se_used": fit.se,
        "ci_lower_hr": lower,
        "ci_upper_hr": upper,
        "n": fit.rows,
        "n_events": fit.events,
        "lrt": {"chisq": fit.likelihood_ratio, "df": df, "p": fit.p_of(fit.likelihood_ratio)},
        "wald": {"chisq": float(fit.coef @ np.linalg.solve(fit.vcov, fit.coef)), "df": df},
        "score": {"chisq": fit.score_test, "df": df, "p": fit.p_of(fit.score_test)},
        "aic": 2 * df - 2 * fit.loglik,
    }


def run(options: dict[str, Any], data: pd.DataFrame, transforms: tuple[str, ...]) -> CoxRegression:
    def column(name: str) -> pd.Series | None:
        return data[options[name]] if name in options else None

    return cox(
        data[options["time"]],
        data[options["event"]],
        design(data, options["covariates"]),
        strata=strata(data, options["strata"]) if "strata" in options else None,
        weights=column("weights"),
        entry=column("start"),
        offset=column("offset"),
        cluster=column("cluster"),
        robust=options.get("robust"),
        ties=options.get("ties", "efron"),
        conf_level=options.get("conf_level", 0.95),
        zph=transforms,
        drop_redundant=True,
    )


def numbers(fit: CoxRegression, options: dict[str, Any], data: pd.DataFrame) -> dict[str, Any]:
    """R gives a redundant column the coefficient NA and the variance 0."""
    result, x = fit.fit, design(data, options["covariates"]).to_numpy(dtype=float)
    df = result.coef.size
    lower, upper = result.interval
    kept = [fit.terms.index(term) for term in fit.kept]
    vcov = np.zeros((len(fit.terms), len(fit.terms)))
    vcov[np.ix_(kept, kept)] = result.vcov
    c = fit.concordance()
    return {
        "terms": list(fit.terms),
        "coef": fit.coef,
        "hr": fit.spread(result.hazard_ratio),
        "se": fit.spread(result.naive_se, 0.0),
        "se_used": fit.spread(result.se, 0.0),
        "vcov": vcov,
        "ci_lower_hr": fit.spread(lower),
        "ci_upper_hr": fit.spread(upper),
        "z": fit.spread(result.z),
        "p": fit.spread(result.p),
        "n": result.rows,
        "n_events": result.events,
        "loglik_null": result.loglik_null,
        "loglik": result.loglik,
        "lrt": {"chisq": result.likelihood_ratio, "df": df, "p": result.p_of(result.likelihood_ratio)},
        "wald": {"chisq": result.wald, "df": df},
        "score": {"chisq": result.score_test, "df": df, "p": result.p_of(result.score_test)},
        "aic": result.aic,
        "bic": result.bic,
        "means": means(fit, x, weighted="start" not in options),
        "concordance": {
            "c": c.c,
            "se": c.se,
            "concordant": c.concordant,
            "discordant": c.discordant,
            "tied_x": c.tied_x,
            "tied_y": c.tied_y,
            "tied_xy": c.tied_xy,
        },
        "baseline_cumhaz_at_zero": baseline(fit),
    }


def means(fit: CoxRegression, x: np.ndarray, weighted: bool) -> np.ndarray:
    """R shows 0 for columns that hold only -1, 0 and 1, a redundant column's mean, and with late entry plain means instead of weighted."""
    plain = np.average(x, axis=0, weights=fit.data.weight if weighted else None)
    own = fit.spread(fit.fit.means) if weighted else plain
    return np.where(np.all(np.isin(x, [-1, 0, 1]), axis=0), 0.0, np.where(np.isnan(own), plain, own))


def baseline(fit: CoxRegression) -> dict[str, Any]:
    """R lists the times that occur in each stratum, stratum by stratum.

    Its baseline is that of a person with the (weighted) mean offset; ours is at offset 0.
    """
    scale = 1.0 if fit.data.offset is None else float(np.exp(np.average(fit.data.offset, weights=fit.data.weight)))
    parts = []
    for code, name in enumerate(fit.strata):
        here = np.isin(fit.fit.time, fit.data.time[fit.data.stratum == code])
        parts.append((fit.fit.time[here], scale * np.cumsum(fit.fit.baseline_hazard[code])[here], [name] * int(here.sum())))
    found = {"time": np.concatenate([p[0] for p in parts]), "hazard": np.concatenate([p[1] for p in parts])}
    return found if len(fit.strata) == 1 else {**found, "strata": [name for p in parts for name in p[2]]}


def robust_score(fit: CoxRegression, options: dict[str, Any], data: pd.DataFrame) -> dict[str, Any]:
    """R leaves the offset out of this one test (survival 3.5): it sets the whole linear predictor to 0."""
    result = fit.fit if "offset" not in options else run({k: v for k, v in options.items() if k != "offset"}, data, ()).fit
    test = result.robust_score_test
    return {"chisq": test, "df": result.coef.size, "p": result.p_of(test)}


def zph(fit: CoxRegression, test: Any) -> dict[str, Any]:
    rows = [*fit.kept, "GLOBAL"] if len(fit.kept) > 1 else list(fit.kept)
    return {"rows": rows, "chisq": test.chisq, "df": test.df, "p": test.p}


def residuals(fit: CoxRegression) -> dict[str, Any]:
    found = fit.residuals()
    return {
        "martingale": found.martingale,
        "deviance": found.deviance,
        "score": found.score,
        "dfbeta": found.dfbeta,
        "schoenfeld": found.schoenfeld,
        "scaled_schoenfeld": found.scaled_schoenfeld,
    }


def predicted(fit: CoxRegression, expected: dict[str, Any]) -> dict[str, Any]:
    people = pd.DataFrame(expected["newdata"])
    x = people[list(fit.terms)].to_numpy(dtype=float)
    curves = fit.predict_survival(x)
    at_risk = np.array([np.sum(fit.data.weight[fit.data.time >= t]) for t in curves.time])
    return {
        "predicted_survival": {
            "newdata": expected["newdata"],
            "time": curves.time,
            "n_risk": at_risk,
            "survival_by_newdata_row": curves.survival,
            "std_err_of_cumhaz_by_newdata_row": curves.cumulative_hazard_se,
            "lower_by_newdata_row": curves.lower,
            "upper_by_newdata_row": curves.upper,
            "conf_type": "log",
        },
        "predicted_lp_zero_reference": x @ fit.fit.coef,
    }

"""`truth.json`: what was planted and what a correct analysis of this very network tends to."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict

from equipoise.simulate import effects
from equipoise.simulate.plan import PREFERENCE_SD, Hospital
from equipoise.simulate.truth.estimates import HORIZONS, Curve, Estimates

ARMS = ("TACE", "TARE")


def truth_document(
    request: dict[str, object], hospitals: Sequence[Hospital], intercept: float, found: Sequence[Estimates]
) -> dict[str, object]:
    """The whole document as plain values. request: scenario, seed and sizes as asked for."""
    scenario = effects.SCENARIOS[0] if request["scenario"] == effects.SCENARIOS[0] else effects.SCENARIOS[1]
    log_ratio = effects.LOG_HAZARD_RATIO[scenario]
    strength = effects.ASSIGNMENT_STRENGTH
    return {
        "equipoise_truth": 1,
        **request,
        "target": "TARE",
        "comparator": "TACE",
        "planted": {
            "log_hazard_ratio": {"tare": log_ratio, "immunotherapy": 0.0, "comorbidities": 0.0, **asdict(effects.HAZARD)},
            "assignment_log_odds": {
                "intercept": intercept,
                **_scaled(strength),
            },
            "centres": {
                "age": effects.CENTRE_AGE,
                "year": effects.CENTRE_YEAR,
                "albumin_g_dl": effects.CENTRE_ALBUMIN,
                "log_bilirubin_mg_dl": effects.CENTRE_LOG_BILIRUBIN,
            },
            "missing_laboratory_value": "contributes nothing to assignment or hazard",
            "site_preference_sd": PREFERENCE_SD,
            "weibull_shape": effects.WEIBULL_SHAPE,
            "baseline_scale_days": effects.BASELINE_SCALE_DAYS,
            "loss_to_follow_up_per_day": effects.LOSS_PER_DAY,
            "negative_control_hazard_ratio": 1.0,
        },
        "estimands": _estimands(log_ratio, found),
        "hospitals": [asdict(hospital) for hospital in hospitals],
        "patients_file": "truth_patients.parquet",
    }


def _scaled(strength: float) -> dict[str, float]:
    return {name: strength * float(value) for name, value in asdict(effects.ASSIGNMENT).items()}


def _estimands(log_ratio: float, found: Sequence[Estimates]) -> dict[str, object]:
    document: dict[str, object] = {"conditional": {"hazard_ratio": math.exp(log_ratio), "meaning": "given all covariates that matter"}}
    for one in found:
        document[one.estimand] = _estimand(one)
    return document


def _estimand(one: Estimates) -> dict[str, object]:
    return {
        "hazard_ratio": _known(one.hazard_ratio),
        "hazard_ratio_stratified_by_site": _known(one.hazard_ratio_stratified_by_site),
        "observed": {arm: _curve(curve) for arm, curve in zip(ARMS, one.observed, strict=True)},
        "true": {arm: _curve(curve) for arm, curve in zip(ARMS, one.true, strict=True)},
    }


def _curve(curve: Curve) -> dict[str, object]:
    return {
        "median_survival_days": curve.median_days,
        "survival": {str(day): _known(value) for day, value in zip(HORIZONS, curve.survival, strict=True)},
        "rmst_days": {str(day): _known(value) for day, value in zip(HORIZONS, curve.rmst_days, strict=True)},
    }


def _known(value: float) -> float | None:
    """None where nothing can be estimated, as in an arm without a patient."""
    return value if math.isfinite(value) else None

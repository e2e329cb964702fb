"""Proportional hazards, Efron's ties."""

from __future__ import annotations

import numpy as np

from side_by_side.inputs import follow_up
from side_by_side.work_item import OURS, Arrays, Contender, Goal, Work

R = "R survival::coxph"


def equipoise(a: Arrays) -> list[float]:
    from equipoise.stats import cox

    fit = cox(a["time"], a["event"], a["x"], zph=()).fit
    return [*fit.coef, *fit.se]


def scikit_survival(a: Arrays) -> list[float]:
    from sksurv.linear_model import CoxPHSurvivalAnalysis
    from sksurv.util import Surv

    fit = CoxPHSurvivalAnalysis(ties="efron").fit(a["x"], Surv.from_arrays(a["event"] == 1, a["time"]))
    return list(fit.coef_)


def lifelines(a: Arrays) -> list[float]:
    import pandas as pd
    from lifelines import CoxPHFitter

    frame = pd.DataFrame(a["x"]).assign(time=a["time"], event=a["event"])
    return list(np.asarray(CoxPHFitter().fit(frame, "time", "event").params_))


def input_of(rows: int) -> Arrays:
    made = follow_up(rows)
    return {name: made[name] for name in ("x", "time", "event")}


WORK = Work(
    title="Cox regression, Efron's ties",
    rows=1_000_000,
    make=input_of,
    contenders=(
        Contender(OURS, equipoise),
        Contender(R, r=("cox.R",)),
        Contender("scikit-survival", scikit_survival, needs="sksurv", share=0.1),
        Contender("lifelines", lifelines, needs="lifelines", share=0.1),
    ),
    goals=(Goal("cpu", R, 1 / 10), Goal("memory", R, 1 / 3)),
    same={R: 1e-6},
)

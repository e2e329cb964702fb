"""Events and person-time at a site."""

from __future__ import annotations

import numpy as np

from equipoise.estimators.data import CovariateData
from equipoise.estimators.incidence_rates.summary import RatesAsk, RatesSummary


def summarise(data: CovariateData, ask: RatesAsk) -> RatesSummary:
    """Sums of events and person-time of every outcome, by group. A person with a missing event or time is not at risk for it."""
    event, time = data.x[:, : ask.n_outcomes], data.x[:, ask.n_outcomes :]
    here = np.isfinite(event) & np.isfinite(time)
    event, time = np.where(here, event, 0.0), np.where(here, time, 0.0)
    member = (data.group[None, :] == np.arange(ask.n_groups)[:, None]) & (data.weight > 0)
    one, weight = member.astype(np.float64), member * data.weight
    return RatesSummary(
        n=member.astype(np.int64) @ here.astype(np.int64),
        events=member.astype(np.int64) @ event.astype(np.int64),
        time=one @ time,
        w_events=weight @ event,
        w_time=weight @ time,
        ww_events=weight**2 @ event**2,
        ww_both=weight**2 @ (event * time),
        ww_time=weight**2 @ time**2,
    )

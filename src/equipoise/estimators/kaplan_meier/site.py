"""Survival by group at one site: who is at risk, who has the event, who is censored, at each time of the shared grid."""

from __future__ import annotations

import numpy as np

from equipoise.estimators.at_risk import Placed, at_end, by_cell, cluster_codes, over_at_risk, place, while_at_risk
from equipoise.estimators.data import Floats, Ints, SurvivalData
from equipoise.estimators.kaplan_meier.summary import KaplanMeierAsk, KaplanMeierSummary


def summarise(data: SurvivalData, ask: KaplanMeierAsk) -> KaplanMeierSummary:
    """Sums over this site's rows; the shapes depend on the ask alone, so that an empty site gives zeros."""
    units = ask.n_strata * ask.n_groups
    unit = data.stratum * ask.n_groups + data.group if ask.n_strata > 1 else data.group
    placed = place(data, ask.grid, unit, units)
    shape = (ask.n_strata, ask.n_groups, ask.grid.size)
    weight = data.weight[placed.keep]
    censored, events = at_end(placed, weight)
    censored_count, event_count = (censored, events) if np.all(weight == 1) else at_end(placed, np.ones_like(weight))
    censored_sq, events_sq = at_end(placed, weight**2) if ask.robust else (weight[:0], weight[:0])
    return KaplanMeierSummary(
        rows=np.bincount(unit[data.weight > 0], minlength=units).reshape(shape[:2]).astype(np.int64),
        event_count=_whole(event_count).reshape(shape),
        censored_count=_whole(censored_count).reshape(shape),
        at_risk=over_at_risk(placed, weight, censored + events).reshape(shape),
        events=events.reshape(shape),
        censored=censored.reshape(shape),
        events_sq=events_sq.reshape(shape) if ask.robust else np.zeros(0),
        censored_sq=censored_sq.reshape(shape) if ask.robust else np.zeros(0),
        influence_sq=_influence(data, placed, ask).reshape(-1, *shape) if ask.at_risk_kernel.size else np.zeros(0),
        dependent_rows=_dependent_rows(data),
    )


def _whole(counts: Floats) -> Ints:
    return np.rint(counts).astype(np.int64)


def _dependent_rows(data: SurvivalData) -> int:
    if data.cluster is not None:
        return int(data.time.size)
    return 0 if data.entry is None else int(np.isfinite(data.entry).sum())


def _influence(data: SurvivalData, placed: Placed, ask: KaplanMeierAsk) -> Floats:
    """(m, units, k) sums over clusters of the squared influence, unit by unit."""
    flat = (-1, placed.units, placed.k)
    kernels = zip(ask.at_risk_kernel.reshape(flat), ask.event_kernel.reshape(flat), strict=True)
    return np.stack([_squared_influence(data, placed, at_risk, at_event_) for at_risk, at_event_ in kernels])


def _squared_influence(data: SurvivalData, placed: Placed, at_risk: Floats, event: Floats) -> Floats:
    """(units, k): sum over clusters of G(t)^2 W^2 + 2 G(t) W K + K^2, G the cumulated kernel, W the cluster's weight at risk after t
    and K what is settled: both change only when a member enters or leaves, so one sort serves all times.
    """
    total = np.cumsum(at_risk, axis=1)
    weight = data.weight[placed.keep]
    unit, last = placed.unit, placed.last
    before = np.where(placed.first > 0, total[unit, np.maximum(placed.first - 1, 0)], 0.0)
    settled = while_at_risk(placed, at_risk) - np.where(placed.event, event[unit, last], 0.0)
    codes, _ = cluster_codes(data, placed.keep)
    change = np.concatenate([weight, -weight])
    gain = np.concatenate([-weight * before, weight * (settled + before)])
    when = np.concatenate([placed.first, last])
    owner = np.tile(codes * placed.units + unit, 2)
    order = np.lexsort((np.repeat([0, 1], codes.size), when, owner))
    owner, when = owner[order], when[order]
    w_after, k_after = _running(owner, change[order]), _running(owner, gain[order])
    return _add_up(owner % placed.units, when, (w_after, k_after, change[order], gain[order]), total)


def _running(owner: Ints, values: Floats) -> Floats:
    """Cumulative sums that start anew with each owner."""
    total = np.cumsum(values)
    starts = np.flatnonzero(np.concatenate(([True], np.diff(owner) != 0))) if owner.size else np.zeros(0, dtype=np.int64)
    base = np.concatenate(([0.0], total))[starts]
    found: Floats = total - np.repeat(base, np.diff(np.append(starts, owner.size)))
    return found


def _add_up(unit: Ints, when: Ints, steps: tuple[Floats, Floats, Floats, Floats], total: Floats) -> Floats:
    w, k, dw, dk = steps
    units, size = total.shape
    cell = unit * size + when

    def over_time(values: Floats) -> Floats:
        found: Floats = np.cumsum(by_cell(cell, values, units, size), axis=1)
        return found

    ww = over_time(w**2 - (w - dw) ** 2)
    wk = over_time(w * k - (w - dw) * (k - dk))
    kk = over_time(k**2 - (k - dk) ** 2)
    found: Floats = total**2 * ww + 2 * total * wk + kk
    return found

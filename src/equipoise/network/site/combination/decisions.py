"""The moments at which clones may be censored artificially, as rows of a pooled logistic regression, and the weights that come of it.

At a boundary only those still followed after it decide: who died or was lost in the week contradicts nothing any more. Rows by decision:
`index`, one a person; `week`, one a clone and week of the grace period; `end`, one a clone not contradicted by then.
Columns: a constant, for weeks also the week and its square (in units of the grace period); then the arm, then covariates.

The weight of a clone after boundary j is the product over the boundaries up to j of (1 - p_numerator) / (1 - p_denominator): the
inverse of the chance, given arm and covariates, that its data had not contradicted the strategy, stabilised by the chance at that
time alone. Robins and Finkelstein, Biometrics 2000;56:779.
Misleads when what makes people begin an exposure and also decides their outcome is not among the covariates; when some kind of people
never begins a class (no weight can stand for them).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from equipoise.estimators.data import Floats, Ints
from equipoise.estimators.logistic.intercepts import inverse_logit
from equipoise.network.site.combination.clones import Clones
from equipoise.network.site.combination.layout import Laid
from equipoise.network.wire.combination import CensoringModel, CombinationFrame, Decision, time_terms


@dataclass(frozen=True, slots=True)
class Decisions:
    """d decisions. who: (d,) rows of the site's table. time: (d, q) columns of time. contradicted: (d,) 1 or 0."""

    who: Ints
    time: Floats
    contradicted: Floats


def time_columns(decision: Decision, place: Ints, weeks: int) -> Floats:
    """(d, q) the columns of time. place: (d,) boundaries, 1 to `weeks`."""
    ones = np.ones(len(place))
    if time_terms(decision, weeks) == 1:
        return ones[:, None]
    share = place / weeks
    return np.column_stack([ones, share, share**2])


def decisions(clones: Clones, decision: Decision) -> Decisions:
    """The rows of one kind of decision."""
    weeks = len(clones.edges) - 1
    followed = clones.of.time
    if decision == "index":
        who, place, out = clones.of.who, np.zeros(len(followed), dtype=np.int64), ~clones.there
    elif decision == "end":
        stays = (clones.out > weeks) & (followed > clones.edges[-1])
        who, place, out = clones.of.who[stays], np.full(int(stays.sum()), weeks), clones.late[stays]
    else:
        parts = [(j, clones.there & (clones.out >= j) & (followed > clones.edges[j])) for j in range(1, weeks + 1)]
        who = np.concatenate([clones.of.who[here] for _, here in parts])
        place = np.concatenate([np.full(int(here.sum()), j) for j, here in parts])
        out = np.concatenate([clones.out[here] == j for j, here in parts])
    return Decisions(who, time_columns(decision, place, weeks), out.astype(np.float64))


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of time in which no clone's weight changes. passed: the decisions (with their boundary) that a clone in it has passed since
    the stretch before."""

    begin: float
    end: float
    passed: tuple[tuple[CensoringModel, int], ...]


def stretches(clones: Clones, frame: CombinationFrame) -> Iterator[Stretch]:
    """The time of a strategy's clones, cut where their models may change a weight."""
    models = models_of(frame, clones.strategy)
    weeks = len(clones.edges) - 1
    passed, begin = [(models["index"], 0)] if "index" in models else [], 0.0
    for place in range(1, weeks + 1) if "week" in models else (weeks,):
        yield Stretch(begin, float(clones.edges[place]), tuple(passed))
        passed, begin = [(models["week"], place)] if "week" in models else [], float(clones.edges[place])
    yield Stretch(begin, np.inf, (*passed, *([(models["end"], weeks)] if "end" in models else [])))


def models_of(frame: CombinationFrame, strategy: int) -> dict[Decision, CensoringModel]:
    """The models of one strategy's artificial censoring."""
    return {model.decision: model for model in frame.models if model.strategy == strategy}


def weighted(clones: Clones, frame: CombinationFrame, x: Floats) -> Laid:
    """The clones in pieces of constant weight. x: (n, p) arm and covariates of the site's persons, the columns of the denominators."""
    laid, weeks = clones.laid(), len(clones.edges) - 1
    weight, pieces = np.ones(len(laid.who)), []
    for stretch in stretches(clones, frame):
        for model, place in stretch.passed:
            weight = weight * _factor(model, place, weeks, x[laid.who])
        pieces.append(_piece(laid, stretch, weight))
    joined = [np.concatenate(column) for column in zip(*pieces, strict=True)]
    cut = joined[4] if frame.limits is None else np.clip(joined[4], *frame.limits[clones.strategy])
    label = np.full(len(cut), clones.strategy, dtype=np.int64)
    return Laid(joined[0].astype(np.int64), joined[1], joined[2].astype(np.int64), label, joined[3], cut, pieces=True)


def _factor(model: CensoringModel, place: int, weeks: int, x: Floats) -> Floats:
    """(c,) (1 - numerator) / (1 - denominator) at a boundary."""
    time = time_columns(model.decision, np.full(len(x), place), weeks)
    stays = inverse_logit(-(time @ np.array(model.numerator)))
    return np.asarray(stays / inverse_logit(-(np.column_stack([time, x]) @ np.array(model.denominator))))


def _piece(laid: Laid, stretch: Stretch, weight: Floats) -> tuple[Ints, Floats, Ints, Floats, Floats]:
    there = laid.time > stretch.begin
    time = laid.time[there]
    event = np.where(time <= stretch.end, laid.event[there], 0)
    entry = np.full(len(time), stretch.begin if stretch.begin > 0 else -np.inf)
    return laid.who[there], np.minimum(time, stretch.end), event, entry, weight[there]

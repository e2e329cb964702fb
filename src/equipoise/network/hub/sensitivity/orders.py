"""The matching repeated in random orders: how far the hazard ratio hangs on who chose first (Austin 2014, Stat Med 33: 1057)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from equipoise.estimators.cox.summary import CoxResult
from equipoise.estimators.data import Floats
from equipoise.estimators.matching.hub import MatchRowsHub
from equipoise.estimators.matching.summary import MatchRowsAsk, MatchRowsResult, MatchRowsSummary
from equipoise.estimators.shape import Done
from equipoise.estimators.two_by_two.interval import Interval
from equipoise.network.hub.analysis.effects import cox_job, primary_days
from equipoise.network.hub.chapter import Stage
from equipoise.network.hub.rounds import Failed, Job, run_jobs
from equipoise.network.hub.sensitivity.ground import Ground, Part, interval_of, outcome_of, told, uncounted
from equipoise.network.wire.views import View, Weighting
from equipoise.results.analyses import MATCH_ORDER
from equipoise.results.study_result import MatchOrderEstimate, Note
from equipoise.study.model import MatchOrder, Study

ORDERS_A_MESSAGE = 10
"""Each order's tokens go to every site in each round of its Cox model: 16 bytes a matched person."""
CODE = "DC34"
WIDE, FLIPS = 0.1, 0.2
"""Quartiles of the hazard ratio further apart, or verdicts that change more often, are a warning."""


@dataclass(frozen=True, slots=True)
class ManyMatchings:
    """A hub half: one question for rows, several matchings of what comes; `None` for one that matches nobody."""

    rules: tuple[MatchRowsHub, ...]

    def first(self) -> MatchRowsAsk:
        """The only question; all rules match on one scale."""
        return self.rules[0].first()

    def finish(self, ask: MatchRowsAsk, total: MatchRowsSummary) -> Done[tuple[MatchRowsResult | None, ...]]:
        """The matchings in the order of the rules. Raises EQ-EST-105 when an arm is empty."""
        found = [rule.finish(ask, total).result for rule in self.rules]
        return Done(tuple(one if one.token.size else None for one in found))


@dataclass(frozen=True, slots=True)
class OrdersFound:
    """Of one outcome: the fits by seed, and of how many orders none could be had."""

    outcome: str
    fits: tuple[tuple[int, CoxResult], ...]
    without: int


def rule_of(study: Study) -> MatchRowsHub:
    """The study's own rule of matching."""
    rules = study.analysis.matching
    return MatchRowsHub(rules.ratio, rules.caliper_sd, rules.scale, rules.order, rules.seed, rules.focal)


def matched_ratios(stage: Stage, outcome: str, rules: dict[str, MatchRowsHub]) -> dict[str, CoxResult | Failed | None]:
    """The Cox model of the matched population under each rule, by the rule's name; None where it matches nobody."""
    study = stage.plan.study
    job = Job("match_rows", ManyMatchings(tuple(rules.values())), View(columns="score"))
    matchings: tuple[MatchRowsResult | None, ...] | Failed = run_jobs(stage.talk, stage.setting, [job])[0]
    if isinstance(matchings, Failed):
        return dict.fromkeys(rules, matchings)
    weightings = {name: weighting(name, one) for name, one in zip(rules, matchings, strict=True) if one is not None}
    days, found = primary_days(stage.effects, outcome), dict[str, CoxResult | Failed | None](dict.fromkeys(rules))
    names = list(weightings)
    for start in range(0, len(names), ORDERS_A_MESSAGE):
        part = names[start : start + ORDERS_A_MESSAGE]
        setting = replace(stage.setting, weightings=tuple(weightings[name] for name in part))
        views = [View(outcome=outcome, columns="arm", weighting="matched", variant=name) for name in part]
        fits = run_jobs(stage.talk, setting, [cox_job(study, view, days) for view in views])
        found |= dict(zip(part, fits, strict=True))
    return found


def weighting(name: str, found: MatchRowsResult) -> Weighting:
    """The matched population under a name; no weights where all are 1."""
    order = np.argsort(found.token)
    weight: Floats = found.weight[order]
    return Weighting("matched", tokens=found.token[order], token_weights=None if np.all(weight == 1) else weight, variant=name)


def ask_orders(stage: Stage, said: MatchOrder) -> OrdersFound | None:
    """Match in as many orders as the study says. None where rows may not be matched, or nobody can be."""
    study, outcome = stage.plan.study, outcome_of(stage.plan.study, said.outcome)
    if "matched" not in stage.plan.adjustments:
        return None
    rules = {f"order {seed}": replace(rule_of(study), order="random", seed=seed) for seed in range(1, said.seeds + 1)}
    found = matched_ratios(stage, outcome, rules)
    fits = tuple((seed, fit) for seed, fit in enumerate(found.values(), start=1) if isinstance(fit, CoxResult))
    return OrdersFound(outcome, fits, len(found) - len(fits))


def match_order(ground: Ground, found: OrdersFound | None) -> Part:
    """Median, quartiles and range of the hazard ratio, the share of orders with an interval that leaves out 1, and every order's ratio."""
    if found is None:
        return Part(notes=(Note("info", CODE, "The matching was not repeated in random orders: there is no matched population."),))
    parent = ground.ratio(found.outcome, "matched")
    if parent is None or not found.fits:
        return Part(notes=(Note("warning", CODE, f"No hazard ratio of {found.outcome} in any random order of matching."),))
    intervals = [(seed, interval_of(fit)) for seed, fit in found.fits]
    ratios = np.array([one.estimate for _, one in intervals])
    low, first, middle, third, high = np.quantile(ratios, [0, 0.25, 0.5, 0.75, 1]).tolist()
    outside = float(np.mean([not one.lower <= 1 <= one.upper for _, one in intervals]))
    bare = uncounted(parent)
    words = f"{len(ratios)} random orders"
    records = (
        told(bare, MATCH_ORDER, words, "hazard_ratio_quartiles", Interval(middle, 0.0, first, third)),
        told(bare, MATCH_ORDER, words, "hazard_ratio_extremes", Interval(middle, 0.0, low, high)),
        told(bare, MATCH_ORDER, words, "share_leaving_out_one", Interval(outside, 0.0, float("nan"), float("nan"))),
    )
    orders = tuple(MatchOrderEstimate(found.outcome, seed, one.estimate, one.lower, one.upper) for seed, one in intervals)
    return Part(records, tuple(_notes(found, third - first, outside)), orders)


def _notes(found: OrdersFound, spread: float, outside: float) -> list[Note]:
    notes, tried = [], len(found.fits)
    if spread > WIDE or FLIPS < outside < 1 - FLIPS:
        text = (
            f"The matched hazard ratio of {found.outcome} hangs on the order of matching: over {tried} random orders its quartiles lie "
            f"{spread:.2f} apart, and {outside:.0%} of the intervals leave out 1."
        )
        notes.append(Note("warning", CODE, text))
    if found.without:
        notes.append(Note("info", CODE, f"{found.without} random orders of matching gave no hazard ratio of {found.outcome}."))
    return notes

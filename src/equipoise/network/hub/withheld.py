"""Statistics that would give a hidden count away, left out of the finished result.

What speaks of one arm of a handful: its means, shares, curves, times. What is a share of people with the event, where their number is
small or the arm's size hidden: one minus it, times the size, is that number, and the steps of a curve can be counted. Comparisons of
two arms that such a share could be worked out from go with it; hazard ratios and rank tests stay.

Where the size of an arm is hidden only because it differs by a few from another that is shown, a share under weights that are not
whole numbers stays: each person counts by a weight that only the person's own site knows, and of sums of such weights no number of
persons follows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import sqrt
from typing import TypeAlias

from equipoise.guard.policy import Policy
from equipoise.guard.rules import Quantile, broken
from equipoise.kernel.masked import Count, Masked
from equipoise.network.hub.errors import WITHHELD
from equipoise.results.analyses import ASSOCIATION, SITES, SUBGROUPS, standing_apart
from equipoise.results.journeys import IncidenceCurve
from equipoise.results.records import Record
from equipoise.results.study_result import BaselineRow, Note, StudyResult, SurvivalCurve

SHARES = frozenset({"survival", "cumulative_incidence", "incidence_rate", "mean_instances", "sd_instances", "total_instances"})
"""One-arm measures that are the number of events over the number of persons, or as good as that."""
SHARES_COMPARED = frozenset(
    {
        *("risk_difference", "risk_ratio", "odds_ratio", "survival_difference"),
        *("rate_ratio", "rate_difference", "mean_instances_difference"),
    }
)
RELATIVE = frozenset(
    {
        "hazard_ratio",
        "logrank",
        "logrank_holm",
        "hazard_ratio_holm",
        "ratio_of_hazard_ratios",
        "reri",
        "gray_test",
        "subdistribution_hazard_ratio",
        "calibrated_hazard_ratio",
        "systematic_error",
        "e_value",
        "e_value_limit",
        "hazard_ratio_quartiles",
        "hazard_ratio_extremes",
        "share_leaving_out_one",
    }
)
"""Two-arm measures from which nothing of one arm follows."""
WEIGHTS_NOBODY_KNOWS = frozenset({"overlap", "iptw"})
"""Adjustments under which persons of both arms count by their own score. Under `att` the target's persons count 1."""
MANY_TERMS = 5
"""With so many terms in the propensity model, scores are of more kinds than a reader could try out."""
PARTS = frozenset({SUBGROUPS, SITES})
"""Analyses of parts of the cohort: a hazard ratio of a handful says nothing of the effect, and its interval tells their events."""

Name: TypeAlias = "tuple[str, str | None, str | None]"
"""An outcome, an adjustment and an arm."""


def withhold(result: StudyResult, policy: Policy = Policy()) -> StudyResult:  # noqa: B008 - frozen
    """The result without what would give a hidden count away, and a note that says what is missing."""
    unknown = sum(term.estimate != 0 for term in result.propensity) >= MANY_TERMS
    telling = _telling(result)
    return replace(
        result,
        records=tuple(may_be_shown(record, policy, unknown_weights=unknown) for record in result.records),
        curves=tuple(_curve(telling, curve) for curve in result.curves),
        incidence_curves=tuple(_incidence(telling, curve) for curve in result.incidence_curves),
        baseline=tuple(_baseline(result, row) for row in balance_without_rare(result.baseline, unknown_weights=unknown)),
        weights=tuple(weight for weight in result.weights if not _small(weight.n)),
        notes=(*result.notes, *_notes(result)),
    )


def whole_cohort(result: StudyResult) -> tuple[Record, ...]:
    """The records that speak of the whole cohort."""
    apart = standing_apart((record.analysis for record in result.records), result.study)
    return tuple(record for record in result.records if record.analysis not in apart)


def _hidden(count: Count | None) -> bool:
    return isinstance(count, Masked)


def _small(count: Count | None) -> bool:
    return isinstance(count, Masked) and not count.complementary


def may_be_shown(record: Record, policy: Policy = Policy(), *, unknown_weights: bool = False) -> Record:  # noqa: B008 - frozen
    """The record, without its estimate where that would give a hidden count away.

    unknown_weights: whether weights from the propensity model are of so many kinds that nobody can tell them.
    """
    if record.analysis == ASSOCIATION:
        return record
    persons = record.n_target, record.n_comparator
    unknown = unknown_weights and record.adjustment in WEIGHTS_NOBODY_KNOWS
    share = any(map(_small if unknown else _hidden, persons)) or _small(record.events_target) or _small(record.events_comparator)
    few = any(map(_small, persons)) and (record.measure not in RELATIVE or record.analysis in PARTS)
    gives_away = few or (share and record.measure in SHARES | SHARES_COMPARED) or _extreme(record, policy)
    return replace(record, estimate=None, lower=None, upper=None, p_value=None) if gives_away else record


def _extreme(record: Record, policy: Policy) -> bool:
    """Whether a median has fewer persons on a side than the policy hides; those of a hidden number are withheld for that."""
    persons = record.n_target
    return record.measure == "median_survival" and isinstance(persons, int) and bool(broken(Quantile(persons, 0.5), policy))


def _curve(telling: frozenset[Name], curve: SurvivalCurve) -> SurvivalCurve:
    """With its numbers at risk and its start alone, where it may not be drawn."""
    if (curve.outcome, curve.adjustment, curve.arm) not in telling:
        return curve
    return replace(curve, time=(0.0, 0.0), survival=(1.0, 1.0), lower=(1.0, 1.0), upper=(1.0, 1.0), censored_at=())


def _incidence(telling: frozenset[Name], curve: IncidenceCurve) -> IncidenceCurve:
    """As `_curve` does."""
    if (curve.outcome, curve.adjustment, curve.arm) not in telling:
        return curve
    return replace(curve, time=(0.0, 0.0), incidence=(0.0, 0.0), lower=(0.0, 0.0), upper=(0.0, 0.0))


def _telling(result: StudyResult) -> frozenset[Name]:
    """The outcomes, adjustments and arms whose curves would tell a hidden number of persons or of events."""
    arms = (record for record in whole_cohort(result) if record.comparator is None)
    return frozenset((r.outcome, r.adjustment, r.target) for r in arms if _hidden(r.n_target) or _small(r.events_target))


def balance_without_rare(rows: tuple[BaselineRow, ...], *, unknown_weights: bool) -> tuple[BaselineRow, ...]:
    """Rows of shares whose count before adjustment is hidden, without what that count could be worked out from.

    Under weights of one, or of few kinds, the share goes, and the difference with it. A difference that stays is in units of the SD of
    the weighted shares beside it: in units of the SD before adjustment, it would give that SD away, and with it both hidden counts.
    """
    crude = {(row.covariate, row.level): row for row in rows if row.adjustment == "crude" and row.kind == "share"}
    return tuple(_without_rare(row, crude.get((row.covariate, row.level)), unknown_weights) for row in rows)


def _without_rare(row: BaselineRow, before: BaselineRow | None, unknown_weights: bool) -> BaselineRow:
    if before is None or row.adjustment == "crude":
        return row
    target, comparator = _hidden(before.target_count), _hidden(before.comparator_count)
    if not (target or comparator):
        return row
    if row.target_count is None:
        known = not unknown_weights or row.adjustment not in WEIGHTS_NOBODY_KNOWS
        odds = row.adjustment == "att" and unknown_weights
        row = replace(row, target=None if target and known else row.target)
        row = replace(row, comparator=None if comparator and known and not odds else row.comparator)
    return replace(row, smd=_of_shares(row.target, row.comparator))


def _of_shares(target: float | None, comparator: float | None) -> float | None:
    """The standardised difference of two shares in units of their own SD; None where one is hidden or neither varies."""
    if target is None or comparator is None:
        return None
    if target == comparator:
        return 0.0
    variance = (target * (1 - target) + comparator * (1 - comparator)) / 2
    return (target - comparator) / sqrt(variance) if variance > 0 else None


def _baseline(result: StudyResult, row: BaselineRow) -> BaselineRow:
    target, comparator = _arms_hidden(result, row.adjustment)
    if target:
        row = replace(row, target=None, target_sd=None)
    if comparator:
        row = replace(row, comparator=None, comparator_sd=None)
    return replace(row, smd=None, variance_ratio=None) if target or comparator else row


def _arms_hidden(result: StudyResult, adjustment: str) -> tuple[bool, bool]:
    """Whether the size of target and comparator is hidden, in the cohort or in the adjustment's population."""
    last = result.flow[-1]
    sizes = [(last.n_target, last.n_comparator)]
    sizes += [(p.n_target, p.n_comparator) for p in result.populations if p.adjustment == adjustment]
    return any(_hidden(one) for one, _ in sizes), any(_hidden(other) for _, other in sizes)


def _notes(result: StudyResult) -> Iterator[Note]:
    timed = {outcome.name for outcome in result.study.timed_outcomes}
    arms = [record for record in whole_cohort(result) if record.comparator is None and record.outcome in timed]
    few = {(str(r.adjustment), str(r.target)): None for r in arms if _small(r.n_target)}
    for adjustment, arm in few:
        yield Note("info", WITHHELD.code, f"What speaks of {arm} alone, {adjustment}, is not shown: it has too few persons.")
    rare = {(r.outcome, str(r.target)): None for r in arms if _small(r.events_target) and (r.adjustment, r.target) not in few}
    for outcome, arm in rare:
        text = f"The curve and the shares of {outcome} in {arm} are not shown: they would tell how few persons had the event."
        yield Note("info", WITHHELD.code, text)

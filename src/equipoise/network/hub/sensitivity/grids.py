"""One choice of the analysis changed at a time: trimming, caliper, end of follow-up, sites with few persons in an arm."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from equipoise.estimators.cox.summary import CoxResult
from equipoise.estimators.site_mix.hub import SiteMixHub
from equipoise.estimators.site_mix.summary import SiteMixResult
from equipoise.guard.policy import Policy
from equipoise.network.hub.analysis.effects import SMOOTH, cox_job, primary_days, score_model
from equipoise.network.hub.chapter import Stage
from equipoise.network.hub.errors import CHANGES, WITHHELD
from equipoise.network.hub.rounds import Failed, Job, run_jobs
from equipoise.network.hub.sensitivity.ground import Ground, Part, interval_of, outcome_of, told, turned_note, uncounted
from equipoise.network.hub.sensitivity.orders import matched_ratios, rule_of
from equipoise.network.wire.views import Setting, View, Weighting
from equipoise.results.analyses import GRIDS
from equipoise.results.records import Record
from equipoise.results.study_result import Note
from equipoise.study.model import Adjustment, Grids

FEWEST_SITES = 2
"""An estimate of one site alone is not an estimate of the network."""


@dataclass(frozen=True, slots=True)
class Tried:
    """One changed choice, in words, and what came of it; None where it may not be told."""

    words: str
    adjustment: Adjustment
    found: CoxResult | Failed | None


@dataclass(frozen=True, slots=True)
class GridsFound:
    """Of one outcome, in the order in which they are shown."""

    outcome: str
    tried: tuple[Tried, ...]


def ask_grids(stage: Stage, said: Grids) -> GridsFound:
    """Ask for every changed choice. Follow-up and sites are changed under the main adjustment, where it can be made."""
    outcome = outcome_of(stage.plan.study, said.outcome)
    parts = (*_trims(stage, said, outcome), *_calipers(stage, said, outcome), *_ends(stage, said, outcome), *_arms(stage, said, outcome))
    return GridsFound(outcome, parts)


def _main(stage: Stage) -> Adjustment:
    main = stage.plan.study.analysis.main
    return main if main in stage.plan.adjustments else "crude"


def _job(stage: Stage, view: View, outcome: str, until: int | None = None) -> Job:
    days = primary_days(stage.effects, outcome)
    days = days if until is None or not (days <= until).any() else days[days <= until]
    return cox_job(stage.plan.study, replace(view, columns="arm"), days, scored=score_model(stage.setting, view))


def _trims(stage: Stage, said: Grids, outcome: str) -> Iterator[Tried]:
    weighted = [adjustment for adjustment in stage.plan.adjustments if adjustment in SMOOTH]
    pairs = [(adjustment, trim) for trim in said.trims for adjustment in weighted]
    weightings = tuple(Weighting(a, (t, 1 - t) if t > 0 else None, variant=f"trim {t}") for a, t in pairs)
    setting: Setting = replace(stage.setting, weightings=weightings)
    jobs = [_job(stage, View(outcome=outcome, weighting=a, variant=f"trim {t}"), outcome) for a, t in pairs]
    for (adjustment, trim), found in zip(pairs, run_jobs(stage.talk, setting, jobs), strict=True):
        yield Tried(f"scores from {trim:g} to {1 - trim:g}" if trim > 0 else "all scores", adjustment, found)


def _calipers(stage: Stage, said: Grids, outcome: str) -> Iterator[Tried]:
    if not said.calipers or "matched" not in stage.plan.adjustments:
        return
    rules = {f"caliper {caliper:g} SD": replace(rule_of(stage.plan.study), caliper_sd=caliper) for caliper in said.calipers}
    for words, found in matched_ratios(stage, outcome, rules).items():
        yield Tried(words, "matched", found)


def _ends(stage: Stage, said: Grids, outcome: str) -> Iterator[Tried]:
    main = _main(stage)
    jobs = [_job(stage, View(outcome=outcome, weighting=main, until=day), outcome, day) for day in said.follow_up_ends]
    for day, found in zip(said.follow_up_ends, run_jobs(stage.talk, stage.setting, jobs), strict=True):
        yield Tried(f"follow-up to day {day}", main, found)


def _arms(stage: Stage, said: Grids, outcome: str) -> Iterator[Tried]:
    main = _main(stage)
    jobs = [_job(stage, View(outcome=outcome, weighting=main, minimum_arm=least), outcome) for least in said.minimum_arms]
    jobs += [Job("site_mix", SiteMixHub(), View(minimum_arm=least)) for least in said.minimum_arms]
    found = run_jobs(stage.talk, stage.setting, jobs)
    for place, least in enumerate(said.minimum_arms):
        mix = found[len(said.minimum_arms) + place]
        yield Tried(f"sites with at least {least} in each arm", main, found[place] if tellable(mix, stage.census.policy) else None)


def tellable(mix: SiteMixResult | Failed, policy: Policy) -> bool:
    """Whether what is left is no single site and no handful of persons."""
    return isinstance(mix, SiteMixResult) and mix.sites >= FEWEST_SITES and min(mix.persons) >= policy.minimum_count


def grids(ground: Ground, found: GridsFound) -> Part:
    """A hazard ratio for each changed choice; no counts, which would tell who was left out."""
    records, notes = [], []
    for one in found.tried:
        parent = ground.ratio(found.outcome, one.adjustment)
        if parent is None:
            continue
        interval = interval_of(one.found) if isinstance(one.found, CoxResult) else None
        records.append(told(uncounted(parent), GRIDS, one.words, "hazard_ratio", interval))
        if one.found is None:
            notes.append(Note("info", WITHHELD.code, f"Nothing is told of {one.words}: too few would be left."))
        elif isinstance(one.found, Failed):
            problem = one.found.error.problems[0]
            notes.append(Note("info", one.found.error.code, f"No hazard ratio of {found.outcome} with {one.words}: {problem.what}."))
    return Part(tuple(records), (*notes, *_turned(ground, found.outcome, records)))


def _turned(ground: Ground, outcome: str, records: list[Record]) -> Iterator[Note]:
    for adjustment in ground.study.analysis.adjustments:
        parent = ground.ratio(outcome, adjustment)
        mine = tuple(record for record in records if record.adjustment == adjustment)
        if parent is not None:
            yield from turned_note(parent, mine, CHANGES.code, "with one choice changed")

"""Matching over the network: only where every contributing site lets de-identified rows be pooled; within bins of the score, everywhere.

What a washout leaves out of an outcome, it leaves out in whole matched sets (`whole_sets.py`).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from equipoise.estimators.matching.hub import MatchRowsHub
from equipoise.estimators.matching.summary import MatchRowsResult
from equipoise.estimators.score_bins.hub import ScoreBinsHub
from equipoise.estimators.score_bins.summary import ScoreBinsResult
from equipoise.network.hub.analysis.census import Census
from equipoise.network.hub.conversation import Conversation
from equipoise.network.hub.events.whole_sets import whole_sets
from equipoise.network.hub.rounds import Failed, Job, run_job, run_jobs
from equipoise.network.wire.views import Setting, View, Weighting
from equipoise.results.study_result import Note
from equipoise.study.model import ScoreBins, Study

NAMED = 5
"""How many sites a note names before it counts the rest."""


def match(talk: Conversation, setting: Setting, study: Study, census: Census) -> tuple[Setting, Note | None]:
    """The setting with the matched population in it; or, where a site refuses or nobody can be matched, why there is none."""
    refusing = [site for site, welcome in census.welcomes.items() if welcome.share != "deidentified-rows" and census.prepared[site].anyone]
    if refusing:
        return setting, Note("info", "EQ-GUARD-002", _refused(refusing))
    rules = study.analysis.matching
    hub = MatchRowsHub(rules.ratio, rules.caliper_sd, rules.scale, rules.order, rules.seed, rules.focal)
    found: MatchRowsResult | Failed = run_jobs(talk, setting, [Job("match_rows", hub, View(columns="score"))])[0]
    if isinstance(found, Failed):
        return setting, Note("warning", found.error.code, f"No matched population: {found.error.problems[0].what}.")
    if not found.token.size:
        return setting, Note("warning", "EQ-EST-105", "No matched population: nobody has a partner within the caliper.")
    order = np.argsort(found.token)
    weighting = Weighting("matched", tokens=found.token[order], token_weights=found.weight[order])
    broken = whole_sets(talk, replace(setting, weightings=(weighting,)), study, found)
    return replace(setting, weightings=(*setting.weightings, replace(weighting, of_outcomes=broken))), None


def bin_scores(talk: Conversation, setting: Setting, said: ScoreBins) -> Setting:
    """The setting with the bins' weights in it; without them where no bin holds both arms."""
    found: ScoreBinsResult = run_job(talk, setting, Job("score_bins", ScoreBinsHub(said.bins, said.population), View(columns="score")))
    if not found.weight.any():
        return setting
    weighting = Weighting("score-bins", edges=found.edges, bin_weights=found.weight)
    return replace(setting, weightings=(*setting.weightings, weighting))


def _refused(sites: list[str]) -> str:
    named = ", ".join(sites[:NAMED]) + (f" and {len(sites) - NAMED} more" if len(sites) > NAMED else "")
    return f"No matched population: matching needs one line a person, and these sites share sums only: {named}."

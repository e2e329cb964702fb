"""Matched sets that an outcome's washout breaks: whoever lost every partner to it, or the person whose partners they were, goes too.

Persons with the event before are no candidates for a study of new events, and would not have been matched. Pairs of which one member is
left are no pairs: the arms of what is left need not be alike. Leaving the sets out whole costs one question, matching anew for each
outcome would cost one propensity score and one matching an outcome.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equipoise.estimators.matching.summary import MatchRowsAsk, MatchRowsResult, MatchRowsSummary, Tokens
from equipoise.estimators.shape import Done
from equipoise.network.hub.conversation import Conversation
from equipoise.network.hub.rounds import Failed, Job, run_jobs
from equipoise.network.wire.views import OutcomePart, Setting, View
from equipoise.study.event_columns import event_outcomes
from equipoise.study.model import Study


@dataclass(frozen=True, slots=True)
class WhoHub:
    """Asks for the rows of the persons in a view, and keeps their tokens alone."""

    def first(self) -> MatchRowsAsk:
        """The only question."""
        return MatchRowsAsk("score")

    def finish(self, _ask: MatchRowsAsk, total: MatchRowsSummary) -> Done[Tokens]:
        """Their tokens (m,)."""
        return Done(total.token)


def whole_sets(talk: Conversation, setting: Setting, study: Study, found: MatchRowsResult) -> tuple[OutcomePart, ...]:
    """For each outcome whose washout leaves matched persons out: those whose weight it changes. setting: with the matched population."""
    outcomes = [outcome.name for outcome in event_outcomes(study) if outcome.washout is not None]
    views = [View(columns="score", weighting="matched", washed_out=outcome) for outcome in outcomes]
    gone = run_jobs(talk, setting, [Job("match_rows", WhoHub(), view) for view in views])
    parts = []
    for outcome, tokens in zip(outcomes, gone, strict=True):
        if isinstance(tokens, Failed):
            raise tokens.error
        if tokens.size:
            parts.append(changed_weights(outcome, found, tokens))
    return tuple(parts)


def changed_weights(outcome: str, found: MatchRowsResult, gone: Tokens) -> OutcomePart:
    """The weights of those whom the loss of `gone` changes: 0 in sets without a focal person or without a partner.

    A focal person weighs 1, the partners that are left share 1, scaled to a mean of 1. The first person of each set is the focal one.
    """
    out, sets = np.isin(found.token, gone), int(found.pair.max()) + 1
    partner = np.arange(len(found.token)) >= sets
    left = np.bincount(found.pair[partner & ~out], minlength=sets)
    kept = (~out[:sets] & (left > 0))[found.pair] & ~out
    weight = np.where(kept, 1.0, 0.0)
    share = 1 / left[found.pair[kept & partner]]
    weight[kept & partner] = share * len(share) / share.sum() if len(share) else share
    changed = ~np.isclose(weight, found.weight, rtol=1e-12)
    order = np.argsort(found.token[changed])
    return OutcomePart(outcome, found.token[changed][order], weight[changed][order])

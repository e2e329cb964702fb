"""A site's answers under masks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from equipoise.estimators.shape import Additive
from equipoise.guard.release import Door, Purpose, release
from equipoise.guard.secure_sums.fixed_point import to_words
from equipoise.guard.secure_sums.sessions import MaskedSessions
from equipoise.network.site.errors import NO_STUDY
from equipoise.network.site.tables import CohortCount
from equipoise.network.wire.masked import CohortTotals, MaskedEstimates
from equipoise.network.wire.messages import Batch, Prepared, Question


def hidden(sessions: MaskedSessions, question: Question, summaries: Sequence[Additive]) -> MaskedEstimates:
    """The summaries, which have passed the door, as words under the masks of the question's session. Raises EQ-GUARD-006, -013."""
    sites = sessions.size(question.study_hash, question.session)
    laid = [to_words(summary, sites) for summary in summaries]
    control = np.zeros(1, dtype=np.uint64)
    words = np.concatenate([*(words for _, words in laid), control])
    return MaskedEstimates(tuple(layout for layout, _ in laid), sessions.hide(question.study_hash, question.session, words))


def check_sets(sessions: MaskedSessions, question: Question, batch: Batch | None = None) -> None:
    """Raise EQ-GUARD-012 where the sets of sites that a question adds over could be set against earlier ones."""
    without = {part.view.without for part in batch.questions if part.view.without} if batch else set()
    sessions.ask_over(question.study_hash, question.session, sorted(without))


def totals(question: Question, counted: CohortCount | None, door: Door) -> CohortTotals:
    """What the site counted, through the door. Raises EQ-SITE-002 when nothing was counted yet."""
    if counted is None:
        raise NO_STUDY.error("totals are told after prepare or count")
    summary = release(_totals(counted), door, Purpose(question.study_hash, question.number, "totals", (CohortTotals,)))
    assert isinstance(summary, CohortTotals)  # noqa: S101 - a declared type, as the door has checked
    return summary


def _totals(counted: CohortCount) -> CohortTotals:
    steps = [[step.n, step.n_target, step.n_comparator] for step in counted.attrition]
    return CohortTotals(
        attrition=np.array(steps, dtype=np.int64).reshape(-1, 3),
        code_records=np.array([found.records for found in counted.code_report], dtype=np.int64),
        sessions=np.array(counted.sessions.counts if counted.sessions else (), dtype=np.int64),
    )


def silent(prepared: Prepared) -> Prepared:
    """What a site that shares sums only says of its cohort when it is ready: steps and code sets, no number of persons."""
    nothing = np.zeros_like(prepared.attrition), np.zeros_like(prepared.code_records)
    return replace(prepared, attrition=nothing[0], code_records=nothing[1], anyone=True)

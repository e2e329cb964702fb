"""A site's answer about its index sessions."""

from __future__ import annotations

import numpy as np

from equipoise.engine.session_report import SessionReport
from equipoise.guard.release import Door, Purpose, release
from equipoise.network.site.errors import NO_STUDY
from equipoise.network.wire.codec import encode
from equipoise.network.wire.messages import Question
from equipoise.network.wire.sessions import NotObservable, SessionsTold, SessionSummary


def tell_sessions(question: Question, report: SessionReport | None, door: Door) -> SessionsTold:
    """The counts, through the door; none where they must be masked (see `totals`).

    Raises EQ-SITE-002 when nothing was counted yet, or the study has no sessions.
    """
    if report is None:
        raise NO_STUDY.error("sessions are told after prepare or count, for a study whose index is a session")
    left_out = tuple(NotObservable(one.site, one.treatments) for one in report.left_out)
    if door.policy.masked:
        return SessionsTold(b"", left_out)
    summary = SessionSummary(np.array(report.counts, dtype=np.int64))
    purpose = Purpose(question.study_hash, question.number, "sessions", (SessionSummary,))
    return SessionsTold(encode(release(summary, door, purpose)), left_out)

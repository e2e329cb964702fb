"""How index sessions were classified: treatments that share a billing code, and what tells them apart at each site."""

from __future__ import annotations

from equipoise.report.tables.table import Column, ShownTable, Table, as_percent, shown
from equipoise.results.study_result import StudyResult

EVERYWHERE = "all sites"
NOTE = (
    "One session a patient: the index session, in the study period. Evidenced: evidence of one treatment. Both: evidence of several, taken "
    "for the one named where its deciding evidence is there. Probable: weak evidence of one, and evidence of none. Deciding: the evidence "
    "that settles the question, of whatever tier. Shares are of all sessions there."
)


def sessions_table(result: StudyResult) -> Table:
    """Index sessions by class; the network first, then the sites whose counts may be shown."""
    columns = (
        Column("site", "Site"),
        Column("class", "Class"),
        Column("treatment", "Taken for"),
        Column("n", "Patients", numeric=True),
        Column("share", "Share", numeric=True, show=as_percent),
    )
    rows = tuple((row.site or EVERYWHERE, row.what, row.treatment, row.n, row.share) for row in result.sessions)
    return Table("sessions", "How index sessions were classified", columns, rows)


def shown_sessions(result: StudyResult) -> ShownTable | None:
    """The table on the page; None for a study without sessions."""
    return shown(sessions_table(result), note=NOTE) if result.sessions else None

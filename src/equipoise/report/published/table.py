"""The table of claims in a report: each sentence, its numbers, and what this run found."""

from __future__ import annotations

from equipoise.report.published.found import Line, answers, published
from equipoise.report.tables.table import ShownRow, ShownTable
from equipoise.results.study_result import StudyResult
from equipoise.study.model import Claim

MARKS = {"verified": "read in its source", "not verified": "not checked against its source"}
NO_OUTCOME = "No outcome of this study is named for it."
NOTE = (
    "A run answers a sentence with the same outcome, measure and arms, under each of its analyses. Agreement of numbers is no proof of "
    "either, and a published p-value says nothing of what it was compared with unless the sentence does."
)


def shown_claims(result: StudyResult) -> ShownTable | None:
    """The table, or None when the study has no claims."""
    claims = result.study.claims
    if not claims:
        return None
    rows = tuple(
        ShownRow((claim.words, said(claim), cell(claim, answers(claim, result.records, result.study.analysis.main)))) for claim in claims
    )
    heads = ("Sentence", "As published", "This run found")
    return ShownTable("table-claims", "Each sentence of the abstract beside what this run found", heads, (False,) * 3, rows, NOTE)


def said(claim: Claim) -> str:
    """The published numbers, and whether somebody read them in their source."""
    return f"{published(claim)}\n({MARKS[claim.status]})".strip()


def cell(claim: Claim, lines: tuple[Line, ...]) -> str:
    """Lines of answers as the text of one cell."""
    if claim.outcome is None:
        return NO_OUTCOME
    return "\n".join(f"{line.label}: {line.text}" if line.label else line.text for line in lines)

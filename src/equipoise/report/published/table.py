"""The table of claims in a report: each sentence, its numbers, and what this run found."""

from __future__ import annotations

from equipoise.report.published.found import Line, Sentence, answers, published, sentences
from equipoise.report.tables.table import ShownRow, ShownTable
from equipoise.results.records import Record
from equipoise.results.study_result import StudyResult

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
    main = result.study.analysis.main
    rows = tuple(ShownRow((one.words, said(one), cell(one, result.records, main))) for one in sentences(claims))
    heads = ("Sentence", "As published", "This run found")
    return ShownTable("table-claims", "Each sentence of the abstract beside what this run found", heads, (False,) * 3, rows, NOTE)


def said(sentence: Sentence) -> str:
    """The published numbers, each once, and whether somebody read them in their source."""
    numbers = dict.fromkeys(text for claim in sentence.claims if (text := published(claim)))
    status = "verified" if all(claim.status == "verified" for claim in sentence.claims) else "not verified"
    return "\n".join([*numbers, f"({MARKS[status]})"])


def cell(sentence: Sentence, records: tuple[Record, ...], main: str) -> str:
    """What the records say to a sentence, one line an answer; the outcome's name before it where there are several."""
    asked = [claim for claim in sentence.claims if claim.outcome is not None]
    if not asked:
        return NO_OUTCOME
    several = len(asked) > 1
    lines = [(claim, line) for claim in asked for line in answers(claim, records, main)]
    return "\n".join(_text(claim.outcome if several else None, line) for claim, line in lines)


def _text(outcome: str | None, line: Line) -> str:
    return ": ".join(part for part in (outcome, line.label, line.text) if part)

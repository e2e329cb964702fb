"""The table of claims in a report: each sentence, its numbers, and what this run found."""

from __future__ import annotations

from equipoise.report.published.found import NO_ANSWER, PLAIN, Line, Sentence, answers, higher, published, sentences
from equipoise.report.published.words import Names, names_of
from equipoise.report.tables.table import ShownRow, ShownTable
from equipoise.results.records import Record
from equipoise.results.study_result import StudyResult
from equipoise.study.model import Claim
from equipoise.study.model.claims import CLAIM_MEASURES_OF_ONE_ARM

MARKS = {"verified": "read in its source", "not verified": "not checked against its source"}
MANY, SILENT = 3, (NO_ANSWER, "not shown", "not estimated")
"""Outcomes of one sentence; of more, only the main adjustment is told."""
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
    rows = tuple(ShownRow((one.words, said(one), cell(one, result.records, main, names_of(result)))) for one in sentences(claims))
    heads = ("Sentence", "As published", "This run found")
    return ShownTable("table-claims", "Each sentence of the abstract beside what this run found", heads, (False,) * 3, rows, NOTE)


def said(sentence: Sentence) -> str:
    """The published numbers, each once, and whether somebody read them in their source."""
    numbers = dict.fromkeys(text for claim in sentence.claims if (text := published(claim)))
    status = "verified" if all(claim.status == "verified" for claim in sentence.claims) else "not verified"
    return "\n".join([*numbers, f"({MARKS[status]})"])


def cell(sentence: Sentence, records: tuple[Record, ...], main: str, names: Names = PLAIN) -> str:
    """What the records say to a sentence, one line an answer; the outcome's name before it where there are several."""
    asked = [claim for claim in sentence.claims if claim.outcome is not None]
    if not asked:
        return NO_OUTCOME
    outcomes = dict.fromkeys(claim.outcome for claim in asked if claim.outcome is not None)
    lines = [(claim, line) for claim in asked for line in answers(claim, records, main, names)]
    if len(outcomes) > MANY:
        return "\n".join([*_counted(asked, records, main), *_main_only(lines, names)])
    return "\n".join(_text(names.outcome(claim.outcome or "") if len(asked) > 1 else None, line) for claim, line in lines)


def _counted(claims: list[Claim], records: tuple[Record, ...], main: str) -> list[str]:
    """One line: in how many comparisons the claim's arm has more, and in how many of these chance alone would seldom do it."""
    first = claims[0]
    if first.direction is None or first.arm is None or first.comparator is None:
        return []
    found = [verdict for claim in claims if (verdict := higher(claim, records, main)) is not None]
    if not found:
        return [f"None of the {len(claims)} comparisons could be estimated."]
    more, sure = sum(above for above, _ in found), [above for above, certain in found if certain]
    text = f"{first.arm} higher than {first.comparator} in {more} of {len(found)} comparisons"
    text += f", not estimated in {len(claims) - len(found)}" if len(found) < len(claims) else ""
    if first.measure not in CLAIM_MEASURES_OF_ONE_ARM:
        text += f"; the interval leaves out no difference in {sum(sure)} of the higher and in {len(sure) - sum(sure)} of the lower"
    return [f"{text}. No correction for so many comparisons."]


def _main_only(lines: list[tuple[Claim, Line]], names: Names) -> list[str]:
    """The main adjustment's first line of each claim; those without an answer are named together at the end."""
    first: dict[tuple[str | None, str | None], tuple[str, Line]] = {}
    for claim, line in lines:
        if line.main or line.text == NO_ANSWER:
            first.setdefault((claim.outcome, claim.analysis), (names.outcome(claim.outcome or ""), line))
    told = [(name, line) for name, line in first.values() if not any(words in line.text for words in SILENT)]
    silent = dict.fromkeys(name for name, line in first.values() if any(words in line.text for words in SILENT))
    without = [f"Not shown, not estimated or not asked: {', '.join(silent)}."] if silent else []
    if not told:
        return without
    label, who = told[0][1].label, _who(told[0][1].text)
    shared = who if all(_who(line.text) == who for _, line in told) else ""
    texts = [f"{name}: {'' if line.label == label else f'{line.label}: '}{line.text.removesuffix(shared)}" for name, line in told]
    return [f"{label}{shared}:", *texts, *without]


def _who(text: str) -> str:
    """Who is compared with whom, where a text ends with it in brackets."""
    start = text.rfind(" (")
    return text[start:] if start >= 0 and " against " in text[start:] else ""


def _text(outcome: str | None, line: Line) -> str:
    return ": ".join(part for part in (outcome, line.label, line.text) if part)

"""What a run answers to a sentence: a verdict in words, a small table of what there is, and one line of what there is not."""

from __future__ import annotations

from dataclasses import dataclass

from equipoise.report.published.found import Entry, Sentence, by_day, entries, published, sentences
from equipoise.report.published.verdict import NOTHING_SHOWN, is_shown, verdict
from equipoise.report.published.words import PLAIN, Names, names_of
from equipoise.report.tables.table import ShownRow, ShownTable
from equipoise.report.wording import ABSENT, adjustment_label, lowered, measure_label
from equipoise.results.analyses import APART
from equipoise.results.records import Record
from equipoise.results.study_result import StudyResult

MARKS = {"verified": "read in its source", "not verified": "not checked against its source"}
NO_OUTCOME = "No outcome of this study is named for it."
MANY, MOST_COLUMNS = 3, 5
"""Places up to which every adjustment is told, beyond which one is; and analyses that may stand side by side."""
MOST_ADJUSTED = ("weights and covariates", "covariates", "weights", "crude")
"""Where the main adjustment is missing: the first of these that there is."""
NOTE = (
    "A run answers a sentence with the same outcome, measure and arms, under each of its analyses. Agreement of numbers is no proof of "
    "either, and a published p-value says nothing of what it was compared with unless the sentence does."
)


@dataclass(frozen=True, slots=True)
class Answer:
    """words: the sentence. said: its published numbers, a line each, and whether somebody read them. silent: what is not shown."""

    words: str
    said: str
    verdict: str
    table: ShownTable | None = None
    silent: str = ""

    @property
    def lines(self) -> str:
        """All of it as lines of text, for a cell beside another's."""
        table = self.table
        rows = [_row_in_words(table, row) for row in table.rows] if table else []
        return "\n".join(part for part in (self.verdict, *([f"{table.caption}:"] if table else []), *rows, self.silent) if part)


def shown_claims(result: StudyResult) -> tuple[Answer, ...]:
    """An answer to every sentence; none when the study has no claims."""
    names, main = names_of(result), result.study.analysis.main
    said = sentences(result.study.claims or ())
    return tuple(answer(one, result.records, main, names, number) for number, one in enumerate(said, 1))


def answer(sentence: Sentence, records: tuple[Record, ...], main: str, names: Names = PLAIN, number: int = 1) -> Answer:
    """What the records say to one sentence; `number` makes the table's id."""
    asked = [claim for claim in sentence.claims if claim.outcome is not None]
    if not asked:
        return Answer(sentence.words, said_of(sentence), NO_OUTCOME)
    found = _chosen([entry for claim in asked for entry in entries(claim, records)], main)
    shown = [entry for entry in found if is_shown(entry)]
    table = _table(shown, names, f"table-claim-{number}") if shown else None
    places = {entry.place for entry in shown}
    hidden = list(dict.fromkeys(entry.place for entry in found if entry.place not in places))
    named = [_place_label(place, names, (*_varying([entry.place for entry in found])[:3], False)) for place in hidden]
    missing = dict.fromkeys(c.outcome for c in asked if c.outcome and not any(e.claim is c for e in found))
    named += [names.outcome(outcome) for outcome in missing]
    silent = f"Not shown, not estimated or not asked: {'; '.join(dict.fromkeys(named))}." if named and shown else ""
    return Answer(sentence.words, said_of(sentence), verdict(asked, shown, records, main) if found else NOTHING_SHOWN, table, silent)


def said_of(sentence: Sentence) -> str:
    """The published numbers, each once, and whether somebody read them in their source."""
    numbers = dict.fromkeys(text for claim in sentence.claims if (text := published(claim)))
    status = "verified" if all(claim.status == "verified" for claim in sentence.claims) else "not verified"
    return "\n".join([*numbers, f"({MARKS[status]})"])


def _chosen(found: list[Entry], main: str) -> list[Entry]:
    """All adjustments of few places, the main one first; of many places the main adjustment, or the one that adjusts most."""
    by_place: dict[tuple[str, str, str, float | None], list[Entry]] = {}
    for entry in found:
        by_place.setdefault(entry.place, []).append(entry)
    rank = {main: 0, "crude": 1} if len(by_place) <= MANY else {name: place for place, name in enumerate((main, *MOST_ADJUSTED))}
    chosen = []
    for several in by_place.values():
        ordered = sorted(several, key=lambda entry: rank.get(entry.adjustment, len(rank)))
        chosen += [e for e in ordered if len(by_place) <= MANY or e.adjustment == ordered[0].adjustment]
    return chosen


def _varying(places: list[tuple[str, str, str, float | None]]) -> tuple[bool, ...]:
    """Which of outcome, analysis, population and day tell the places apart."""
    return tuple(len(set(parts)) > 1 for parts in zip(*places, strict=True))


def _place_label(place: tuple[str, str, str, float | None], names: Names, varying: tuple[bool, ...]) -> str:
    outcome, analysis, population, day = place
    parts = [names.outcome(outcome)] if varying[0] else []
    parts += [names.analysis(analysis)] if varying[1] or analysis in APART or (analysis in names.analyses and not varying[0]) else []
    parts += [population] if population not in ("all", "") else []
    parts += [by_day(day)] if varying[3] and day is not None else []
    label = ", ".join(parts) or names.outcome(outcome)
    return label[:1].upper() + label[1:]


def _table(shown: list[Entry], names: Names, identity: str) -> ShownTable:
    """Rows are places, and adjustments where there are several; analyses of one measure of several outcomes stand side by side."""
    analyses = list(dict.fromkeys(entry.record.analysis for entry in shown))
    outcomes, measures = {entry.record.outcome for entry in shown}, {entry.record.measure for entry in shown}
    beside = len(outcomes) > 1 and len(measures) == 1 and 1 < len(analyses) <= MOST_COLUMNS and shown[0].record.comparator is not None
    varying = _varying([entry.place for entry in shown])
    several = len({entry.adjustment for entry in shown}) > 1
    rows: dict[tuple[str, ...], dict[tuple[str, str], str]] = {}
    heads: dict[tuple[str, str], str] = {}
    for entry in shown:
        if beside and entry.column[1] == "p":
            continue
        outcome, analysis, population, day = entry.place
        place = (outcome, "" if beside else analysis, population, day)
        label = _place_label(place, names, (True, False, *varying[2:]) if beside else varying)
        label = ", ".join([label] * (not several or any(varying)) + [_adjusted(entry, any(varying))] * several)
        column = (analysis, "") if beside else entry.column
        heads.setdefault(column, names.analysis(analysis)[:1].upper() + names.analysis(analysis)[1:] if beside else entry.head)
        rows.setdefault((label,), {}).setdefault(column, entry.text)
    caption = _caption(shown, beside=beside, several=several)
    body = tuple(ShownRow((*label, *(cells.get(column, ABSENT) for column in heads))) for label, cells in rows.items())
    first = "Outcome" if len(outcomes) > 1 else "Adjustment" if several and not any(varying) else "Analysis"
    return ShownTable(identity, caption, (first, *heads.values()), (False, *[True] * len(heads)), body)


def _adjusted(entry: Entry, inside: bool) -> str:
    label = adjustment_label(entry.adjustment)
    return lowered(label) if inside else label


def _caption(shown: list[Entry], *, beside: bool, several: bool) -> str:
    """What all numbers of the table share: measure, adjustment, arms."""
    first = shown[0]
    parts = [measure_label(first.record.measure)] if beside else ["Intervals in brackets"]
    parts += [] if several else [lowered(adjustment_label(first.adjustment))]
    pairs = {(entry.record.target, entry.record.comparator) for entry in shown}
    parts += [f"{first.record.target} against {first.record.comparator}"] if len(pairs) == 1 and first.record.comparator else []
    return ", ".join(parts)


def _row_in_words(table: ShownTable, row: ShownRow) -> str:
    cells = [(head, cell) for head, cell in zip(table.heads[1:], row.cells[1:], strict=True) if cell != ABSENT]
    told = [f"p {'' if cell[:1] in '<>' else '= '}{cell}" if head.startswith("p") else _under(head, cell, table) for head, cell in cells]
    return f"{row.cells[0]}: {', '.join(told)}"


def _under(head: str, cell: str, table: ShownTable) -> str:
    return cell if sum(not one.startswith("p") for one in table.heads[1:]) == 1 else f"{lowered(head)} {cell}"

"""Outcomes: death, the first record of a code set in a risk window, or a laboratory value (`labs.py`)."""

from __future__ import annotations

import re

from equipoise.study.errors import OUT_OF_RANGE, OUTCOME_BEFORE_FOLLOW_UP
from equipoise.study.grammar.criteria import in_words, set_in_words
from equipoise.study.grammar.events.composites import (
    ALL_OF,
    AT_LEAST,
    OF,
    OPTIONS,
    REPORT_AT,
    CountedRecord,
    composite_of,
    counted_key,
    sets_of,
)
from equipoise.study.grammar.labs import LAB, SCORE
from equipoise.study.grammar.shapes.desk import Desk
from equipoise.study.grammar.shapes.phrases import COUNT, DAYS, NAMES, Form, Sentence, names_in
from equipoise.study.grammar.shapes.records import ByName, Entry, Field, Headed, Record
from equipoise.study.grammar.shapes.tree import Mapping, Node
from equipoise.study.grammar.shapes.values import Choice, OneOrMore, Schema, SetName, Shape, Text, Turned, Whole
from equipoise.study.grammar.shapes.windows import FARTHEST, WindowShape, checked_window, whole_days
from equipoise.study.model import DeathOutcome, EventOutcome, FollowUp, Outcome, Window

ANY_TIME_BEFORE = 36_525
"""Days of a washout of `any time before`: a hundred years."""


def outcome_label(name: str) -> str:
    """The words of an outcome without a label."""
    return "Overall survival" if name == "os" else in_words(set_in_words(name))


def _death(_match: re.Match[str], node: Node, _desk: Desk) -> Outcome:
    return DeathOutcome(name=node.name, label=outcome_label(node.name))


def _first(match: re.Match[str], node: Node, desk: Desk) -> Outcome | None:
    sets = desk.use_sets(dict.fromkeys(names_in(match["sets"])), node)
    window: Window | None = Window(start=1)
    if match["start"] is not None:
        said = checked_window(int(match["start"]), int(match["end"]), node, desk)
        window = None if said is None else not_before_index(said, node, desk)
    washout = None if match["washout"] is None else washout_days(match["washout"], node, desk)
    if not sets or window is None or (match["washout"] is not None and washout is None):
        return None
    return EventOutcome(name=node.name, label=outcome_label(node.name), sets=sets, risk_window=window, washout=washout)


def washout_days(text: str, node: Node, desk: Desk) -> int | None:
    """Days of a washout in words."""
    days = ANY_TIME_BEFORE if text.lower().startswith("any time") else whole_days(text)
    if days is None or not 0 <= days <= FARTHEST:
        return desk.report(OUT_OF_RANGE, f"a washout lasts from 0 to {FARTHEST} days", node)
    return days


def _next_line(_match: re.Match[str], node: Node, desk: Desk) -> Outcome:
    desk.lines_needed.append(node)
    return EventOutcome(name=node.name, label=outcome_label(node.name), sets=(), next_line=True)


_WASHOUT_WORDS = rf"any time before(?: index)?|{COUNT} (?:days?|weeks?|months?|years?)"
OUTCOME_PHRASE: Sentence[Outcome] = Sentence(
    "an outcome",
    (
        Form(r"death", "death", "death of any cause", _death),
        Form(
            r"(?:time to (?:the )?)?next line of therapy",
            "next line of therapy",
            "the first day after the index on which a line of therapy begins, by the rules under `lines`",
            _next_line,
        ),
        Form(
            rf"first (?:record )?(?:of )?(?P<sets>{NAMES})(?:,? in \[ ?(?P<start>{DAYS}) ?, ?(?P<end>{DAYS}) ?\])?"
            rf"(?:,? ?(?:with )?washout (?:of )?(?P<washout>{_WASHOUT_WORDS}))?",
            "first gi_bleed in [1, 90], washout 180 days",
            "the first record in these days after the index; persons with a record in the washout before it are left out",
            _first,
        ),
    ),
)


def not_before_index(window: Window, node: Node, desk: Desk) -> Window | None:
    """The risk window, unless it reaches before the index day."""
    if window.start is None or window.start < 0:
        start = "has no start" if window.start is None else f"starts on day {window.start}"
        return desk.report(OUTCOME_BEFORE_FOLLOW_UP, f"the risk window of `{node.name}` {start}, before the index day", node)
    return window


class Washout(Shape[int]):
    """Days, or `any time before`."""

    def read(self, node: Node, desk: Desk) -> int | None:
        """See `Shape.read`."""
        words = Sentence(
            "a washout", (Form(rf"({_WASHOUT_WORDS})", "180 days", "how long before", lambda m, at, d: washout_days(m[1], at, d)),)
        )
        number = getattr(node, "value", None)
        return Whole(0, FARTHEST).read(node, desk) if isinstance(number, int | float) else words.read(node, desk)

    def schema(self) -> Schema:
        """See `Shape.schema`."""
        return {"anyOf": [Whole(0, FARTHEST).schema(), {"type": "string"}]}


_DEATH = Field("death", Choice(("any cause",)), "Death of any cause.", required=True, example="any cause")
_FIRST = Field("first of", OneOrMore(SetName()), "The first record of any of these sets.", required=True, example="gi_bleed")
_RISK = Field(
    "risk window",
    Turned(WindowShape(), lambda window, node, desk: not_before_index(window, node, desk)),
    "Days in which the outcome counts; from day 1 to the end of follow-up when left out.",
    example=[1, 90],
)
_WASHOUT = Field(
    "washout",
    Washout(),
    "Persons with a record in so many days before the risk window, the index day included, are left out of this outcome. "
    "`any time before` looks back a hundred years.",
    example="180 days",
)
_LABEL = Field("label", Text(), "The name of the outcome in tables and figures.", example="Gastrointestinal bleed")


_NEXT_LINE = Field(
    "next line of therapy",
    Choice(("after index",)),
    "The first line of therapy that begins in the risk window.",
    required=True,
    example="after index",
)


def _next_line_long(entry: Entry) -> Outcome | None:
    entry.desk.lines_needed.append(entry.at(_NEXT_LINE))
    if not entry.whole:
        return None
    given, name = entry.given(risk_window=_RISK, report_at=REPORT_AT), entry.node.name
    return EventOutcome(name=name, label=entry.get(_LABEL) or outcome_label(name), sets=(), next_line=True, **given)


def _labelled_death(entry: Entry) -> Outcome | None:
    name = entry.node.name
    if not entry.whole:
        return None
    return DeathOutcome(name=name, label=entry.get(_LABEL) or outcome_label(name), **entry.given(report_at=REPORT_AT))


def _event(entry: Entry) -> Outcome | None:
    if not entry.whole:
        return None
    name = entry.node.name
    given = entry.given(risk_window=_RISK, washout=_WASHOUT, report_at=REPORT_AT)
    return EventOutcome(name=name, label=entry.get(_LABEL) or outcome_label(name), sets=entry.need(_FIRST), **given)


def _composite(entry: Entry) -> Outcome | None:
    if not entry.whole:
        return None
    head = ALL_OF if ALL_OF.key in entry.values else OF
    members = entry.need(head)
    made = composite_of(entry, members, entry.get(AT_LEAST) or len(members), head)
    name = entry.node.name
    given = entry.given(risk_window=_RISK, washout=_WASHOUT, report_at=REPORT_AT)
    return EventOutcome(name=name, label=entry.get(_LABEL) or outcome_label(name), sets=sets_of(members), composite=made, **given)


_ALWAYS = (_RISK, _WASHOUT, REPORT_AT, _LABEL)
_HEADED: Headed[Outcome] = Headed(
    (
        Record((_DEATH, REPORT_AT, _LABEL), _labelled_death, "Death, with a label."),
        Record((_NEXT_LINE, _RISK, REPORT_AT, _LABEL), _next_line_long, "The next line of therapy."),
        Record((_FIRST, *_ALWAYS), _event, "The first record of a code set."),
        Record((ALL_OF, *OPTIONS, *_ALWAYS), _composite, "A composite: all members are met."),
        SCORE,
        CountedRecord(
            (OF, AT_LEAST, *OPTIONS, *_ALWAYS),
            _composite,
            "A composite: `at least 2 of: [fever, pain, nausea]`, with any number; the day is that on which the last needed one is met.",
        ),
        LAB,
    ),
    otherwise=OUTCOME_PHRASE,
    wanted="a phrase, or keys with `first of`, `all of`, `at least 2 of`, `lab` or `score`",
)


class AnyOutcome(Shape[Outcome]):
    """An outcome in words or in keys."""

    def read(self, node: Node, desk: Desk) -> Outcome | None:
        """See `Shape.read`."""
        return _HEADED.read(counted_key(node), desk)

    def schema(self) -> Schema:
        """See `Shape.schema`."""
        return _HEADED.schema()


OUTCOME: Shape[Outcome] = AnyOutcome()
OUTCOMES: ByName[Outcome] = ByName(OUTCOME)


def check_risk_windows(node: Node, follow: FollowUp, desk: Desk, outcomes: tuple[Outcome, ...]) -> None:
    """Report each outcome whose risk window begins before the follow-up does, or after it ended.

    Where follow-up begins on day 1, a risk window may hold the index day: an event of the procedure's own day counts half a day.
    """
    places = {pair.key: pair.value for pair in node.pairs} if isinstance(node, Mapping) else {}
    for outcome in outcomes:
        if not isinstance(outcome, EventOutcome):
            continue
        window = outcome.risk_window
        at = places.get(outcome.name, node)
        at = next((pair.value for pair in at.pairs if pair.key == "risk window"), at) if isinstance(at, Mapping) else at
        from_index = window.start == 0 and follow.start_day == 1
        if window.start is None or (window.start < follow.start_day and not from_index):
            start = f"starts on day {window.start}"
            desk.report(
                OUTCOME_BEFORE_FOLLOW_UP, f"the risk window of `{outcome.name}` {start}; follow-up begins on day {follow.start_day}", at
            )
        elif window.start > follow.max_days:
            desk.report(OUTCOME_BEFORE_FOLLOW_UP, f"the risk window of `{outcome.name}` starts after day {follow.max_days}, the last", at)

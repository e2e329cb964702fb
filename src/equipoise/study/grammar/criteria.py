"""Criteria: who belongs. Each says itself in words fit for a flow diagram."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from equipoise.kernel.errors import closest
from equipoise.study.errors import CONTRADICTORY_BOUNDS, IMPOSSIBLE_COUNT, MISSING_KEY, NO_WINDOW, OUT_OF_RANGE
from equipoise.study.grammar.set_phrases import SET_EXAMPLES, read_set_phrase
from equipoise.study.grammar.shapes.desk import Desk, Spot
from equipoise.study.grammar.shapes.phrases import COUNT, Form, Sentence
from equipoise.study.grammar.shapes.records import Entry, Field, Headed, Record
from equipoise.study.grammar.shapes.tree import Mapping, Node, Scalar
from equipoise.study.grammar.shapes.values import Choice, Defined, ListOf, OneOrMore, Schema, SetName, Shape, Text, Whole, wrong_type
from equipoise.study.grammar.shapes.windows import DAYS_FIELD_LIMIT, DURATIONS, WindowShape
from equipoise.study.model import (
    AgeCriterion,
    AllOf,
    AnyOf,
    Criterion,
    EventCriterion,
    LinesCriterion,
    Not,
    PriorObservation,
    SexCriterion,
    Window,
)


@dataclass(frozen=True, slots=True)
class Said:
    """A criterion with its words."""

    criterion: Criterion
    words: str
    labelled: bool = False
    """True when the user gave the words as a label."""
    of_set: bool = False
    """True for the records of one code set: `No <words>` denies it."""


def in_words(text: str) -> str:
    """A phrase as a flow diagram shows it: underscores away, first letter large, typographer's signs."""
    text = " ".join(text.replace(">=", "≥").replace("<=", "≤").split())
    return text[:1].upper() + text[1:]


def set_in_words(name: str) -> str:
    """A name as words."""
    return name.replace("_", " ")


# --- age, sex, observation -------------------------------------------------------------------------------------------

OLDEST = 150


def _age(low: int | None, high: int | None) -> Callable[[re.Match[str], Node, Desk], Said | None]:
    def build(match: re.Match[str], node: Node, desk: Desk) -> Said | None:
        numbers = [int(group) for group in match.groups() if group is not None]
        at_least = None if low is None else numbers[0] + low
        at_most = None if high is None else numbers[-1] + high
        if max(numbers) > OLDEST:
            return desk.report(OUT_OF_RANGE, f"an age lies between 0 and {OLDEST} years", node)
        if at_least is not None and at_most is not None and at_least > at_most:
            return desk.report(CONTRADICTORY_BOUNDS, f"no age lies between {at_least} and {at_most}", node)
        return Said(AgeCriterion(at_least=at_least, at_most=at_most), in_words(match[0]))

    return build


def _sex(match: re.Match[str], _node: Node, _desk: Desk) -> Said:
    sex: Literal["female", "male"] = "female" if match[1].lower() == "female" else "male"
    return Said(SexCriterion(sex=sex), f"Sex: {sex}")


def _observed(match: re.Match[str], node: Node, desk: Desk) -> Said | None:
    days = DURATIONS.read(Scalar(" ".join(match.groups()[-2:]), node.line, node.path, node.name, False), desk)
    return None if days is None else Said(PriorObservation(days=days), in_words(match[0]))


def _observed_both(match: re.Match[str], node: Node, desk: Desk) -> Said | None:
    before, after = -int(match[1]), int(match[2])
    if before < 0 or after < 0 or max(before, after) > DAYS_FIELD_LIMIT:
        return desk.report(OUT_OF_RANGE, "observation runs from a day before the index to a day after it, such as [-365, 30]", node)
    return Said(PriorObservation(days=before, after=after), in_words(match[0]))


_A = r"age(?: at index)?"
_N = rf"({COUNT})"
_SPAN = rf"{_N} (days?|weeks?|months?|years?)"
PERSON_PHRASES: Sentence[Said] = Sentence(
    "a criterion",
    (
        Form(rf"{_A} (?:>=|is at least|at least) {_N}(?: years)?", "age at index >= 18", "whole years at the index date", _age(0, None)),
        Form(rf"{_A} (?:<=|is at most|at most) {_N}(?: years)?", "age at index <= 75", "whole years at the index date", _age(None, 0)),
        Form(rf"{_A} (?:>|above|over) {_N}(?: years)?", "age at index > 17", "the same as >= 18", _age(1, None)),
        Form(rf"{_A} (?:<|below|under) {_N}(?: years)?", "age at index < 76", "the same as <= 75", _age(None, -1)),
        Form(rf"{_A} (?:between |is |from )?{_N} (?:to|and|-) {_N}(?: years)?", "age at index 18 to 75", "both included", _age(0, 0)),
        Form(r"(?:sex(?: is)? )?(female|male)", "female", "sex as recorded: female or male", _sex),
        Form(
            rf"prior observation (?:>=|of at least|at least) {_SPAN}",
            "prior observation >= 365 days",
            "the observation period that holds the index date began at least so long before it",
            _observed,
        ),
        Form(
            r"observed in \[ ?(-?\d{1,6}) ?, ?(\d{1,6}) ?\]",
            "observed in [-365, 30]",
            "one observation period holds all these days",
            _observed_both,
        ),
    ),
)

# --- numbers of records, dates, sets ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class HowMany:
    """Bounds of a count, both included."""

    at_least: int
    at_most: int | None


def _how_many(low: int | None, high: int | None) -> Callable[[re.Match[str], Node, Desk], HowMany | None]:
    def build(match: re.Match[str], node: Node, desk: Desk) -> HowMany | None:
        numbers = [int(group) for group in match.groups() if group is not None] or [0]
        count = HowMany(0 if low is None else numbers[0], None if high is None else numbers[-1])
        if count.at_most is None and count.at_least == 0:
            return desk.report(IMPOSSIBLE_COUNT, "everybody has at least 0", node)
        if count.at_most is not None and count.at_least > count.at_most:
            return desk.report(IMPOSSIBLE_COUNT, f"nobody has at least {count.at_least} and at most {count.at_most}", node)
        return count

    return build


HOW_MANY: Sentence[HowMany] = Sentence(
    "a number",
    (
        Form(rf"(?:between )?{_N} (?:to|and) {_N}", "1 to 3", "both included", _how_many(0, 0)),
        Form(rf"(?:>=|at least) {_N}", "at least 2", "that many or more", _how_many(0, None)),
        Form(rf"(?:<=|at most) {_N}", "at most 3", "that many or fewer", _how_many(None, 0)),
        Form(rf"exactly {_N}", "exactly 1", "that many", _how_many(0, 0)),
        Form(r"none", "none", "not one", _how_many(None, 0)),
    ),
)

SETS = OneOrMore(SetName())
WINDOW = Field("window", WindowShape(), "The days in which records count.", required=True, example="any time up to index")
NUMBER = Field("number", HOW_MANY, "How many there must be; `at least 1` when left out.", example="1 to 3")
APART = Field("days apart", Whole(1, DAYS_FIELD_LIMIT), "Two records must lie at least so many days apart.", example=30)
LABEL = Field("label", Text(), "What the flow diagram shows instead of the phrase.", example="One to three prior drug classes")


def _counted(key: str, count: Literal["records", "dates", "sets"], says: str) -> Record[Said]:
    head = Field(key, SETS, says, required=True, example=["drug_a", "drug_b"])
    fields = (head, WINDOW, NUMBER, LABEL) if count != "records" else (head, WINDOW, NUMBER, APART, LABEL)
    return Record(fields, lambda entry: _count_criterion(entry, head, count), f"{says} The long form, for several sets at once.")


def _count_criterion(entry: Entry, head: Field[tuple[str, ...]], count: Literal["records", "dates", "sets"]) -> Said | None:
    if not entry.whole:
        return None
    sets, window = entry.need(head), entry.need(WINDOW)
    apart = entry.get(APART) or 0
    many = entry.get(NUMBER) or HowMany(2 if apart else 1, None)
    if count == "sets" and many.at_least > len(set(sets)):
        return entry.desk.report(IMPOSSIBLE_COUNT, f"of {len(set(sets))} sets there cannot be {many.at_least}", entry.at(NUMBER))
    if apart and many != HowMany(2, None):
        return entry.desk.report(
            IMPOSSIBLE_COUNT, "`days apart` is for two records: leave `number` out, or say at least 2", entry.at(NUMBER)
        )
    criterion = EventCriterion(sets=sets, window=window, at_least=many.at_least, at_most=many.at_most, count=count, days_apart=apart)
    label = entry.get(LABEL)
    words = f"{head.key} {', '.join(map(set_in_words, sets))}, {window_in_words(window)}: {_many_in_words(many)}"
    return Said(criterion, label or in_words(words), label is not None)


def _many_in_words(many: HowMany) -> str:
    if many.at_most is None:
        return f"at least {many.at_least}"
    if many.at_most == 0:
        return "none"
    return f"exactly {many.at_most}" if many.at_least == many.at_most else f"{many.at_least} to {many.at_most}"


def window_in_words(window: Window) -> str:
    """A window as a phrase."""
    fixed = {
        (None, None): "any time",
        (None, 0): "any time up to index",
        (None, -1): "any time before index",
        (1, None): "any time after index",
    }
    return fixed.get((window.start, window.end), f"in [{window.start}, {window.end}]")


# --- a set with a phrase, and combinations ---------------------------------------------------------------------------


class SetWithPhrase(Shape[Said]):
    """`name of a set: phrase`, with an optional label beside it."""

    def read(self, node: Node, desk: Desk) -> Said | None:
        """See `Shape.read`."""
        if not isinstance(node, Mapping):
            return wrong_type(node, desk, "a criterion, such as `female` or `my_set: any time up to index`")
        label = node.find("label")
        pairs = [pair for pair in node.pairs if pair.key != "label"]
        if len(pairs) != 1:
            heads = [record.fields[0].key for record in _ALL.records]
            near = next((found for pair in pairs if (found := closest(pair.key, heads))), None)
            what = f"a criterion is a code set with its phrase, and at most a `label` beside it, or has one of the keys {', '.join(heads)}"
            return desk.report(MISSING_KEY, what, node, near)
        pair = pairs[0]
        words = None if label is None else LABEL.shape.read(label.value, desk)
        sets = desk.use_sets([pair.key], Spot(pair.line, pair.value.path))
        criterion = read_set_phrase(pair.value, (pair.key,), desk)
        if sets is None or criterion is None or (label is not None and words is None):
            return None
        if not criterion.window_given:
            return desk.report(NO_WINDOW, f"`{pair.key}` does not say when", pair.value)
        said = words or in_words(f"{set_in_words(pair.key)}: {criterion.text}")
        return Said(criterion.criterion, said, words is not None, of_set=True)

    def schema(self) -> Schema:
        """See `Shape.schema`."""
        return {
            "type": "object",
            "description": "A code set with a phrase: " + "; ".join(SET_EXAMPLES),
            "properties": {"label": LABEL.schema()},
            "additionalProperties": {"type": "string", "examples": list(SET_EXAMPLES)},
            "propertyNames": {"not": {"enum": [record.fields[0].key for record in _ALL.records]}},
            "minProperties": 1,
            "maxProperties": 2,
        }


CRITERION: Defined[Said] = Defined("criterion", lambda: _ALL)
_ANY_OF = Field("any of", ListOf(CRITERION, at_least=2), "At least one of these holds.", required=True)
_ALL_OF = Field("all of", ListOf(CRITERION, at_least=2), "Each of these holds.", required=True)
_NOT = Field("not", CRITERION, "This does not hold.", required=True)
_SEX = Field("sex", Choice(("female", "male")), "Sex as recorded.", required=True, example="female")


def _joined(head: Field[tuple[Said, ...]], kind: type[AnyOf] | type[AllOf]) -> Record[Said]:
    def build(entry: Entry) -> Said | None:
        if not entry.whole:
            return None
        parts, label = entry.need(head), entry.get(LABEL)
        words = f"{in_words(head.key)}: " + "; ".join(part.words for part in parts)
        return Said(kind(criteria=tuple(part.criterion for part in parts)), label or words, label is not None)

    return Record((head, LABEL), build, head.says)


def _negated(entry: Entry) -> Said | None:
    return None if not entry.whole else denied(entry.need(_NOT), entry.get(LABEL))


def denied(said: Said, label: str | None = None) -> Said:
    """The criterion that the other does not hold."""
    words = said.words if said.labelled else f"Not: {said.words[:1].lower()}{said.words[1:]}"
    return Said(Not(criterion=said.criterion), label or words, label is not None or said.labelled)


def _sexed(entry: Entry) -> Said | None:
    if not entry.whole:
        return None
    sex: Literal["female", "male"] = "female" if entry.need(_SEX) == "female" else "male"
    return Said(SexCriterion(sex=sex), entry.get(LABEL) or f"Sex: {sex}", entry.get(LABEL) is not None)


LINES_BEFORE = "lines of therapy before index"
_LINES = Field(
    LINES_BEFORE, HOW_MANY, "Lines of therapy begun before the index day, by the rules under `lines`.", required=True, example="1 to 3"
)


def _lines(entry: Entry) -> Said | None:
    entry.desk.lines_needed.append(entry.at(_LINES))
    if not entry.whole:
        return None
    many, label = entry.need(_LINES), entry.get(LABEL)
    criterion = LinesCriterion(at_least=many.at_least, at_most=many.at_most)
    return Said(criterion, label or in_words(f"{LINES_BEFORE}: {_many_in_words(many)}"), label is not None)


class PhraseOrSet(Shape[Said]):
    """A phrase about the person, or a set with its phrase."""

    def read(self, node: Node, desk: Desk) -> Said | None:
        """See `Shape.read`."""
        return (PERSON_PHRASES if isinstance(node, Scalar) else SetWithPhrase()).read(node, desk)

    def schema(self) -> Schema:
        """See `Shape.schema`."""
        return {"anyOf": [PERSON_PHRASES.schema(), SetWithPhrase().schema()]}


_ALL: Headed[Said] = Headed(
    (
        _joined(_ANY_OF, AnyOf),
        _joined(_ALL_OF, AllOf),
        Record((_NOT, LABEL), _negated, _NOT.says),
        Record((_SEX, LABEL), _sexed, _SEX.says),
        Record((_LINES, LABEL), _lines, _LINES.says),
        _counted("records of", "records", "Records of any of the sets."),
        _counted("dates of", "dates", "Distinct dates with a record of any of the sets."),
        _counted("distinct sets of", "sets", "How many of the sets have a record."),
    ),
    otherwise=PhraseOrSet(),
    named=True,
)

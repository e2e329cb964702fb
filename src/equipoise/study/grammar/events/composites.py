"""Composite outcomes: so many of several members within the risk window, each a record of a set or a value beyond a threshold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Literal, cast

from equipoise.study.errors import CONTRADICTORY_BOUNDS, IMPOSSIBLE_COUNT, OUT_OF_RANGE
from equipoise.study.grammar.shapes.desk import Desk
from equipoise.study.grammar.shapes.phrases import NAMES, NUMBER, Form, Sentence, names_in
from equipoise.study.grammar.shapes.records import Entry, Field, Record
from equipoise.study.grammar.shapes.tree import Mapping, Node, Pair, Scalar, Sequence
from equipoise.study.grammar.shapes.units import unit_is_known
from equipoise.study.grammar.shapes.values import Choice, ListOf, OneOrMore, Schema, SetName, Shape, Turned, Whole
from equipoise.study.grammar.shapes.windows import FARTHEST, WindowShape, whole_days
from equipoise.study.model import Composite, Member, RecordsMember, ValueMember, Without

Comparison = Literal[">", ">=", "<", "<="]
MOST_MEMBERS = 20


def _records(match: re.Match[str], node: Node, desk: Desk) -> Member | None:
    sets = desk.use_sets(dict.fromkeys(names_in(match["sets"])), node)
    return RecordsMember(sets=sets) if sets else None


def _value(match: re.Match[str], node: Node, desk: Desk) -> Member | None:
    sets = desk.use_sets(dict.fromkeys(names_in(match["sets"])), node)
    known = unit_is_known(match["unit"], node, desk)
    low, high = (None if match[side] is None else float(match[side]) for side in ("low", "high"))
    if low is not None and high is not None and low >= high:
        return desk.report(CONTRADICTORY_BOUNDS, f"no value lies between {low:g} and {high:g}", node)
    if not sets or not known:
        return None
    comparison = cast(Comparison, match["sign"])
    return ValueMember(sets=sets, comparison=comparison, threshold=float(match["threshold"]), unit=match["unit"], low=low, high=high)


MEMBER_PHRASE: Sentence[Member] = Sentence(
    "a member of a composite",
    (
        Form(
            rf"value of (?P<sets>{NAMES}) (?P<sign>>=|<=|>|<) ?(?P<threshold>{NUMBER})(?: (?!plausible)(?P<unit>[^\s,]+))?"
            rf"(?:,? plausible (?P<low>{NUMBER}) to (?P<high>{NUMBER}))?",
            "value of bilirubin > 3 mg/dL, plausible 0.05 to 60",
            "a measurement that stands so to the threshold, converted to the unit; implausible ones do not count",
            _value,
        ),
        Form(rf"(?:records? of )?(?P<sets>{NAMES})", "records of [nausea, vomiting]", "a record of any of the sets", _records),
    ),
)


class MemberShape(Shape[Member]):
    """A phrase, or a list of sets that stand for one member."""

    def read(self, node: Node, desk: Desk) -> Member | None:
        """See `Shape.read`."""
        if isinstance(node, Sequence):
            sets = ListOf(SetName()).read(node, desk)
            return RecordsMember(sets=tuple(dict.fromkeys(sets))) if sets else None
        return MEMBER_PHRASE.read(node, desk)

    def schema(self) -> Schema:
        """See `Shape.schema`."""
        return {"anyOf": [MEMBER_PHRASE.schema(), ListOf(SetName()).schema()]}


class Days(Shape[int]):
    """Days, or a length of time in words."""

    def read(self, node: Node, desk: Desk) -> int | None:
        """See `Shape.read`."""
        days = whole_days(node.text) if isinstance(node, Scalar) and isinstance(node.value, str) else None
        if days is None:
            return Whole(0, FARTHEST).read(node, desk)
        return days if days <= FARTHEST else desk.report(OUT_OF_RANGE, f"`{node.name}` is longer than {FARTHEST} days", node)

    def schema(self) -> Schema:
        """See `Shape.schema`."""
        return {"anyOf": [Whole(0, FARTHEST).schema(), {"type": "string", "examples": ["7 days"]}]}


MEMBERS: ListOf[Member] = ListOf(MemberShape(), 1, MOST_MEMBERS)
_RECORDS_OF = Field("records of", OneOrMore(SetName()), "The sets.", required=True, example="biliary_obstruction")
_WITHOUT_WINDOW = Field("window", WindowShape(), "Days of these records; from the index day to the day of the event when left out.")
WITHOUT = Field(
    "without",
    Record(
        (_RECORDS_OF, _WITHOUT_WINDOW),
        lambda entry: Without(sets=entry.need(_RECORDS_OF), window=entry.get(_WITHOUT_WINDOW)) if entry.whole else None,
    ),
    "Whoever has a record of these sets in the window does not have the outcome.",
    example={"records of": "biliary_obstruction"},
)
WITHIN = Field("within", Days(), "The needed members lie at most so many days apart.", example="7 days")
WASHOUT_BY = Field(
    "washout by",
    Choice(("same rule", "any member")),
    "Whom the washout leaves out: those who met the same rule in it, or those with any one member.",
    default="same rule",
    example="any member",
)
ALL_OF = Field("all of", MEMBERS, "Each member is met in the risk window; the day is that of the last.", required=True)
OF = Field("of", MEMBERS, "The members.", required=True, example=["fever", "pain", "nausea"])
AT_LEAST = Field("at least", Whole(1, MOST_MEMBERS), "How many of them.", required=True)
OPTIONS: tuple[Field[Any], ...] = (WITHIN, WITHOUT, WASHOUT_BY)


def composite_of(entry: Entry, members: tuple[Member, ...], at_least: int, head: Field[Any]) -> Composite | None:
    """The composite of a whole entry; None after a report."""
    if at_least > len(members):
        return entry.desk.report(IMPOSSIBLE_COUNT, f"of {len(members)} members there cannot be {at_least}", entry.at(head))
    given = entry.given(within=WITHIN, without=WITHOUT, washout_by=WASHOUT_BY)
    return Composite(members=members, at_least=at_least, **given)


def sets_of(members: tuple[Member, ...]) -> tuple[str, ...]:
    """The sets of all members, each once."""
    return tuple(dict.fromkeys(name for member in members for name in member.sets))


_COUNTED = re.compile(r"at least (\d{1,4}) of")


def counted_key(node: Node) -> Node:
    """A mapping whose key `at least 2 of` is taken apart into `of` and `at least`; any other node as it is."""
    if not isinstance(node, Mapping):
        return node
    return replace(node, pairs=tuple(part for pair in node.pairs for part in _taken_apart(pair)))


def _taken_apart(pair: Pair) -> Iterator[Pair]:
    match = _COUNTED.fullmatch(" ".join(pair.key.split()))
    if match is None:
        yield pair
        return
    value = pair.value
    yield Pair(OF.key, pair.line, value)
    yield Pair(AT_LEAST.key, pair.line, Scalar(match[1], pair.line, value.path, pair.key, True))


class CountedRecord(Record[Any]):
    """A record whose first key is written with its number, `at least 2 of`."""

    def schema(self) -> Schema:
        """See `Shape.schema`."""
        made = super().schema()
        fields = {key: value for key, value in cast(dict[str, object], made["properties"]).items() if key not in (OF.key, AT_LEAST.key)}
        return {**made, "properties": fields, "required": [], "patternProperties": {r"^at least [0-9]+ of$": MEMBERS.schema()}}


REPORT_AT: Field[tuple[int, ...]] = Field(
    "report at",
    Turned(OneOrMore(Days()), lambda days, _node, _desk: tuple(sorted(set(days)))),
    "Days at which risks are reported, instead of those of the analysis.",
    example=[30, 90, 180],
)

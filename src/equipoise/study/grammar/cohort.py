"""The people: period, index event, arms, steps of inclusion and exclusion, follow-up."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from equipoise.study.errors import BAD_ARMS, BAD_DATE, FOLLOW_UP_OPEN, OUT_OF_RANGE, PERIOD_REVERSED, UNREADABLE_PHRASE
from equipoise.study.grammar.criteria import CRITERION, Said, denied
from equipoise.study.grammar.shapes.desk import Desk
from equipoise.study.grammar.shapes.phrases import COUNT, NAMES, Form, Sentence, names_in
from equipoise.study.grammar.shapes.records import ByName, Entry, Field, Headed, Record
from equipoise.study.grammar.shapes.tree import Node
from equipoise.study.grammar.shapes.values import Choice, ListOf, Shape, Turned, Whole
from equipoise.study.grammar.shapes.windows import FARTHEST, whole_days
from equipoise.study.model import Arm, FollowUp, Index, Not, Step

_DATE = r"\d{4}-\d{1,2}-\d{1,2}"


# --- period ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Period:
    """The days on which an index event may lie, both included."""

    start: date
    end: date


def read_date(text: str, node: Node, desk: Desk) -> date | None:
    """A date of the calendar, or a report."""
    try:
        return date(*(int(part) for part in text.split("-")))
    except ValueError:
        return desk.report(BAD_DATE, f"`{text}` is not a day of the calendar", node)


def _period(match: re.Match[str], node: Node, desk: Desk) -> Period | None:
    start, end = read_date(match[1], node, desk), read_date(match[2], node, desk)
    if start is None or end is None:
        return None
    if start > end:
        return desk.report(PERIOD_REVERSED, f"the period begins on {start} and ends on {end}", node)
    return Period(start, end)


PERIOD: Sentence[Period] = Sentence(
    "a period", (Form(rf"({_DATE}) (?:to|until|-) ({_DATE})", "2016-01-01 to 2024-07-31", "both days included", _period),)
)

# --- index and arms --------------------------------------------------------------------------------------------------

MOST_MERGED = 366
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5}


def _index(match: re.Match[str], node: Node, desk: Desk) -> Index | None:
    nth = _ORDINALS.get(match[1].lower()) or int(re.sub(r"\D", "", match[1]))
    if not 1 <= nth <= 100:
        return desk.report(OUT_OF_RANGE, "the index event is the first to the 100th", node)
    sets = _sets(match[2], node, desk)
    return None if sets is None else Index(sets=sets, nth=nth)


def _session_index(match: re.Match[str], node: Node, desk: Desk) -> Index | None:
    merged = int(match[3] or 0)
    if merged > MOST_MERGED:
        return desk.report(OUT_OF_RANGE, f"records are merged over at most {MOST_MERGED} days", node)
    found = _index(match, node, desk)
    return None if found is None else found.model_copy(update={"merge_days": merged})


def _sets(text: str, node: Node, desk: Desk) -> tuple[str, ...] | None:
    names = names_in(text)
    if not names:
        return desk.report(UNREADABLE_PHRASE, "the brackets hold no code set", node)
    return desk.use_sets(dict.fromkeys(names), node)


INDEX: Sentence[Index] = Sentence(
    "an index event",
    (
        Form(
            rf"({'|'.join(_ORDINALS)}|{COUNT}(?:st|nd|rd|th)) (?:of )?(?:any of )?({NAMES})",
            "first of [drug_a, drug_b]",
            "each person's first (second, 3rd, ...) day with a record of any of the sets",
            _index,
        ),
        Form(
            rf"({'|'.join(_ORDINALS)}|{COUNT}(?:st|nd|rd|th)) session of (?:any of )?({NAMES})(?:,? merged over ({COUNT}) days?)?",
            "first session of [procedure_a, procedure_b], merged over 3 days",
            "a session's day is its first with a record of any of the sets; records up to so many days later belong to it",
            _session_index,
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class ArmSource:
    """Whom an arm takes: those with a record of the sets, or with a session of the treatment."""

    sets: tuple[str, ...] = ()
    treatment: str | None = None


def _by_sets(match: re.Match[str], node: Node, desk: Desk) -> ArmSource | None:
    sets = _sets(match[1], node, desk)
    return None if sets is None else ArmSource(sets)


ARM_SETS: Sentence[ArmSource] = Sentence(
    "an arm",
    (
        Form(
            rf"index is (?:any of |one of )?({NAMES})",
            "index is drug_a",
            "the index day has a record of one of the sets",
            _by_sets,
        ),
        Form(
            r"session is ([A-Za-z]\w{0,59})",
            "session is device_a",
            "the index session is classified as one of this treatment",
            lambda match, _node, _desk: ArmSource(treatment=match[1]),
        ),
    ),
)


def _arms(found: tuple[tuple[str, ArmSource], ...], node: Node, desk: Desk) -> tuple[Arm, Arm] | None:
    if len(found) != 2:
        return desk.report(BAD_ARMS, f"a study has two arms, not {len(found)}", node)
    (target, one), (comparator, other) = found
    shared = [name for name in one.sets if name in other.sets]
    if one.treatment is not None and one.treatment == other.treatment:
        shared = [one.treatment]
    if shared:
        return desk.report(BAD_ARMS, f"both arms take `{shared[0]}`", node)
    first = Arm(name=target, role="target", sets=one.sets, treatment=one.treatment)
    return first, Arm(name=comparator, role="comparator", sets=other.sets, treatment=other.treatment)


ARMS: Turned[tuple[tuple[str, ArmSource], ...], tuple[Arm, Arm]] = Turned(
    ByName(Turned(ARM_SETS, lambda source, node, _desk: (node.name, source)), at_least=1, plain_names=False, longest=60), _arms
)

# --- steps -----------------------------------------------------------------------------------------------------------


def _included(said: Said, _node: Node, _desk: Desk) -> Step:
    return Step(label=said.words, criterion=said.criterion)


def _excluded(said: Said, _node: Node, _desk: Desk) -> Step:
    if said.labelled:
        return Step(label=said.words, criterion=Not(criterion=said.criterion))
    words = denied(said).words.replace("Not: ", "No ", 1) if said.of_set else denied(said).words
    return Step(label=words, criterion=Not(criterion=said.criterion))


INCLUDE: Shape[tuple[Step, ...]] = ListOf(Turned(CRITERION, _included))
EXCLUDE: Shape[tuple[Step, ...]] = ListOf(Turned(CRITERION, _excluded))

# --- follow-up -------------------------------------------------------------------------------------------------------


def _end(text: str, node: Node, desk: Desk) -> dict[str, object] | None:
    """What one end of follow-up sets in the model."""
    low = text.lower()
    if low == "death":
        return {}
    if low == "last record":
        return {"end_at_last_record": True}
    if low in ("end of observation", "the end of observation"):
        return {"end_at_observation": True}
    if re.fullmatch(_DATE, text):
        day = read_date(text, node, desk)
        return None if day is None else {"end_date": day}
    if (days := whole_days(text)) is None:
        known = "death, last record, end of observation, 60 months, 2024-07-31"
        return desk.report(UNREADABLE_PHRASE, f"`{text[:60]}` is no end of follow-up; known: {known}", node)
    if not 1 <= days <= FARTHEST:
        return desk.report(OUT_OF_RANGE, "the longest follow-up is at least one day", node)
    return {"max_days": days}


def follow_from(start: int, ends: tuple[str, ...], node: Node, desk: Desk) -> FollowUp | None:
    """Follow-up from a day to the first of the ends."""
    found = [_end(" ".join(end.split()), node, desk) for end in ends if end.strip()]
    if any(end is None for end in found):
        return None
    keys = [key for end in found if end for key in end]
    if len(set(keys)) != len(keys):
        return desk.report(UNREADABLE_PHRASE, "the follow-up names the same kind of end twice", node)
    told: dict[str, object] = {"end_at_last_record": False, "start_day": start}
    for end in found:
        told.update(end or {})
    if "max_days" not in told:
        return desk.report(FOLLOW_UP_OPEN, "the follow-up names no longest time, such as `60 months`", node)
    if not told["end_at_last_record"] and "end_at_observation" not in told:
        return desk.report(
            FOLLOW_UP_OPEN, "the follow-up of a survivor ends neither at the last record nor at the end of observation", node
        )
    made = FollowUp.model_validate(told)
    if made.max_days < start:
        return desk.report(OUT_OF_RANGE, f"the follow-up begins on day {start}, after its last day {made.max_days}", node)
    return made


FOLLOW_PHRASE: Sentence[FollowUp] = Sentence(
    "a follow-up",
    (
        Form(
            r"(?:from )?day (\d{1,5}) (?:to|until) (.{1,200})",
            "day 1 to death, last record, 60 months",
            "from that day after the index to the first of the ends: death, last record, end of observation, a length of time, a date",
            lambda match, node, desk: follow_from(int(match[1]), tuple(re.split(r",(?: ?(?:or|and) )?| or ", match[2])), node, desk),
        ),
    ),
)
_FROM_TO = Field("time", FOLLOW_PHRASE, "From which day to which ends.", required=True, example=FOLLOW_PHRASE.examples[0])
_GRACE = Field(
    "death grace",
    Whole(0, 366),
    "A death dated at most so many days before the last record is moved to that day; one dated further back is dropped as an error.",
    default=30,
    example=45,
)


_MONTHS = Field(
    "month-level death dates",
    Choice(("mid-month",)),
    "The day of death is masked: each is taken for day 15 of its month, but never before the last record (see `death grace`).",
    example="mid-month",
)


def _follow(entry: Entry) -> FollowUp | None:
    if not entry.whole:
        return None
    return entry.need(_FROM_TO).model_copy(update=entry.given(death_grace=_GRACE, month_level_deaths=_MONTHS))


FOLLOW: Headed[FollowUp] = Headed((Record((_FROM_TO, _GRACE, _MONTHS), _follow),), otherwise=FOLLOW_PHRASE)

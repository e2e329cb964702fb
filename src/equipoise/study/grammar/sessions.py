"""Treatments that share codes: sessions, evidence of each treatment around them, and which tiers count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from equipoise.kernel.errors import closest
from equipoise.study.errors import SESSIONS_INCOMPLETE, UNKNOWN_TREATMENT
from equipoise.study.grammar.criteria import CRITERION, Said
from equipoise.study.grammar.shapes.desk import Desk
from equipoise.study.grammar.shapes.phrases import COUNT, Form, Sentence
from equipoise.study.grammar.shapes.records import ByName, Entry, Field, Record
from equipoise.study.grammar.shapes.tree import Mapping, Node
from equipoise.study.grammar.shapes.values import Choice, OneOrMore, Text
from equipoise.study.model import AnyOf, Arm, Classification, Criterion, Definition, Index, Treatment

# --- treatments ------------------------------------------------------------------------------------------------------

_EVIDENCE = Field(
    "evidence",
    OneOrMore(CRITERION),
    "What shows the treatment: a criterion, or a list of which one is enough. Day 0 is the session's day.",
    required=True,
    example={"isotope": "in [-1, 3]"},
)
_WEAK = Field(
    "weak evidence",
    OneOrMore(CRITERION),
    "What makes the treatment probable where there is evidence of none; a criterion, or a list of which one is enough.",
    example={"planning": "in [-45, -1]"},
)
_DECIDING = Field(
    "deciding evidence",
    OneOrMore(CRITERION),
    "What settles the question where there is evidence of several treatments; sites are audited for it.",
    example={"isotope": "in [-1, 3]"},
)


def _any(said: tuple[Said, ...] | None) -> Criterion | None:
    if not said:
        return None
    return said[0].criterion if len(said) == 1 else AnyOf(criteria=tuple(one.criterion for one in said))


def _treatment(entry: Entry) -> Treatment | None:
    evidence = _any(entry.get(_EVIDENCE))
    if not entry.whole or evidence is None:
        return None
    weak, deciding = _any(entry.get(_WEAK)), _any(entry.get(_DECIDING))
    return Treatment(name=entry.node.name, evidence=evidence, weak_evidence=weak, deciding_evidence=deciding)


TREATMENTS: ByName[Treatment] = ByName(Record((_EVIDENCE, _WEAK, _DECIDING), _treatment), at_least=2)

# --- classification --------------------------------------------------------------------------------------------------

_DEFINITION = Field(
    "definition",
    Choice(("main", "strict", "liberal")),
    "`main`: the evidenced and the probable. `strict`: the evidenced alone. `liberal`: as `main`, and the unspecified join a treatment.",
    default="main",
    example="strict",
)
_BOTH = Field(
    "both go to",
    Text(60),
    "The treatment that takes sessions with evidence of several, where its own evidence and its deciding evidence are there.",
    example="device_a",
)
_UNSPECIFIED = Field("unspecified join", Text(60), "The treatment that takes unspecified sessions under `liberal`.", example="device_b")


def _classification(entry: Entry) -> Classification | None:
    """Without its treatments, which stand in a block of their own."""
    if not entry.whole:
        return None
    definition = cast("Definition", entry.get(_DEFINITION) or "main")
    return Classification.model_construct(treatments=(), definition=definition, both=entry.get(_BOTH), unspecified=entry.get(_UNSPECIFIED))


CLASSIFICATION: Record[Classification] = Record((_DEFINITION, _BOTH, _UNSPECIFIED), _classification)

OBSERVABLE: Sentence[int] = Sentence(
    "a rule for sites",
    (
        Form(
            rf"not observable in ({COUNT}) sessions",
            "not observable in 20 sessions",
            "a site with at least so many sessions in the period, and none with the deciding evidence of some treatment, is left out",
            lambda match, _node, _desk: int(match[1]),
        ),
    ),
)

# --- all together ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Blocks:
    """The parts of a study that must fit together; None for a part that is absent or was reported."""

    index: Index | None
    treatments: tuple[Treatment, ...] | None
    said: Classification | None
    arms: tuple[Arm, Arm] | None
    treatments_written: bool


@dataclass(frozen=True, slots=True)
class Places:
    """Where they stand, for reports."""

    index: Node
    arms: Node
    classification: Node


def complete_classification(blocks: Blocks, at: Places, desk: Desk) -> Classification | None:
    """The classification with its treatments; reports what does not fit together. None for a study without sessions."""
    treatments, arms = blocks.treatments, blocks.arms
    if blocks.index is None or arms is None or (blocks.treatments_written and treatments is None):
        return None
    by_session = [blocks.index.merge_days is not None, treatments is not None, *(arm.treatment is not None for arm in arms)]
    if not any(by_session) and blocks.said is None:
        return None
    if not all(by_session) or treatments is None:
        return desk.report(SESSIONS_INCOMPLETE, _lacking(by_session), at.index)
    names = tuple(treatment.name for treatment in treatments)
    made = blocks.said or Classification.model_construct(treatments=(), definition="main", both=None, unspecified=None)
    named = [(arm.treatment, _inside(at.arms, arm.name)) for arm in arms]
    named += [(made.both, _inside(at.classification, _BOTH.key)), (made.unspecified, _inside(at.classification, _UNSPECIFIED.key))]
    _check_names(named, names, desk)
    if made.definition == "liberal" and made.unspecified is None:
        desk.report(SESSIONS_INCOMPLETE, f"`liberal` needs to know which treatment the `{_UNSPECIFIED.key}`", at.classification)
    return made.model_copy(update={"treatments": treatments})


def _lacking(there: list[bool]) -> str:
    names = ("an index by sessions", "`treatments`", "a first arm by session", "a second arm by session")
    return "lacking: " + ", ".join(name for name, one in zip(names, there, strict=True) if not one)


def _check_names(said: list[tuple[str | None, Node]], names: tuple[str, ...], desk: Desk) -> None:
    for name, node in said:
        if name is not None and name not in names:
            desk.report(UNKNOWN_TREATMENT, f"there is no treatment `{name[:60]}`", node, closest(name, names))


def _inside(node: Node, key: str) -> Node:
    pair = node.find(key) if isinstance(node, Mapping) else None
    return pair.value if pair else node

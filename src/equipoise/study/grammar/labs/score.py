"""Scores of laboratory values as outcomes: their parts are other outcomes of the study, window by window."""

from __future__ import annotations

from typing import Any, Literal, cast

from equipoise.kernel.errors import closest
from equipoise.study.errors import BAD_WINDOW, MISSING_KEY, UNKNOWN_CHOICE, UNKNOWN_UNIT
from equipoise.study.grading_units import SCORE_UNITS, SCORES, score_factor, takes_fold
from equipoise.study.grammar.shapes.desk import Desk
from equipoise.study.grammar.shapes.records import ByName, Entry, Field, Record
from equipoise.study.grammar.shapes.tree import Mapping, Node
from equipoise.study.grammar.shapes.values import Choice, ListOf, OneOrMore, SetName, Text, Turned, Whole
from equipoise.study.grammar.shapes.windows import FARTHEST
from equipoise.study.model import LabOutcome, LabWindow, Outcome, Score, ScoreName, ScorePart, ScoreRole, ScoreSign

Sign = Literal["ascites", "encephalopathy"]

_SCORE = Field("score", Choice(tuple(SCORES)), "The score.", required=True, example="ALBI")
_OF = Field(
    "of",
    ByName(Turned(Text(60), lambda name, node, _desk: (node.name, name))),
    "For each value of the score, the laboratory outcome that it is taken from.",
    required=True,
    example={"albumin": "albumin", "bilirubin": "bilirubin"},
)
_WINDOWS = Field("windows", ListOf(Text(60)), "The windows by name; those that all the parts have when left out.", example=["acute"])
_SIGNS: dict[tuple[Sign, bool], Field[tuple[str, ...]]] = {
    (sign, severe): Field(
        f"severe {sign}" if severe else sign,
        OneOrMore(SetName()),
        f"Code sets of {'severe ' * severe}{sign}; whoever has no record has none (Child-Pugh).",
        example=sign,
    )
    for sign in ("ascites", "encephalopathy")
    for severe in (False, True)
}
_LOOK_BACK = Field("look back", Whole(0, FARTHEST), "Days before the window in which a code still counts.", default=90, example=90)
_LABEL = Field("label", Text(), "The name of the outcome in tables and figures.", example="ALBI score")


def _score(entry: Entry) -> Outcome | None:
    """The outcome; its windows have names alone until `complete_scores` gives them their days."""
    if not entry.whole:
        return None
    name = cast(ScoreName, entry.need(_SCORE))
    pairs: tuple[tuple[str, str], ...] = entry.need(_OF)
    said = dict(pairs)
    _check_roles(name, said, entry)
    signs = tuple(ScoreSign(sign=sign, severe=severe, sets=sets) for (sign, severe), key in _SIGNS.items() if (sets := entry.get(key)))
    if signs and name != "Child-Pugh":
        entry.desk.report(UNKNOWN_CHOICE, f"{name} knows no signs", entry.node)
    given: dict[str, Any] = entry.given(look_back=_LOOK_BACK)
    parts = tuple(ScorePart(role=role, outcome=said.get(role, "")) for role in SCORES[name])
    return LabOutcome(
        name=entry.node.name,
        label=entry.get(_LABEL) or name,
        sets=(),
        windows=tuple(LabWindow(name=window, start=0, end=0, target=0) for window in entry.get(_WINDOWS) or ()),
        score=Score(score=name, parts=parts, signs=signs, **given),
    )


def _check_roles(name: ScoreName, said: dict[str, str], entry: Entry) -> None:
    roles: tuple[str, ...] = SCORES[name]
    for missing in (role for role in roles if role not in said):
        entry.desk.report(MISSING_KEY, f"{name} needs `{missing}`", entry.at(_OF))
    for role in (role for role in said if role not in roles):
        entry.desk.report(UNKNOWN_CHOICE, f"{name} is not made of `{role[:60]}`", entry.at(_OF), closest(role, roles))


SCORE: Record[Outcome] = Record(
    (_SCORE, _OF, _WINDOWS, *_SIGNS.values(), _LOOK_BACK, _LABEL),
    _score,
    "A score of laboratory values: before the index, in windows after it, and the change between them.",
)


def complete_scores(outcomes: tuple[Outcome, ...], node: Node, desk: Desk) -> tuple[Outcome, ...]:
    """The outcomes, scores with the windows of their parts. Reports parts and windows that are not there, and units that do not convert."""
    plain = {one.name: one for one in outcomes if isinstance(one, LabOutcome) and one.score is None}
    places = {pair.key: pair.value for pair in node.pairs} if isinstance(node, Mapping) else {}
    return tuple(
        _completed(one, one.score, plain, places.get(one.name, node), desk) if isinstance(one, LabOutcome) and one.score else one
        for one in outcomes
    )


def _completed(made: LabOutcome, score: Score, plain: dict[str, LabOutcome], node: Node, desk: Desk) -> LabOutcome:
    for part in score.parts:
        if part.outcome not in plain:
            what = f"there is no laboratory outcome `{part.outcome[:60]}`"
            desk.report(UNKNOWN_CHOICE, what, node, closest(part.outcome, plain))
        elif score_factor(score.score, part.role, plain[part.outcome].unit) is None:
            _report_unit(part.role, part.outcome, node, desk)
        elif takes_fold(score.score, part.role) and plain[part.outcome].upper_limit is None:
            desk.report(MISSING_KEY, f"{score.score} needs an `upper limit` of `{part.outcome}`", node)
    parts = [plain[part.outcome] for part in score.parts if part.outcome in plain]
    windows = _windows(made, parts, node, desk) if len(parts) == len(score.parts) else ()
    ways = {part.value for part in parts}
    return made.model_copy(
        update={
            "windows": windows,
            "baseline_start": min((part.baseline_start for part in parts), default=-45),
            "baseline_end": max((part.baseline_end for part in parts), default=0),
            "value": "nearest" if ways <= {"nearest"} else "highest",
        }
    )


def _report_unit(role: ScoreRole, outcome: str, node: Node, desk: Desk) -> None:
    desk.report(UNKNOWN_UNIT, f"`{outcome}` has no unit that converts to {SCORE_UNITS[role]}", node)


def _windows(made: LabOutcome, parts: list[LabOutcome], node: Node, desk: Desk) -> tuple[LabWindow, ...]:
    """Those that all parts have with the same days, in the order of the first part's."""
    shared = [window for window in parts[0].windows if all((window.name, window.start, window.end) in _days(part) for part in parts)]
    names = [window.name for window in shared]
    asked = [window.name for window in made.windows]
    for name in asked:
        if name not in names:
            desk.report(BAD_WINDOW, f"not all parts of `{made.name}` have the window `{name[:60]}` with the same days", node)
    if not shared:
        desk.report(BAD_WINDOW, f"the parts of `{made.name}` have no window with the same days in common", node)
    return tuple(window for window in shared if not asked or window.name in asked)


def _days(lab: LabOutcome) -> set[tuple[str, int, int]]:
    return {(window.name, window.start, window.end) for window in lab.windows}

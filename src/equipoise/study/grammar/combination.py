"""Exposures beside the arms: classes in order of priority, windows around the index, and the analyses of arms and classes together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from equipoise.kernel.errors import closest
from equipoise.study.errors import BAD_NAME, BAD_WINDOW, OUT_OF_RANGE, UNKNOWN_CHOICE, UNKNOWN_COVARIATE
from equipoise.study.grammar.shapes.desk import Desk
from equipoise.study.grammar.shapes.records import ByName, Entry, Field, Record
from equipoise.study.grammar.shapes.tree import Mapping, Node
from equipoise.study.grammar.shapes.values import Choice, ListOf, OneOrMore, Schema, SetName, Shape, Text, Turned, Whole
from equipoise.study.grammar.shapes.windows import WindowShape
from equipoise.study.model import (
    COMBINATION_ANALYSES,
    Combination,
    DeathOutcome,
    ExposureClass,
    ExposureWindow,
    NotCounted,
    Outcome,
    PropensityModel,
    TimedOutcome,
    Window,
)

EARLIEST, LATEST = -3650, 3650
"""Days between which an exposure window may lie."""


class ClassSets(Shape[ExposureClass]):
    """The code sets of a class; its name is the key's."""

    def read(self, node: Node, desk: Desk) -> ExposureClass | None:
        """See `Shape.read`."""
        sets = OneOrMore(SetName()).read(node, desk)
        return None if not sets else ExposureClass(name=node.name, sets=sets)

    def schema(self) -> Schema:
        """See `Shape.schema`."""
        return OneOrMore(SetName()).schema()


def _closed(window: Window, node: Node, desk: Desk) -> tuple[int, int] | None:
    if window.start is None or window.end is None:
        return desk.report(BAD_WINDOW, f"the window `{node.name}` needs a first and a last day", node)
    if window.start < EARLIEST or window.end > LATEST:
        return desk.report(BAD_WINDOW, f"the window `{node.name}` reaches further than ten years from the index", node)
    return window.start, window.end


def _named(window: Window, node: Node, desk: Desk) -> ExposureWindow | None:
    days = _closed(window, node, desk)
    return None if days is None else ExposureWindow(name=node.name, start=days[0], end=days[1])


_RECORDS = Field("records of", OneOrMore(SetName()), "Code sets of the records.", required=True, example="study_drug")
_DAYS = Field("window", Turned(WindowShape(), _closed), "Days on which such a record is no exposure.", required=True, example=[0, 1])


def _not_counted(entry: Entry) -> NotCounted | None:
    if not entry.whole:
        return None
    start, end = entry.need(_DAYS)
    return NotCounted(sets=entry.need(_RECORDS), start=start, end=end)


_LABEL = Field("label", Text(), "What the exposures are, for tables and figures.", example="Other antithrombotic drugs")
_CLASSES = Field(
    "classes",
    ByName(ClassSets()),
    "Classes of exposures and their code sets, the first with the highest priority: a person with several belongs to the first.",
    required=True,
    example={"anticoagulant": "warfarin", "antiplatelet": ["aspirin", "clopidogrel"]},
)
_OTHERWISE = Field("otherwise", Text(60), "The name of those with none of the classes.", default="alone", example="alone")
_WINDOWS = Field(
    "windows",
    ByName(Turned(WindowShape(), _named)),
    "Windows by name in which an exposure counts: one administration in it, or days of supply that reach into it. A window that ends after "
    "the index gives its label only to those who live to be treated.",
    required=True,
    example={"W0": [-30, 0], "W2": [-30, 90]},
)
_MAIN = Field("main window", Text(60), "The window that defines the combined arms; the first when left out.", example="W0")
_NOT_COUNTED = Field(
    "not counted", Record((_RECORDS, _DAYS), _not_counted), "Records that belong to the study treatment itself and are no exposure."
)
_OUTCOME = Field("outcome", Text(60), "The outcome that is analysed; the first death when left out.", example="os")
_ANALYSES = Field("analyses", ListOf(Choice(COMBINATION_ANALYSES)), "What is run; all when left out.", example=["at index", "landmark"])
_LANDMARKS = Field("landmarks", ListOf(Whole(1, LATEST)), "Days of the landmark analyses.", default=[60, 90], example=[90])
_GRACE = Field(
    "grace", Whole(1, LATEST), "Days in which a strategy of the clone-censor-weight analysis is to be begun.", default=90, example=90
)
_COVARIATES = Field(
    "covariates", ListOf(Text(60)), "What models adjust for; the covariates of the propensity model when left out.", example=["age"]
)
_DECIDED_BY = Field(
    "decided by",
    ListOf(Text(60)),
    "Covariates that decide who is given which class, such as the subtype that a drug is licensed for; the analyses must adjust for them.",
    example=["atrial_fibrillation"],
)
_INTERACTION = Field(
    "interaction", ListOf(Text(60)), "Classes whose interaction with the arm is estimated; all when left out.", example=["anticoagulant"]
)
_APART = Field(
    "described apart",
    ListOf(ListOf(Text(60), 2, 2)),
    "Pairs of classes: persons with both are described apart as well.",
    example=[["anticoagulant", "antiplatelet"]],
)


def _combination(entry: Entry) -> Combination | None:
    if not entry.whole:
        return None
    classes, windows = entry.need(_CLASSES), entry.need(_WINDOWS)
    given: dict[str, Any] = entry.given(label=_LABEL, otherwise=_OTHERWISE, not_counted=_NOT_COUNTED, grace=_GRACE)
    if (landmarks := entry.get(_LANDMARKS)) is not None:
        given["landmarks"] = tuple(sorted(set(landmarks)))
    if (asked := entry.get(_ANALYSES)) is not None:
        given["analyses"] = tuple(word for word in COMBINATION_ANALYSES if word in asked)
    names = tuple(one.name for one in classes)
    covariates: tuple[str, ...] = entry.get(_COVARIATES) or ()
    interaction: tuple[str, ...] = entry.get(_INTERACTION) or names
    decided_by: tuple[str, ...] = entry.get(_DECIDED_BY) or ()
    apart = cast("tuple[tuple[str, str], ...]", entry.get(_APART) or ())
    made = Combination(
        classes=classes,
        windows=windows,
        main_window=entry.get(_MAIN) or windows[0].name,
        outcome=entry.get(_OUTCOME) or "",
        covariates=tuple(dict.fromkeys(covariates)),
        decided_by=decided_by,
        interaction=tuple(dict.fromkeys(interaction)),
        apart=apart,
        **given,
    )
    _check(made, entry)
    return made


def _check(made: Combination, entry: Entry) -> None:
    names = [one.name for one in made.classes]
    _known([made.main_window], [window.name for window in made.windows], "window", entry.at(_MAIN), entry.desk)
    _known(made.interaction, names, "class", entry.at(_INTERACTION), entry.desk)
    _known((name for pair in made.apart for name in pair), names, "class", entry.at(_APART), entry.desk)
    if made.otherwise in names:
        entry.desk.report(BAD_NAME, f"`{made.otherwise}` is a class already", entry.at(_OTHERWISE))
    if made.main_window in [window.name for window in made.windows] and made.main.start > 0:
        entry.desk.report(BAD_WINDOW, "the main window begins after the index: it must say who is exposed at the index", entry.at(_MAIN))
    if any(one == other for one, other in made.apart):
        entry.desk.report(OUT_OF_RANGE, "a pair names one class twice", entry.at(_APART))


def _known(said: Iterable[str], names: list[str], what: str, node: Node, desk: Desk) -> None:
    for name in said:
        if name not in names:
            desk.report(UNKNOWN_CHOICE, f"there is no {what} `{name[:60]}`", node, closest(name, names))


COMBINATION: Record[Combination] = Record(
    (
        *(_LABEL, _CLASSES, _OTHERWISE, _WINDOWS, _MAIN, _NOT_COUNTED, _OUTCOME, _ANALYSES),
        *(_LANDMARKS, _GRACE, _COVARIATES, _DECIDED_BY, _INTERACTION, _APART),
    ),
    _combination,
    "Exposures beside the arms, such as systemic therapy beside a procedure, and how both are analysed together.",
)


def complete_combination(
    said: Combination | None, node: Node, outcomes: tuple[Outcome, ...], propensity: PropensityModel | None, desk: Desk
) -> Combination | None:
    """The block with its outcome and covariates: the first death, the propensity model's. Reports names that the study does not have."""
    if said is None:
        return None
    timed = [outcome for outcome in outcomes if isinstance(outcome, TimedOutcome)]
    deaths = [outcome.name for outcome in timed if isinstance(outcome, DeathOutcome)]
    times = [outcome.name for outcome in timed]
    outcome = said.outcome or next(iter([*deaths, *times]), "")
    if outcome not in times:
        desk.report(UNKNOWN_CHOICE, f"there is no outcome `{outcome[:60]}` with a time", _inside(node, "outcome"), closest(outcome, times))
    known = propensity.covariates if propensity else ()
    for key, names in (("covariates", said.covariates), ("decided by", said.decided_by)):
        for name in names:
            if name not in known:
                what = f"`{name[:60]}` is no covariate of the propensity model"
                desk.report(UNKNOWN_COVARIATE, what, _inside(node, key), closest(name, known))
    return said.model_copy(update={"outcome": outcome, "covariates": said.covariates or known})


def _inside(node: Node, key: str) -> Node:
    pair = node.find(key) if isinstance(node, Mapping) else None
    return pair.value if pair else node

"""Laboratory outcomes: a value before the index, values in windows after it."""

from __future__ import annotations

from typing import Any, cast

from equipoise.kernel.errors import closest
from equipoise.study.errors import BAD_WINDOW, CONTRADICTORY_BOUNDS, OUT_OF_RANGE, OUTCOME_BEFORE_FOLLOW_UP, UNKNOWN_CHOICE, UNKNOWN_UNIT
from equipoise.study.grading_units import CTCAE_ANALYTES, CTCAE_UNITS, grading_factor
from equipoise.study.grammar.criteria import in_words, set_in_words
from equipoise.study.grammar.shapes.desk import Desk
from equipoise.study.grammar.shapes.records import ByName, Entry, Field, Record
from equipoise.study.grammar.shapes.tree import Mapping, Node
from equipoise.study.grammar.shapes.units import unit_is_known
from equipoise.study.grammar.shapes.values import Choice, ListOf, Number, OneOrMore, SetName, Text, Turned, Whole
from equipoise.study.grammar.shapes.windows import FARTHEST, WindowShape
from equipoise.study.lab_columns import BASELINE
from equipoise.study.model import LabOutcome, LabWindow, Outcome, Window


def _after_index(window: Window, node: Node, desk: Desk) -> LabWindow | None:
    if window.start is None or window.end is None:
        return desk.report(BAD_WINDOW, f"the window `{node.name}` needs a first and a last day", node)
    if window.start < 0:
        what = f"the window `{node.name}` starts on day {window.start}, before the index day"
        return desk.report(OUTCOME_BEFORE_FOLLOW_UP, what, node)
    return LabWindow(name=node.name, start=window.start, end=window.end, target=(window.start + window.end) // 2)


def _closed(window: Window, node: Node, desk: Desk) -> Window | None:
    if window.start is None:
        return desk.report(BAD_WINDOW, "the baseline needs a first day", node)
    return window


_LAB = Field("lab", OneOrMore(SetName()), "The code set, or sets, of the measurement.", required=True, example="alt")
_BASELINE = Field(
    "baseline",
    Turned(WindowShape(up_to_index=True), lambda window, node, desk: _closed(window, node, desk)),
    "The days of the value before the index; the nearest to the index day counts.",
    default=[-45, 0],
    example=[-45, 0],
)
_WINDOWS = Field(
    "windows",
    ByName(Turned(WindowShape(), lambda window, node, desk: _after_index(window, node, desk)), reserved=frozenset({BASELINE})),
    "Windows after the index by name; each gives one value a person.",
    required=True,
    example={"acute": [8, 29], "chronic": [30, 90]},
)
_TARGETS = Field(
    "target days",
    ByName(Turned(Whole(0, FARTHEST), lambda day, node, _desk: (node.name, day))),
    "The day of each window that the value should be nearest to; its middle when left out.",
    example={"acute": 14, "chronic": 45},
)
_VALUE = Field(
    "value", Choice(("nearest", "highest", "lowest")), "Which of the values of a window counts.", default="nearest", example="highest"
)
_UNIT = Field("unit", Text(30), "The unit (UCUM) that values are converted to.", example="U/L")
_PLAUSIBLE = Field("plausible", ListOf(Number(), 2, 2), "Values outside are dropped as not physiologic.", example=[1, 20000])
_UPPER = Field("upper limit", Number(above=0), "The upper limit of normal where the record has none.", example=40)
_WOMEN = Field("upper limit of women", Number(above=0), "The same for women, where it differs.", example=35)
_LOWER = Field("lower limit", Number(above=0), "The lower limit of normal where the record has none.", example=3.5)
_CTCAE = Field("ctcae", Choice(CTCAE_ANALYTES), "Grade values by CTCAE v5.0 as this analyte.", example="ALT")
_LABEL = Field("label", Text(), "The name of the outcome in tables and figures.", example="ALT, U/L")


def lab_label(name: str, unit: str | None) -> str:
    """The words of a laboratory outcome without a label."""
    return in_words(set_in_words(name)) + (f", {unit}" if unit else "")


def _lab(entry: Entry) -> Outcome | None:
    if not entry.whole:
        return None
    low, high = entry.get(_PLAUSIBLE) or (None, None)
    baseline = entry.get(_BASELINE) or Window(start=-45, end=0)
    name, unit = entry.node.name, entry.get(_UNIT)
    given: dict[str, Any] = entry.given(
        value=_VALUE, unit=_UNIT, upper_limit=_UPPER, upper_limit_of_women=_WOMEN, lower_limit=_LOWER, ctcae=_CTCAE
    )
    made = LabOutcome(
        name=name,
        label=entry.get(_LABEL) or lab_label(name, unit),
        sets=entry.need(_LAB),
        baseline_start=cast(int, baseline.start),
        baseline_end=cast(int, baseline.end),
        windows=_with_targets(entry),
        low=low,
        high=high,
        **given,
    )
    _check(made, entry)
    return made


def _with_targets(entry: Entry) -> tuple[LabWindow, ...]:
    """The windows with the target days that the study names; a day outside its window or of no window is reported."""
    windows, targets = entry.need(_WINDOWS), dict(cast("tuple[tuple[str, int], ...]", entry.values.get(_TARGETS.key, ())))
    node = entry.at(_TARGETS)
    places = {pair.key: pair.value for pair in node.pairs} if isinstance(node, Mapping) else {}
    names = [window.name for window in windows]
    for name in targets:
        if name not in names:
            entry.desk.report(UNKNOWN_CHOICE, f"there is no window `{name}`", places.get(name, node), closest(name, names))
    for window in windows:
        if not window.start <= targets.get(window.name, window.target) <= window.end:
            what = f"day {targets[window.name]} lies outside the window `{window.name}`"
            entry.desk.report(OUT_OF_RANGE, what, places.get(window.name, node))
    return tuple(window.model_copy(update={"target": targets.get(window.name, window.target)}) for window in windows)


def _check(made: LabOutcome, entry: Entry) -> None:
    desk = entry.desk
    if made.low is not None and made.high is not None and made.low >= made.high:
        desk.report(CONTRADICTORY_BOUNDS, f"no value lies between {made.low:g} and {made.high:g}", entry.at(_PLAUSIBLE))
    if None not in (made.lower_limit, made.upper_limit) and cast(float, made.lower_limit) >= cast(float, made.upper_limit):
        desk.report(CONTRADICTORY_BOUNDS, "the lower limit of normal is not below the upper one", entry.at(_LOWER))
    if made.upper_limit_of_women is not None and made.upper_limit is None:
        desk.report(CONTRADICTORY_BOUNDS, "an upper limit of women needs an `upper limit` for the others", entry.at(_WOMEN))
    if unit_is_known(made.unit, entry.at(_UNIT), desk) and made.ctcae and grading_factor(made.ctcae, made.unit) is None:
        what = f"grades of {made.ctcae} are stated in {CTCAE_UNITS[made.ctcae]}: give a `unit` that converts to it"
        desk.report(UNKNOWN_UNIT, what, entry.at(_UNIT))


LAB: Record[Outcome] = Record(
    (_LAB, _BASELINE, _WINDOWS, _TARGETS, _VALUE, _UNIT, _PLAUSIBLE, _UPPER, _WOMEN, _LOWER, _CTCAE, _LABEL),
    _lab,
    "A laboratory value: before the index, in windows after it, and the change between them.",
)

"""Phrases that stand behind the name of a code set: how often, how far apart, which value, when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from equipoise.study.errors import CONTRADICTORY_BOUNDS, IMPOSSIBLE_COUNT
from equipoise.study.grammar.shapes.desk import Desk
from equipoise.study.grammar.shapes.phrases import COUNT, NUMBER, Clause, Part, split_clauses, tidy, unreadable
from equipoise.study.grammar.shapes.tree import Node, Scalar
from equipoise.study.grammar.shapes.units import unit_is_known
from equipoise.study.grammar.shapes.values import wrong_type
from equipoise.study.grammar.shapes.windows import WINDOW_CLAUSES, window_from
from equipoise.study.model import EventCriterion, MeasurementCriterion, Window

_WHAT = r"(records?|times|(?:different |distinct )?dates?)"
_UNIT = r"(?!records?\b|times\b|dates?\b|distinct\b|different\b|days? apart|in\b|to\b|and\b)([^\s,\[\]]{1,30})"
SET_CLAUSES = (
    Clause("apart", rf"(?:at least )?({COUNT}) days? apart", "twice, 30 days apart", "two records lie at least so many days apart"),
    Clause("count", r"(?:at least )?(once)", "once", "at least one record"),
    Clause("count", r"(?:at least )?(twice)", "twice", "at least two records"),
    Clause("count", rf"(between|from)? ?({COUNT}) (?:to|and) ({COUNT}) {_WHAT}", "2 to 4 records", "both included"),
    Clause("count", rf"(at least|>=|at most|<=|exactly)? ?({COUNT}) {_WHAT}", "at least 3 records", "`records`, `times` or `dates`"),
    Clause("count", r"(never|none|no records?)", "no record", "not one record"),
    Clause(
        "value", rf"(?:between |from )?({NUMBER}) (to|and) ({NUMBER}) {_UNIT}", "2.5 to 5 g/dL", "some value lies between, both included"
    ),
    Clause("value", rf"(?:value )?(at least|>=|at most|<=) ?({NUMBER}) {_UNIT}", "at least 2.5 g/dL", "some value is so high (so low)"),
    Clause("value", rf"value (at least|>=|at most|<=) ?({NUMBER})", "value at most 1.5", "the same for a value without unit"),
    *WINDOW_CLAUSES,
)
SET_EXAMPLES = (
    "any time up to index",
    "in [-365, 0]",
    "twice, 30 days apart, any time up to index",
    "at least 3 records in [-365, 0]",
    "at least 2 dates in the 12 months before index",
    "at most 2 records in [-90, -1]",
    "no record in [-180, -1]",
    "at least 2.5 g/dL in [-45, 0]",
    "2.5 to 5 g/dL in [-45, 0]",
    "value at most 1.5 in [-45, 0]",
)


@dataclass(frozen=True, slots=True)
class SetPhrase:
    """A criterion about one or more sets, with its phrase, and whether the phrase said when."""

    criterion: EventCriterion | MeasurementCriterion
    text: str
    window_given: bool


def read_set_phrase(node: Node, sets: tuple[str, ...], desk: Desk) -> SetPhrase | None:
    """Read the phrase behind the name of a set."""
    if not isinstance(node, Scalar) or not isinstance(node.value, str):
        return wrong_type(node, desk, f"a phrase, such as `{SET_EXAMPLES[0]}`")
    text = tidy(node.text)
    parts = split_clauses(text, SET_CLAUSES)
    if parts is None or ("value" in parts and len(parts.keys() & {"count", "apart"})):
        return unreadable(node, desk, text, "a criterion on a code set", SET_EXAMPLES)
    window = window_from(parts["window"], node, desk) if "window" in parts else Window()
    if window is None:
        return None
    criterion = _value(parts["value"], sets, window, node, desk) if "value" in parts else _count(parts, sets, window, node, desk)
    return None if criterion is None else SetPhrase(criterion, text, "window" in parts)


def _count(parts: dict[str, Part], sets: tuple[str, ...], window: Window, node: Node, desk: Desk) -> EventCriterion | None:
    apart = int(parts["apart"].groups[0]) if "apart" in parts else 0
    at_least, at_most, count = _bounds(parts["count"]) if "count" in parts else (2 if apart else 1, None, "records")
    if at_most is not None and at_least > at_most:
        return desk.report(IMPOSSIBLE_COUNT, f"nobody has at least {at_least} and at most {at_most}", node)
    if at_most is None and at_least == 0:
        return desk.report(IMPOSSIBLE_COUNT, "everybody has at least 0 records", node)
    if "apart" in parts and (apart == 0 or (at_least, at_most, count) != (2, None, "records")):
        return desk.report(IMPOSSIBLE_COUNT, "`days apart` is for two records: say `twice, 30 days apart`", node)
    if apart and window.start is not None and window.end is not None and window.end - window.start < apart:
        return desk.report(IMPOSSIBLE_COUNT, f"two days of this window cannot lie {apart} days apart", node)
    return EventCriterion(sets=sets, window=window, at_least=at_least, at_most=at_most, count=count, days_apart=apart)


def _bounds(part: Part) -> tuple[int, int | None, Literal["records", "dates"]]:
    words = [word.lower() for word in part.groups]
    count: Literal["records", "dates"] = "dates" if "date" in words[-1] else "records"
    numbers = [int(word) for word in words if word.isdigit()]
    if not numbers:
        at_least, at_most = {"once": (1, None), "twice": (2, None)}.get(words[0], (0, 0))
        return at_least, at_most, count
    if len(numbers) == 2:
        return numbers[0], numbers[1], count
    if words[0] in ("at most", "<="):
        return 0, numbers[0], count
    return numbers[0], numbers[0] if words[0] == "exactly" else None, count


def _value(part: Part, sets: tuple[str, ...], window: Window, node: Node, desk: Desk) -> MeasurementCriterion | None:
    first, second, *rest = part.groups
    low: float | None
    high: float | None
    unit: str | None
    if second.lower() in ("to", "and"):
        low, high, unit = float(first), float(rest[0]), rest[1]
    else:
        bound = float(second)
        low, high = (bound, None) if first.lower() in ("at least", ">=") else (None, bound)
        unit = rest[0] if rest else None
    if low is not None and high is not None and low > high:
        return desk.report(CONTRADICTORY_BOUNDS, f"no value lies between {low:g} and {high:g}", node)
    if not unit_is_known(unit, node, desk):
        return None
    return MeasurementCriterion(sets=sets, window=window, unit=unit, low=low, high=high)

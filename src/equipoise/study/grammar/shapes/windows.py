"""Windows and durations: days from the index date, both ends included."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from equipoise.kernel.days import DAYS_PER_MONTH, DAYS_PER_YEAR
from equipoise.study.errors import BAD_WINDOW, COVARIATE_IN_FUTURE
from equipoise.study.grammar.shapes.desk import Desk
from equipoise.study.grammar.shapes.phrases import COUNT, DAYS, Clause, Form, Part, Sentence, split_clauses, tidy, unreadable
from equipoise.study.grammar.shapes.tree import Mapping, Node, Scalar, Sequence
from equipoise.study.grammar.shapes.values import Schema, Shape, wrong_type
from equipoise.study.model import Window

FARTHEST = DAYS_FIELD_LIMIT = 100_000
DURATION = rf"({COUNT}) (days?|weeks?|months?|years?)"
_DAYS_IN = {"day": 1.0, "week": 7.0, "month": DAYS_PER_MONTH, "year": DAYS_PER_YEAR}


def duration_days(count: str, unit: str) -> int:
    """Whole days of `60`, `months`; a month is 365.25 / 12 days, half days round up: 12, 24, 36 months are 365, 731, 1096 days."""
    return math.floor(int(count) * _DAYS_IN[unit.lower().rstrip("s")] + 0.5)


DURATIONS: Sentence[int] = Sentence(
    "a length of time",
    (Form(DURATION, "12 months", "days, weeks, months (365.25/12 days) or years", lambda m, _node, _desk: duration_days(m[1], m[2])),),
)

WINDOW_CLAUSES = (
    Clause("window", rf"(?:in )?\[ ?({DAYS}) ?, ?({DAYS}) ?\]", "in [-365, 7]", "from day -365 to day 7, both included"),
    Clause("window", rf"from day ({DAYS}) to day ({DAYS})", "from day -365 to day 7", "the same in words"),
    Clause("window", r"any time up to (?:and including )?(?:the )?index", "any time up to index", "before the index day or on it"),
    Clause("window", r"any time before (?:the )?index", "any time before index", "before the index day"),
    Clause("window", r"any time after (?:the )?index", "any time after index", "after the index day"),
    Clause("window", r"any time", "any time", "before, on or after the index day"),
    Clause("window", r"on (?:the )?index(?: day)?", "on index day", "on the index day"),
    Clause(
        "window",
        rf"(?:in|within) (?:the )?{DURATION} before (?:the )?index",
        "in the 12 months before index",
        "that long, ending the day before",
    ),
    Clause(
        "window",
        rf"(?:in|within) (?:the )?{DURATION} up to (?:the )?index",
        "in the 365 days up to index",
        "that long, ending on the index day",
    ),
    Clause(
        "window",
        rf"(?:in|within) (?:the )?{DURATION} after (?:the )?index",
        "in the 90 days after index",
        "that long, beginning the day after",
    ),
)
_FIXED = {
    "any time up to index": Window(end=0),
    "any time before index": Window(end=-1),
    "any time after index": Window(start=1),
    "any time": Window(),
    "on index day": Window(start=0, end=0),
}


def window_from(part: Part, node: Node, desk: Desk) -> Window | None:
    """The window that a clause says."""
    example = part.clause.example
    if example in _FIXED:
        return _FIXED[example]
    if "[" in example or example.startswith("from"):
        return checked_window(int(part.groups[0]), int(part.groups[1]), node, desk)
    days = duration_days(part.groups[0], part.groups[1])
    if "after" in example:
        return checked_window(1, days, node, desk)
    return checked_window(-days, 0 if "up to" in example else -1, node, desk)


def checked_window(start: int, end: int, node: Node, desk: Desk) -> Window | None:
    """The window, or a report when it is empty or absurdly far away."""
    if start > end:
        return desk.report(BAD_WINDOW, f"the window [{start}, {end}] starts after its end", node)
    if max(abs(start), abs(end)) > FARTHEST:
        return desk.report(BAD_WINDOW, f"the window [{start}, {end}] reaches over {FARTHEST} days", node)
    return Window(start=start, end=end)


@dataclass(frozen=True)
class WindowShape(Shape[Window]):
    """A window as `[start, end]` or as a phrase; with `up_to_index`, days after the index are refused."""

    up_to_index: bool = False

    def read(self, node: Node, desk: Desk) -> Window | None:
        """See `Shape.read`."""
        window = self._pair(node, desk) if isinstance(node, Sequence) else self._phrase(node, desk)
        if window is not None and self.up_to_index:
            return past_only(window, node, desk)
        return window

    def _pair(self, node: Sequence, desk: Desk) -> Window | None:
        days = [item.value if isinstance(item, Scalar) else None for item in node.items]
        if len(days) != 2 or not all(isinstance(day, int) and not isinstance(day, bool) for day in days):
            return desk.report(BAD_WINDOW, f"`{node.name}` takes two whole days in square brackets", node)
        start, end = (day for day in days if isinstance(day, int))
        return checked_window(start, end, node, desk)

    def _phrase(self, node: Node, desk: Desk) -> Window | None:
        if isinstance(node, Mapping) or not isinstance(node, Scalar) or not isinstance(node.value, str):
            return wrong_type(node, desk, "a window, such as [-365, 0]")
        parts = split_clauses(tidy(node.text), WINDOW_CLAUSES)
        if parts is None:
            return unreadable(node, desk, node.text, "a window", window_examples())
        return window_from(parts["window"], node, desk)

    def schema(self) -> Schema:
        """See `Shape.schema`."""
        pair: Schema = {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2}
        return {"anyOf": [pair, {"type": "string"}], "examples": [[-365, 0], "any time up to index"]}


def window_examples() -> list[str]:
    """One example of each way to say a window."""
    return [clause.example for clause in WINDOW_CLAUSES]


def past_only(window: Window, node: Node, desk: Desk) -> Window | None:
    """The window when it ends at the index or before; else a report."""
    if window.end is None or window.end > 0:
        end = "has no end" if window.end is None else f"ends on day {window.end}"
        return desk.report(COVARIATE_IN_FUTURE, f"the window of a covariate {end}; it must end on day 0 or before", node)
    return window


def whole_days(text: str) -> int | None:
    """The days of a duration as text, or None when it is not one."""
    match = re.fullmatch(DURATION, tidy(text), re.IGNORECASE)
    return duration_days(match[1], match[2]) if match else None

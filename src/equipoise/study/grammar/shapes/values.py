"""The shapes that values of a study file take. A shape reads a node, reporting what is wrong, and writes its own JSON Schema."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

from equipoise.kernel.errors import closest
from equipoise.study.errors import OUT_OF_RANGE, UNKNOWN_CHOICE, WRONG_TYPE
from equipoise.study.grammar.shapes.desk import Desk, Refused
from equipoise.study.grammar.shapes.tree import Mapping, Node, Scalar, Sequence

T = TypeVar("T")
U = TypeVar("U")
Schema: TypeAlias = "dict[str, object]"


class Shape(ABC, Generic[T]):
    """Reads a node into a value; None means that a problem was reported."""

    @abstractmethod
    def read(self, node: Node, desk: Desk) -> T | None:
        """The value, or None after a report."""

    @abstractmethod
    def schema(self) -> Schema:
        """What a JSON Schema can say of it: never more than `read` demands."""


def wrong_type(node: Node, desk: Desk, wanted: str) -> Refused:
    """Report that the node is of another type."""
    if isinstance(node, Sequence):
        found = "a list"
    elif isinstance(node, Mapping):
        found = "keys with values"
    elif node.value is None:
        found = "nothing"
    else:
        found = {"str": "text", "bool": "yes or no", "int": "a number", "float": "a number"}[type(node.value).__name__]
    name = f"`{node.name}` " if node.name else ""
    return desk.report(WRONG_TYPE, f"{name}takes {wanted}, not {found}", node)


@dataclass(frozen=True)
class Text(Shape[str]):
    """Free text on one line."""

    longest: int = 500

    def read(self, node: Node, desk: Desk) -> str | None:
        """See `Shape.read`."""
        if not isinstance(node, Scalar) or not isinstance(node.value, str):
            return wrong_type(node, desk, "text")
        if not node.text.strip():
            return desk.report(WRONG_TYPE, f"`{node.name}` is empty", node)
        if len(node.text) > self.longest:
            return desk.report(OUT_OF_RANGE, f"`{node.name}` is longer than {self.longest} characters", node)
        return " ".join(node.text.split())

    def schema(self) -> Schema:
        """See `Shape.schema`."""
        return {"type": "string", "minLength": 1, "maxLength": self.longest}


@dataclass(frozen=True)
class Number(Shape[float]):
    """A number in [low, high]; `above` is an open lower bound."""

    low: float | None = None
    high: float | None = None
    above: float | None = None
    below: float | None = None

    def read(self, node: Node, desk: Desk) -> float | None:
        """See `Shape.read`."""
        value = node.value if isinstance(node, Scalar) else None
        if isinstance(value, bool) or not isinstance(value, int | float):
            return wrong_type(node, desk, "a number")
        if (
            (self.low is not None and value < self.low)
            or (self.high is not None and value > self.high)
            or (self.above is not None and value <= self.above)
            or (self.below is not None and value >= self.below)
        ):
            return desk.report(OUT_OF_RANGE, f"`{node.name}` must be a number {self.range()}", node)
        return float(value)

    def range(self) -> str:
        """The bounds in words."""
        words = (("from", self.low), ("above", self.above), ("to", self.high), ("below", self.below))
        return " ".join(f"{word} {bound:g}" for word, bound in words if bound is not None)

    def schema(self) -> Schema:
        """See `Shape.schema`."""
        bounds = {"minimum": self.low, "maximum": self.high, "exclusiveMinimum": self.above, "exclusiveMaximum": self.below}
        return {"type": "number", **{name: bound for name, bound in bounds.items() if bound is not None}}


@dataclass(frozen=True)
class Whole(Shape[int]):
    """A whole number in [low, high]."""

    low: int
    high: int

    def read(self, node: Node, desk: Desk) -> int | None:
        """See `Shape.read`."""
        value = node.value if isinstance(node, Scalar) else None
        if isinstance(value, bool) or not isinstance(value, int):
            return wrong_type(node, desk, "a whole number")
        if not self.low <= value <= self.high:
            return desk.report(OUT_OF_RANGE, f"`{node.name}` must be a whole number from {self.low} to {self.high}", node)
        return value

    def schema(self) -> Schema:
        """See `Shape.schema`."""
        return {"type": "integer", "minimum": self.low, "maximum": self.high}


@dataclass(frozen=True)
class Choice(Shape[str]):
    """One of some words."""

    words: tuple[str, ...]

    def read(self, node: Node, desk: Desk) -> str | None:
        """See `Shape.read`."""
        if not isinstance(node, Scalar) or not isinstance(node.value, str):
            return wrong_type(node, desk, "one of the words " + ", ".join(self.words))
        if node.text not in self.words:
            known = ", ".join(self.words)
            return desk.report(UNKNOWN_CHOICE, f"`{node.text[:60]}` is none of: {known}", node, closest(node.text, self.words))
        return node.text

    def schema(self) -> Schema:
        """See `Shape.schema`."""
        return {"enum": list(self.words)}


@dataclass(frozen=True)
class SetName(Shape[str]):
    """The name of a code set."""

    def read(self, node: Node, desk: Desk) -> str | None:
        """See `Shape.read`."""
        if not isinstance(node, Scalar) or not isinstance(node.value, str):
            return wrong_type(node, desk, "the name of a code set")
        names = desk.use_sets([node.text.strip()], node)
        return names[0] if names else None

    def schema(self) -> Schema:
        """See `Shape.schema`."""
        return {"type": "string", "minLength": 1}


@dataclass(frozen=True)
class ListOf(Shape[tuple[T, ...]]):
    """A list of at least (at most) so many things of one shape."""

    item: Shape[T]
    at_least: int = 1
    at_most: int | None = None

    def read(self, node: Node, desk: Desk) -> tuple[T, ...] | None:
        """See `Shape.read`."""
        if not isinstance(node, Sequence):
            return wrong_type(node, desk, "a list")
        if not self.at_least <= len(node.items) <= (self.at_most or len(node.items)):
            many = f"exactly {self.at_least}" if self.at_least == self.at_most else f"at least {self.at_least}"
            return desk.report(OUT_OF_RANGE, f"`{node.name}` needs {many} in its list, and has {len(node.items)}", node)
        found = [value for item in node.items if (value := self.item.read(item, desk)) is not None]
        return tuple(found) if len(found) == len(node.items) else None

    def schema(self) -> Schema:
        """See `Shape.schema`."""
        limits = {} if self.at_most is None else {"maxItems": self.at_most}
        return {"type": "array", "items": self.item.schema(), "minItems": self.at_least, **limits}


@dataclass(frozen=True)
class OneOrMore(Shape[tuple[T, ...]]):
    """One thing, or a list of them."""

    item: Shape[T]

    def read(self, node: Node, desk: Desk) -> tuple[T, ...] | None:
        """See `Shape.read`."""
        if isinstance(node, Sequence):
            return ListOf(self.item).read(node, desk)
        value = self.item.read(node, desk)
        return None if value is None else (value,)

    def schema(self) -> Schema:
        """See `Shape.schema`."""
        return {"anyOf": [self.item.schema(), ListOf(self.item).schema()]}


@dataclass(frozen=True)
class Turned(Shape[U], Generic[T, U]):
    """A shape whose value is turned into another."""

    inner: Shape[T]
    turn: Callable[[T, Node, Desk], U | None]

    def read(self, node: Node, desk: Desk) -> U | None:
        """See `Shape.read`."""
        value = self.inner.read(node, desk)
        return None if value is None else self.turn(value, node, desk)

    def schema(self) -> Schema:
        """See `Shape.schema`."""
        return self.inner.schema()


@dataclass(frozen=True)
class Defined(Shape[T]):
    """A shape with a name, looked up when it is used: so that shapes may contain themselves."""

    name: str
    find: Callable[[], Shape[T]]

    def __post_init__(self) -> None:
        DEFINITIONS[self.name] = self

    def read(self, node: Node, desk: Desk) -> T | None:
        """See `Shape.read`."""
        return self.find().read(node, desk)

    def schema(self) -> Schema:
        """See `Shape.schema`."""
        return {"$ref": f"#/$defs/{self.name}"}


DEFINITIONS: dict[str, Defined[Any]] = {}
"""Shapes that the JSON Schema names under `$defs`."""

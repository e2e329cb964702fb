"""Values that are keys with values: fixed keys, one of several heads, or names chosen by the user."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, cast

from equipoise.kernel.errors import closest
from equipoise.study.errors import BAD_NAME, DUPLICATE_NAME, MISSING_KEY, OUT_OF_RANGE, UNKNOWN_KEY
from equipoise.study.grammar.shapes.desk import Desk, Spot
from equipoise.study.grammar.shapes.tree import Mapping, Node, Pair
from equipoise.study.grammar.shapes.values import Schema, Shape, wrong_type

T = TypeVar("T")
NAME_PATTERN = r"^[A-Za-z][A-Za-z0-9_]{0,59}$"
RESERVED = frozenset(
    {"label", "not", "sex", "age", "window", "number", "death", "index", "value", "in", "of", "on", "any", "first", "none"}
)
"""Words of the grammar: a code set of that name could not be told from them."""


@dataclass(frozen=True)
class Field(Generic[T]):
    """A key with the shape of its value, what it says, an example as written, and what holds when it is left out."""

    key: str
    shape: Shape[T]
    says: str
    required: bool = False
    default: object = None
    example: object = None

    def schema(self) -> Schema:
        """The schema of the value, with description, default and example."""
        inner = self.shape.schema()
        extra: Schema = {"description": self.says}
        if self.default is not None:
            extra["default"] = self.default
        if self.example is not None:
            extra["examples"] = [self.example]
        return {"allOf": [inner], **extra} if "$ref" in inner else {**inner, **extra}


@dataclass
class Entry:
    """A mapping after its keys were read."""

    node: Mapping
    desk: Desk
    values: dict[str, object] = field(default_factory=dict)
    whole: bool = True
    """False when anything in it was reported."""

    def get(self, key: Field[T]) -> T | None:
        """The value of a key; None when it is absent or was reported."""
        return cast("T | None", self.values.get(key.key))

    def need(self, key: Field[T]) -> T:
        """The value of a required key of a whole entry."""
        return cast(T, self.values[key.key])

    def at(self, key: Field[Any]) -> Node:
        """The node of a key, or the whole mapping when the key is absent: a place for reports."""
        pair = self.node.find(key.key)
        return pair.value if pair else self.node

    def given(self, **keys: Field[Any]) -> dict[str, Any]:
        """The values of those keys that are there, under the model's names: absent ones keep the model's defaults."""
        return {name: self.values[key.key] for name, key in keys.items() if key.key in self.values}


@dataclass(frozen=True)
class Record(Shape[T]):
    """Keys that are all known. `build` is called even when a part was reported, so that it can check the rest."""

    fields: tuple[Field[Any], ...]
    build: Callable[[Entry], T | None]
    says: str = ""
    one_of: tuple[str, ...] = ()
    """Keys of which at least one must be there."""

    def read(self, node: Node, desk: Desk) -> T | None:
        """See `Shape.read`."""
        if not isinstance(node, Mapping):
            return wrong_type(node, desk, "keys with values: " + ", ".join(f.key for f in self.fields))
        before = len(desk.problems)
        entry = Entry(node, desk)
        known = {f.key: f for f in self.fields}
        for pair in node.pairs:
            self._read_pair(pair, known, entry)
        for missing in (f for f in self.fields if f.required and node.find(f.key) is None):
            desk.report(MISSING_KEY, f"`{missing.key}` is missing" + (f" in `{node.name}`" if node.name else ""), node)
        if self.one_of and not any(node.find(key) for key in self.one_of):
            desk.report(MISSING_KEY, " or ".join(f"`{key}`" for key in self.one_of) + " is missing", node)
        entry.whole = len(desk.problems) == before
        built = self.build(entry)
        return built if len(desk.problems) == before else None

    def _read_pair(self, pair: Pair, known: dict[str, Field[Any]], entry: Entry) -> None:
        if pair.key not in known:
            what = f"unknown key `{pair.key[:60]}`; known: {', '.join(known)}"
            entry.desk.report(UNKNOWN_KEY, what, Spot(pair.line, pair.value.path), closest(pair.key, known))
        elif (value := known[pair.key].shape.read(pair.value, entry.desk)) is not None:
            entry.values[pair.key] = value

    def schema(self) -> Schema:
        """See `Shape.schema`."""
        made: Schema = {
            "type": "object",
            "properties": {f.key: f.schema() for f in self.fields},
            "required": [f.key for f in self.fields if f.required],
            "additionalProperties": False,
        }
        if self.one_of:
            made["anyOf"] = [{"required": [key]} for key in self.one_of]
        return {"description": self.says, **made} if self.says else made


@dataclass(frozen=True)
class Headed(Shape[T]):
    """One of several records, told apart by their first field's key; else (where given) something else."""

    records: tuple[Record[Any], ...]
    otherwise: Shape[T] | None = None
    wanted: str = ""
    named: bool = False
    """True when `otherwise` reads keys with values too."""

    def read(self, node: Node, desk: Desk) -> T | None:
        """See `Shape.read`."""
        if isinstance(node, Mapping):
            for record in self.records:
                if node.find(record.fields[0].key) is not None:
                    return cast("T | None", record.read(node, desk))
        if self.otherwise is not None and not (isinstance(node, Mapping) and not self.named):
            return self.otherwise.read(node, desk)
        if not isinstance(node, Mapping):
            return wrong_type(node, desk, self.wanted or f"keys with values, one of them {self._heads()}")
        heads = [record.fields[0].key for record in self.records]
        near = next((found for pair in node.pairs if (found := closest(pair.key, heads))), None)
        return desk.report(MISSING_KEY, f"`{node.name}` needs one of the keys {self._heads()}", node, near)

    def _heads(self) -> str:
        return ", ".join(f"`{record.fields[0].key}`" for record in self.records)

    def schema(self) -> Schema:
        """See `Shape.schema`."""
        return {"anyOf": [*([self.otherwise.schema()] if self.otherwise else []), *(record.schema() for record in self.records)]}


@dataclass(frozen=True)
class ByName(Shape[tuple[T, ...]]):
    """Things under names of the user's choosing; the item reads its name from its node. Any name differs from others in more than case."""

    item: Shape[T]
    at_least: int = 1
    plain_names: bool = True
    """False where a name may be any text, such as the name of an arm."""
    longest: int = 60
    reserved: frozenset[str] = frozenset()

    def read(self, node: Node, desk: Desk) -> tuple[T, ...] | None:
        """See `Shape.read`."""
        if not isinstance(node, Mapping):
            return wrong_type(node, desk, "names with values")
        if len(node.pairs) < self.at_least:
            return desk.report(OUT_OF_RANGE, f"`{node.name}` needs at least {self.at_least} named entry", node)
        before = len(desk.problems)
        self._check_names(node, desk)
        found = [value for pair in node.pairs if (value := self.item.read(pair.value, desk)) is not None]
        return tuple(found) if len(desk.problems) == before and len(found) == len(node.pairs) else None

    def _check_names(self, node: Mapping, desk: Desk) -> None:
        seen: dict[str, str] = {}
        for pair in node.pairs:
            spot = Spot(pair.line, pair.value.path)
            fit = re.fullmatch(NAME_PATTERN, pair.key) if self.plain_names else len(pair.key) <= self.longest and "\n" not in pair.key
            if not fit or pair.key.lower() in self.reserved:
                desk.report(BAD_NAME, f"`{pair.key[:60]}` cannot be a name here", spot)
            elif (folded := pair.key.strip().lower()) in seen:
                desk.report(DUPLICATE_NAME, f"`{pair.key[:60]}` and `{seen[folded][:60]}` differ in nothing but case or spaces", spot)
            seen.setdefault(pair.key.strip().lower(), pair.key)

    def schema(self) -> Schema:
        """See `Shape.schema`."""
        names: Schema = {"pattern": NAME_PATTERN} if self.plain_names else {"maxLength": self.longest}
        item = self.item.schema()
        return {"type": "object", "additionalProperties": item, "minProperties": self.at_least, "propertyNames": names}

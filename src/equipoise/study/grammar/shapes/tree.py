"""YAML text as a tree of nodes that know their line: no anchors, no tags, one document, text keys."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml import events as ev
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.reader import ReaderError

from equipoise.study.errors import DUPLICATE_KEY, KEY_NOT_TEXT, YAML_FORBIDDEN, YAML_SYNTAX
from equipoise.study.grammar.shapes.desk import Desk, Spot

DEEPEST = 30
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")

Plain: TypeAlias = "str | int | float | bool | list[Plain] | dict[str, Plain] | None"


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value as written. `plain` is False when it stood in quotes; `name` is the key it stands under."""

    text: str
    line: int
    path: str
    name: str
    plain: bool

    @property
    def value(self) -> str | int | float | bool | None:
        """The value by the core schema of YAML 1.2: dates stay text, and numbers too long or not finite too."""
        if not self.plain:
            return self.text
        if self.text in ("", "~", "null", "Null", "NULL"):
            return None
        if self.text.lower() in ("true", "false") and self.text in (self.text.lower(), self.text.upper(), self.text.capitalize()):
            return self.text.lower() == "true"
        return _number(self.text)


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: tuple[Node, ...]
    line: int
    path: str
    name: str


@dataclass(frozen=True, slots=True)
class Pair:
    """A key, its line, and its value."""

    key: str
    line: int
    value: Node


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys and values in the order written; each key once."""

    pairs: tuple[Pair, ...]
    line: int
    path: str
    name: str

    def find(self, key: str) -> Pair | None:
        """The pair of a key, or None."""
        return next((pair for pair in self.pairs if pair.key == key), None)


Node: TypeAlias = Scalar | Sequence | Mapping


def read_tree(text: str, desk: Desk) -> Node | None:
    """The tree of the file's one document. A fault of syntax is reported and ends the reading; other faults leave their part out."""
    try:
        return _Builder(text, desk).document()
    except _Stop:
        return None
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = error.problem or error.context or "the text is not YAML"
        desk.report(YAML_SYNTAX, f"not YAML: {_one_line(what)}", None if mark is None else Spot(mark.line + 1))
    except ReaderError as error:
        desk.report(YAML_SYNTAX, "not YAML: a character that no text holds", Spot(text.count("\n", 0, error.position) + 1))
    except (YAMLError, ValueError, OverflowError, IndexError) as error:
        desk.report(YAML_SYNTAX, f"not YAML: {_one_line(str(error))}", None)
    return None


def as_plain(node: Node) -> Plain:
    """The node as plain Python values, as any YAML 1.2 reader gives them: what a JSON Schema is applied to."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Sequence):
        return [as_plain(item) for item in node.items]
    return {pair.key: as_plain(pair.value) for pair in node.pairs}


class _Stop(Exception):  # noqa: N818
    """The rest of the file is not read."""


class _Builder:
    """Turns the parser's events into nodes."""

    def __init__(self, text: str, desk: Desk) -> None:
        self._events: Iterator[Any] = iter(YAML(typ="safe", pure=True).parse(text))
        self._desk = desk
        self._depth = 0

    def document(self) -> Node | None:
        """The one document of the stream; an empty one is a scalar without text."""
        next(self._events)
        event = next(self._events)
        if isinstance(event, ev.StreamEndEvent):
            return Scalar("", 1, "", "", True)
        if event.version or event.tags:
            self._stop(event, "a % directive")
        root = self._node(next(self._events), "", "")
        next(self._events)
        if not isinstance(after := next(self._events), ev.StreamEndEvent):
            self._stop(after, "a second document")
        return root

    def _node(self, event: Any, path: str, name: str) -> Node:
        if isinstance(event, ev.AliasEvent):
            self._stop(event, "an alias (*)")
        if event.anchor:
            self._stop(event, "an anchor (&)")
        if event.tag:
            self._stop(event, "a tag (!)")
        line = event.start_mark.line + 1
        if isinstance(event, ev.ScalarEvent):
            return self._scalar(event, path, name)
        self._depth += 1
        if self._depth > DEEPEST:
            self._stop(event, f"more than {DEEPEST} levels of nesting")
        node: Node
        if isinstance(event, ev.SequenceStartEvent):
            node = Sequence(tuple(self._items(path, name)), line, path, name)
        else:
            node = Mapping(tuple(self._pairs(path)), line, path, name)
        self._depth -= 1
        return node

    def _scalar(self, event: Any, path: str, name: str) -> Scalar:
        if _UNFIT.search(event.value):
            self._stop(event, "a control character")
        return Scalar(event.value, event.start_mark.line + 1, path, name, event.style is None or event.style == "")

    def _items(self, path: str, name: str) -> Iterator[Node]:
        position = 0
        while not isinstance(event := next(self._events), ev.SequenceEndEvent):
            position += 1
            yield self._node(event, f"{path}[{position}]", name)

    def _pairs(self, path: str) -> Iterator[Pair]:
        seen: dict[str, int] = {}
        while not isinstance(event := next(self._events), ev.MappingEndEvent):
            key = self._node(event, path, "")
            text = key.text if isinstance(key, Scalar) else ""
            value = self._node(next(self._events), f"{path}.{text}".lstrip("."), text)
            if not isinstance(key, Scalar) or not isinstance(key.value, str) or not text.strip():
                self._desk.report(KEY_NOT_TEXT, f"the key {text!r} is not text" if text else "a key is not text", Spot(key.line, path))
            elif text in seen:
                self._desk.report(DUPLICATE_KEY, f"the key `{text}` was already given in line {seen[text]}", Spot(key.line, path))
            else:
                seen[text] = key.line
                yield Pair(text, key.line, value)

    def _stop(self, event: Any, what: str) -> None:
        self._desk.report(YAML_FORBIDDEN, f"{what} is not allowed in a study file", Spot(event.start_mark.line + 1))
        raise _Stop


def _number(text: str) -> str | int | float:
    if len(text) > 40 or _NOT_FINITE.fullmatch(text):
        return text
    if _INTEGER.fullmatch(text):
        return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
    if _FLOAT.fullmatch(text):
        number = float(text)
        return number if abs(number) < 1e300 else text
    return text


def _one_line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:200]

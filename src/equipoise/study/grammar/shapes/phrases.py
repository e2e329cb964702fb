"""Phrases: text with a fixed wording. A sentence is one form from end to end; clauses stand in any order, commas between them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from equipoise.kernel.errors import closest
from equipoise.study.errors import UNREADABLE_PHRASE
from equipoise.study.grammar.shapes.desk import Desk, Refused
from equipoise.study.grammar.shapes.tree import Node, Scalar
from equipoise.study.grammar.shapes.values import Schema, Shape, wrong_type

T = TypeVar("T")
_SIGNS = str.maketrans({"≥": ">=", "≤": "<=", "−": "-", "\u00a0": " ", "–": "-"})
NUMBER = r"-?\d{1,9}(?:\.\d{1,9})?"
DAYS = r"-?\d{1,6}"
COUNT = r"\d{1,6}"
NAMES = r"(?:\[[^\[\]]*\]|[A-Za-z][\w.-]*)"
"""One name, or several in square brackets."""


def tidy(text: str) -> str:
    """One space between words, and plain signs for the typographer's."""
    return " ".join(text.translate(_SIGNS).split())


def names_in(text: str) -> tuple[str, ...]:
    """The names in `[a, b]` or `a`."""
    return tuple(name for part in text.strip("[] ").split(",") if (name := part.strip()))


@dataclass(frozen=True)
class Form(Generic[T]):
    """One wording: a pattern over the whole phrase, an example of it, what it says, and what it becomes."""

    pattern: str
    example: str
    says: str
    build: Callable[[re.Match[str], Node, Desk], T | None]


def unreadable(node: Node, desk: Desk, text: str, subject: str, examples: Sequence[str]) -> Refused:
    """Report a phrase that fits no form, with all forms that exist."""
    known = "; ".join(examples)
    return desk.report(UNREADABLE_PHRASE, f"cannot read `{text[:120]}` as {subject}; phrases are: {known}", node, closest(text, examples))


@dataclass(frozen=True)
class Sentence(Shape[T]):
    """Text that is one of some forms, capitals or not."""

    subject: str
    forms: tuple[Form[T], ...]

    def read(self, node: Node, desk: Desk) -> T | None:
        """See `Shape.read`."""
        if not isinstance(node, Scalar) or not isinstance(node.value, str):
            return wrong_type(node, desk, f"{self.subject}, such as `{self.forms[0].example}`")
        text = tidy(node.text)
        for form in self.forms:
            if match := re.fullmatch(form.pattern, text, re.IGNORECASE):
                return form.build(match, node, desk)
        return unreadable(node, desk, text, self.subject, self.examples)

    @property
    def examples(self) -> tuple[str, ...]:
        """One example of each form."""
        return tuple(form.example for form in self.forms)

    def schema(self) -> Schema:
        """See `Shape.schema`."""
        return {"type": "string", "examples": list(self.examples)}


@dataclass(frozen=True)
class Clause:
    """One part of a phrase that is put together from parts. `kind` may occur once in a phrase."""

    kind: str
    pattern: str
    example: str
    says: str


@dataclass(frozen=True)
class Part:
    """A clause that was found, with what it captured."""

    clause: Clause
    groups: tuple[str, ...]


def split_clauses(text: str, clauses: Sequence[Clause]) -> dict[str, Part] | None:
    """The parts of a phrase by kind; None when a part fits no clause or a kind occurs twice."""
    parts: dict[str, Part] = {}
    rest = text
    while rest:
        found = _first_clause(rest, clauses)
        if found is None or found[0].clause.kind in parts:
            return None
        parts[found[0].clause.kind] = found[0]
        rest = found[1]
    return parts or None


def _first_clause(text: str, clauses: Sequence[Clause]) -> tuple[Part, str] | None:
    for clause in clauses:
        match = re.match(rf"(?:{clause.pattern})(?=$|[\s,])", text, re.IGNORECASE)
        if match:
            return Part(clause, tuple(group for group in match.groups() if group is not None)), text[match.end() :].lstrip(" ,")
    return None

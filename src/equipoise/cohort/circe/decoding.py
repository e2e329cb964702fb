"""Plain values become objects of the model, by the shape of the language; every problem is noted with its place."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from math import isfinite
from pathlib import Path
from re import ASCII, fullmatch
from typing import Any

from equipoise.cohort.circe.errors import (
    DUPLICATE_CONCEPT_SET,
    MISSING_CONCEPT_SET,
    MISSING_KEY,
    OUT_OF_RANGE,
    TOO_DEEP,
    UNKNOWN_DOMAIN,
    UNKNOWN_VALUE,
    WRONG_TYPE,
)
from equipoise.cohort.circe.language import (
    DOMAINS,
    NO_ATTRIBUTE,
    Choice,
    Day,
    Flag,
    Many,
    Number,
    One,
    SetId,
    Text,
    Whole,
    Wrapped,
    by_key,
    required,
)
from equipoise.cohort.circe.model import CohortExpression, ConceptSet, ConceptSetItem, Period, ResultLimit, Unknown
from equipoise.cohort.circe.place import Place, path_of
from equipoise.cohort.circe.rules import RULES
from equipoise.kernel.errors import EquipoiseError, ErrorKind, Problem, Where, closest

DEEPEST = 48
"""Objects inside each other: sixteen criteria within criteria, or as many nested groups as there can be. Published definitions have
three groups."""


class Decoder:
    """Reads plain values; gathers problems and unknown keys on the way."""

    def __init__(self, file: Path | None) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.unknown: list[Unknown] = []
        self.referred: list[tuple[Place, int]] = []
        self.depth = 0
        self.readers: dict[type, Callable[[Any, Any, Place], Any]] = {
            Whole: self.whole,
            SetId: self.set_id,
            Number: self.number,
            Flag: self.flag,
            Text: self.text,
            Day: self.day,
            Choice: self.choice,
            One: self.one,
            Wrapped: self.wrapped,
            Many: self.many,
        }

    def expression(self, tree: object) -> CohortExpression:
        """The whole definition."""
        found: CohortExpression | None = self.one(One(CohortExpression), tree, ())
        self.sets(found.concept_sets if found else ())
        if found is None or self.problems:
            raise EquipoiseError(*self.problems)
        return replace(found, unknown=tuple(self.unknown))

    def sets(self, concept_sets: tuple[ConceptSet, ...]) -> None:
        """Each set has its own id, and each reference its set. Asked only where the sets themselves could be read."""
        known: set[int] = set()
        for position, concept_set in enumerate(concept_sets):
            if concept_set.id in known:
                what = f"a second concept set has the id {concept_set.id}"
                self.report(DUPLICATE_CONCEPT_SET, what, ("ConceptSets", position, "id"))
            known.add(concept_set.id)
        for place, wanted in self.referred if not self.problems else ():
            if wanted not in known:
                self.report(MISSING_CONCEPT_SET, f"there is no concept set with the id {wanted}", place)

    def report(self, kind: ErrorKind, what: str, place: Place, *, did_you_mean: str | None = None) -> None:
        """Note a problem."""
        self.problems.append(Problem(kind, what, Where(file=self.file, path=path_of(place)), did_you_mean))

    def wrong(self, wanted: str, value: object, place: Place) -> None:
        """Note that something else was wanted."""
        self.report(WRONG_TYPE, f"{wanted} is wanted here, not {_named(value)}", place)

    # --- objects -----------------------------------------------------------------------------------------------------

    def one(self, kind: One, tree: object, place: Place) -> Any:
        """An object; null and absent keys take the defaults."""
        if not isinstance(tree, dict):
            return self.wrong("an object", tree, place)
        self.depth += 1
        try:
            return self.too_deep(place) if self.depth > DEEPEST else self.build(kind.of, tree, place)
        finally:
            self.depth -= 1

    def too_deep(self, place: Place) -> None:
        """Note that there is no end to it."""
        self.report(TOO_DEEP, f"more than {DEEPEST} objects inside each other", place)

    def build(self, cls: type, tree: dict[str, Any], place: Place) -> Any:
        """An object of this class from its JSON object."""
        before = len(self.problems)
        values = self.items_of_set(tree, place) if cls is ConceptSet else {}
        known, silent = by_key(cls), NO_ATTRIBUTE.get(cls, ())
        for key, value in tree.items():
            if (attribute := known.get(key)) is None:
                self.keep_unknown(key, value, place, silent)
            elif value is not None:
                values[attribute.name] = self.readers[type(attribute.kind)](attribute.kind, value, (*place, key))
        for attribute in required(cls):
            if attribute.name not in values:
                self.report(MISSING_KEY, f"the key {attribute.key} is missing", place)
        return None if len(self.problems) > before else self.settled(cls(**values), tree, place)

    def items_of_set(self, tree: dict[str, Any], place: Place) -> dict[str, Any]:
        """The lines of a concept set, which stand one object deeper."""
        inner, here = tree.get("expression"), (*place, "expression")
        if not isinstance(inner, dict):
            if inner is not None:
                self.wrong("an object", inner, here)
            return {}
        for key in inner:
            if key != "items":
                self.keep_unknown(key, inner[key], here)
        lines = inner.get("items")
        return {} if lines is None else {"items": self.many(Many(One(ConceptSetItem)), lines, (*here, "items"))}

    def settled(self, built: Any, tree: dict[str, Any], place: Place) -> Any:
        """An open period is none; a limit whose type is null limits nothing; rules are kept."""
        for kind, what, where in RULES[type(built)](built, place) if type(built) in RULES else ():
            self.report(kind, what, where)
        if isinstance(built, Period) and built == Period():
            return None
        if isinstance(built, ResultLimit) and "Type" in tree and tree["Type"] is None:
            return ResultLimit(type="All")
        return built

    def keep_unknown(self, key: object, value: object, place: Place, silent: tuple[str, ...] = ()) -> None:
        """Note a key that Circe does not have."""
        text = None if key in silent else _as_json(value)
        if text is not None:
            self.unknown.append(Unknown(place=place, key=str(key), value=text))
        elif key not in silent:
            self.report(TOO_DEEP, f"the unknown key {str(key)[:60]!r} holds what cannot be kept", place)

    def wrapped(self, kind: Wrapped, tree: object, place: Place) -> Any:
        """An object under its own name."""
        what = "a domain" if kind == DOMAINS else "an exit strategy"
        names = dict(kind.classes)
        if not isinstance(tree, dict):
            return self.wrong(f"an object with the name of {what}", tree, place)
        found = [name for name in tree if name in names]
        if len(found) != 1:
            return self.no_domain(what, list(names), [str(name) for name in tree], place)
        for name in tree:
            if name != found[0]:
                self.keep_unknown(name, tree[name], place)
        return self.one(One(names[found[0]]), tree[found[0]], (*place, found[0]))

    def no_domain(self, what: str, names: list[str], given: list[str], place: Place) -> None:
        """Note that none, or more than one, of the names is there."""
        meant = closest(given[0], names) if given else None
        said = f"{given[0][:60]!r} is not {what}" if given else f"an object with the name of {what} is empty"
        if len([name for name in given if name in names]) > 1:
            said = f"more than one name of {what}: {', '.join(given)[:200]}"
        self.report(UNKNOWN_DOMAIN, said, place, did_you_mean=meant)

    def many(self, kind: Many, tree: object, place: Place) -> tuple[Any, ...]:
        """A list."""
        if not isinstance(tree, list):
            self.wrong("a list", tree, place)
            return ()
        read = self.readers[type(kind.of)]
        return tuple(read(kind.of, item, (*place, position)) for position, item in enumerate(tree))

    # --- values ------------------------------------------------------------------------------------------------------

    def whole(self, kind: Whole, value: object, place: Place) -> int:
        """A whole number; as in the reference, digits in quotes are one too."""
        found = _number(value)
        if not isinstance(found, int):
            self.wrong("a whole number", value, place)
            return 0
        if not -(2 ** (kind.bits - 1)) <= found < 2 ** (kind.bits - 1):
            self.report(OUT_OF_RANGE, f"a whole number of {kind.bits} bits is wanted here", place)
        return found

    def set_id(self, _kind: SetId, value: object, place: Place) -> int:
        """The id of a concept set; whether there is such a set is asked at the end."""
        found = self.whole(Whole(), value, place)
        self.referred.append((place, found))
        return found

    def number(self, _kind: Number, value: object, place: Place) -> int | float:
        """A finite number, whole where it can be."""
        found = _number(value)
        if found is None:
            self.wrong("a number", value, place)
            return 0
        if not abs(found) < 2**63:
            self.report(OUT_OF_RANGE, "the number is too large", place)
        return found

    def flag(self, _kind: Flag, value: object, place: Place) -> bool:
        """True or false; in quotes too, as in the reference."""
        if isinstance(value, str) and value in ("true", "false"):
            return value == "true"
        if not isinstance(value, bool):
            self.wrong("true or false", value, place)
        return value is True

    def text(self, _kind: Text, value: object, place: Place) -> str:
        """Text; a number is taken as written, as in the reference."""
        if isinstance(value, str):
            return value
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        self.wrong("text", value, place)
        return ""

    def day(self, _kind: Day, value: object, place: Place) -> date | None:
        """A calendar day; empty text is none."""
        match = fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", value, flags=ASCII) if isinstance(value, str) else None
        if match is None:
            if value != "":
                self.wrong("a day as YYYY-MM-DD", value, place)
            return None
        try:
            return date(*(int(part) for part in match.groups()))
        except ValueError:
            self.report(WRONG_TYPE, "there is no such day in the calendar", place)
            return None

    def choice(self, kind: Choice, value: object, place: Place) -> Any:
        """One of a few values; capitals do not count, as in most of the reference."""
        if isinstance(kind.values[0], int):
            found = _number(value)
            matches: list[str | int] = [known for known in kind.values if found is not None and known == found]
        else:
            matches = [known for known in kind.values if isinstance(value, str) and str(known).casefold() == value.casefold()]
        if matches:
            return matches[0]
        names = ", ".join(str(int(known) if isinstance(known, int) else known) for known in kind.values)
        meant = closest(value, [str(known) for known in kind.values]) if isinstance(value, str) else None
        self.report(UNKNOWN_VALUE, f"one of {names} is wanted here, not {_named(value)}", place, did_you_mean=meant)
        return None


def _number(value: object) -> int | float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str):
        if not fullmatch(r"-?\d{1,18}(\.\d{1,18})?", value, flags=ASCII):
            return None
        value = float(value) if "." in value else int(value)
    return int(value) if isinstance(value, float) and isfinite(value) and value.is_integer() else value


def _as_json(value: object) -> str | None:
    try:
        return json.dumps(value, allow_nan=False)
    except (RecursionError, ValueError, TypeError):
        return None


def _named(value: object) -> str:
    """What a value is; the value itself where it is short."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    if isinstance(value, str):
        return repr(value[:60])
    return (_as_json(value) or "something else")[:60]

"""The shape of the language, derived from the model: which keys each object has in JSON, and what each may hold.

Reading, writing, the walk over a definition and the fingerprint all follow it, so that an attribute added to the model is known to all.
"""

from __future__ import annotations

import types
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date
from enum import IntEnum
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from equipoise.cohort.circe import model
from equipoise.cohort.circe.model.expression import EndStrategy


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number of 32 bits; of 64 for the ids of concepts."""

    bits: int = 32


@dataclass(frozen=True, slots=True)
class SetId:
    """The id of a concept set of the definition."""


@dataclass(frozen=True, slots=True)
class Number:
    """A finite number."""


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""


@dataclass(frozen=True, slots=True)
class Text:
    """Text."""


@dataclass(frozen=True, slots=True)
class Day:
    """A calendar day, `YYYY-MM-DD`."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few values."""

    values: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class One:
    """An object of the model."""

    of: type


@dataclass(frozen=True, slots=True)
class Wrapped:
    """An object under its own name: `{"Death": {...}}`."""

    classes: tuple[tuple[str, type], ...]


@dataclass(frozen=True, slots=True)
class Many:
    """A list."""

    of: One | Wrapped


Kind = Whole | SetId | Number | Flag | Text | Day | Choice | One | Wrapped | Many


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of a model class: its name there, its key in JSON, what it holds, and its value when absent."""

    name: str
    key: str
    kind: Kind
    required: bool
    default: Any


DOMAINS = Wrapped(tuple(model.DOMAINS.items()))
EXITS = Wrapped((("DateOffset", model.DateOffset), ("CustomEra", model.CustomEra)))
NESTED: dict[tuple[type, str], str] = {(model.ConceptSet, "items"): "expression"}
"""Attributes that stand one object deeper in JSON."""
NO_ATTRIBUTE: dict[type, tuple[str, ...]] = {
    model.Concept: ("STANDARD_CONCEPT_CAPTION", "INVALID_REASON_CAPTION"),
    model.ConceptSet: ("expression",),
}
"""Keys that belong to the language but are no attribute: they say again what another says, or hold what is nested."""

_KNOWN: dict[type, tuple[Attribute, ...]] = {}
_BY_KEY: dict[type, dict[str, Attribute]] = {}
_REQUIRED: dict[type, tuple[Attribute, ...]] = {}
_PLAIN: dict[Any, Kind] = {bool: Flag(), str: Text(), date: Day(), EndStrategy: EXITS, model.Criterion: DOMAINS, int | float: Number()}


def attributes(cls: type) -> tuple[Attribute, ...]:
    """The attributes of a class of the model, in order."""
    if cls not in _KNOWN:
        _KNOWN[cls] = _derived(cls)
    return _KNOWN[cls]


def by_key(cls: type) -> dict[str, Attribute]:
    """The attributes that stand in the object itself, by their keys in JSON."""
    if cls not in _BY_KEY:
        _BY_KEY[cls] = {a.key: a for a in attributes(cls) if (cls, a.name) not in NESTED}
    return _BY_KEY[cls]


def required(cls: type) -> tuple[Attribute, ...]:
    """The attributes without which the object has no meaning."""
    if cls not in _REQUIRED:
        _REQUIRED[cls] = tuple(attribute for attribute in attributes(cls) if attribute.required)
    return _REQUIRED[cls]


def _derived(cls: type) -> tuple[Attribute, ...]:
    hints = get_type_hints(cls)
    return tuple(
        Attribute(
            name=field.name,
            key=key_of(cls, field.name),
            kind=_kind(cls, field.name, hints[field.name]),
            required=field.default is MISSING,
            default=None if field.default is MISSING else field.default,
        )
        for field in fields(cls)
        if field.name != "unknown"
    )


def key_of(cls: type, name: str) -> str:
    """The key of an attribute in JSON."""
    if cls is model.Concept:
        return name.upper()
    words = name.split("_")
    if cls in (model.ConceptSet, model.ConceptSetItem, model.InclusionRule) or name == "cdm_version_range":
        return words[0] + "".join(word.capitalize() for word in words[1:])
    return "".join("CS" if word == "cs" else word.capitalize() for word in words)


def _kind(cls: type, name: str, hint: Any) -> Kind:
    origin, parts = get_origin(hint), get_args(hint)
    if hint in _PLAIN:
        return _PLAIN[hint]
    if origin in (Union, types.UnionType) and type(None) in parts:
        rest = tuple(part for part in parts if part is not type(None))
        return _kind(cls, name, Union[rest] if len(rest) > 1 else rest[0])  # noqa: UP007 - made of parts known only here
    if origin is tuple:
        return _many(_kind(cls, name, parts[0]))
    if origin is Literal:
        return Choice(parts)
    return _of_class(cls, name, hint)


def _of_class(cls: type, name: str, hint: type) -> Kind:
    if hint is int:
        refers = issubclass(cls, model.Criterion) or name in ("codeset_id", "drug_codeset_id")
        return SetId() if refers else Whole(64 if cls is model.Concept else 32)
    if issubclass(hint, IntEnum):
        return Choice(tuple(hint))
    if not is_dataclass(hint):
        raise TypeError(f"{cls.__name__}.{name}: {hint} is no part of the language")
    return One(hint)


def _many(kind: Kind) -> Many:
    if not isinstance(kind, One | Wrapped):
        raise TypeError(f"lists hold objects, not {kind}")
    return Many(kind)

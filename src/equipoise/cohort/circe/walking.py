"""Every part of a definition, with its place: what the rules and the warnings look through."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from equipoise.cohort.circe.language import NESTED, Attribute, Many, One, SetId, Wrapped, attributes
from equipoise.cohort.circe.model import CohortExpression, ConceptSet, CorrelatedCriteria, Criterion
from equipoise.cohort.circe.place import Place


@dataclass(frozen=True, slots=True)
class Part:
    """An attribute's value, its place, the object that has it, and the objects around that, the outermost first."""

    place: Place
    value: Any
    attribute: Attribute
    owner: Any
    around: tuple[Any, ...]


def parts_of(node: Any, place: Place = (), around: tuple[Any, ...] = ()) -> Iterator[Part]:
    """Every attribute that has a value, of the object and of all inside it, in the order of the model; concept sets' lines aside."""
    for attribute in attributes(type(node)):
        value = getattr(node, attribute.name)
        if value is None or value == ():
            continue
        here = place_of(type(node), attribute, place)
        yield Part(here, value, attribute, node, around)
        if not isinstance(node, ConceptSet):
            yield from _inside(attribute, value, here, (*around, node))


def place_of(cls: type, attribute: Attribute, place: Place) -> Place:
    """The place of an attribute of the object at `place`."""
    nested = NESTED.get((cls, attribute.name))
    return (*place, nested, attribute.key) if nested else (*place, attribute.key)


def _inside(attribute: Attribute, value: Any, place: Place, around: tuple[Any, ...]) -> Iterator[Part]:
    kind = attribute.kind
    if isinstance(kind, Many):
        for position, item in enumerate(value):
            yield from parts_of(item, _under(kind.of, item, (*place, position)), around)
    elif isinstance(kind, One | Wrapped):
        yield from parts_of(value, _under(kind, value, place), around)


def _under(kind: One | Wrapped, value: Any, place: Place) -> Place:
    return (*place, type(value).__name__) if isinstance(kind, Wrapped) else place


def criteria_of(expression: CohortExpression) -> Iterator[tuple[Place, Criterion, CorrelatedCriteria | None]]:
    """Every criterion with its place, and the correlated criteria that holds it (None for initial and censoring events)."""
    for part in parts_of(expression):
        items = part.value if isinstance(part.value, tuple) else (part.value,)
        for position, item in enumerate(items):
            if isinstance(item, Criterion):
                place = (*part.place, position) if isinstance(part.value, tuple) else part.place
                yield (*place, type(item).__name__), item, part.owner if isinstance(part.owner, CorrelatedCriteria) else None


def sets_referred_to(expression: CohortExpression) -> Iterator[tuple[Place, int]]:
    """Every reference to a concept set, with its place."""
    for part in parts_of(expression):
        if isinstance(part.attribute.kind, SetId):
            yield part.place, part.value

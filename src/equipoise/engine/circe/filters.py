"""From a criterion's attributes to filters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from equipoise.cohort.circe.model import (
    Concept,
    ConceptSet,
    ConceptSetSelection,
    Criterion,
    DateRange,
    DemographicCriteria,
    DrugEra,
    NumericRange,
    TextFilter,
)
from equipoise.engine.circe.domains import Attribute, Domain
from equipoise.engine.circe.shapes import Filter, FilterKind, FilterShape, Value, ValueType

_OPERATORS = {"lt": "<", "lte": "<=", "eq": "=", "!eq": "<>", "gt": ">", "gte": ">="}
_EPOCH = date(1970, 1, 1).toordinal()
_FOUR_PLACES = Decimal("0.0001")
SetContent = frozenset[tuple[int, bool, bool, bool]]
"""Lines of a concept set: concept, excluded, with descendants, with mapped."""


def day_of(when: date) -> int:
    """Days from 1970-01-01."""
    return when.toordinal() - _EPOCH


@dataclass(slots=True)
class SetNumbers:
    """The concept sets of a batch, each content once: those to be resolved in the vocabulary, and those that list their concepts."""

    resolved: dict[SetContent, int] = field(default_factory=dict)
    listed: dict[frozenset[int], int] = field(default_factory=dict)

    def of_content(self, content: SetContent) -> int:
        """The number of a set of the vocabulary."""
        return self.resolved.setdefault(content, self._next())

    def of_list(self, concepts: frozenset[int]) -> int:
        """The number of a list of concepts."""
        return self.listed.setdefault(concepts, self._next())

    def _next(self) -> int:
        return len(self.resolved) + len(self.listed)


_NO_LINES: SetContent = frozenset()


@dataclass(frozen=True, slots=True)
class Sets:
    """The concept sets of one definition: from its own numbers to the batch's. A set that it does not have is empty."""

    numbers: SetNumbers
    contents: dict[int, SetContent]

    @staticmethod
    def of(concept_sets: tuple[ConceptSet, ...], numbers: SetNumbers) -> Sets:
        """Read a definition's sets."""
        return Sets(
            numbers,
            {
                one.id: frozenset(
                    (item.concept.concept_id, item.is_excluded, item.include_descendants, item.include_mapped) for item in one.items
                )
                for one in concept_sets
            },
        )

    def number(self, codeset_id: int) -> int:
        """The batch's number of a definition's set."""
        return self.numbers.of_content(self.contents.get(codeset_id, _NO_LINES))

    def optional(self, codeset_id: int | None) -> int | None:
        """The same, where the attribute may be absent."""
        return None if codeset_id is None else self.number(codeset_id)

    def listed(self, concepts: tuple[Concept, ...]) -> int:
        """The batch's number of a list of concepts."""
        return self.numbers.of_list(frozenset(one.concept_id for one in concepts))


def filters_of(criterion: Criterion, domain: Domain, sets: Sets) -> tuple[Filter, ...]:
    """The attributes that are set, as filters, in the domain's order."""
    return tuple(one for attribute in domain.attributes for one in _filters(criterion, attribute, sets))


def _filters(criterion: Criterion, attribute: Attribute, sets: Sets) -> Iterator[Filter]:
    value = getattr(criterion, attribute.name)
    if value is None or value is False or value == ():
        return
    if isinstance(criterion, DrugEra) and attribute.name == "gap_days" and criterion.era_length is not None:
        value = criterion.era_length
    exclude = bool(getattr(criterion, f"{attribute.name}_exclude", False))
    yield _filter(value, attribute, exclude=exclude, sets=sets)


_DEMOGRAPHIC = (
    Attribute("age", "age_at_start", whole=True),
    *(Attribute(f"{of}{kind}", f"person.{of}_concept_id") for of in ("gender", "race", "ethnicity") for kind in ("", "_cs")),
    Attribute("occurrence_start_date", "start_day"),
    Attribute("occurrence_end_date", "end_day"),
)


def demographic_filters(criteria: DemographicCriteria, sets: Sets) -> tuple[Filter, ...]:
    """The demographic attributes that are set. `start_day` and `end_day` are the index event's."""
    found = ((getattr(criteria, attribute.name), attribute) for attribute in _DEMOGRAPHIC)
    return tuple(_filter(value, attribute, exclude=False, sets=sets) for value, attribute in found if value is not None and value != ())


def _filter(value: object, attribute: Attribute, *, exclude: bool, sets: Sets) -> Filter:
    of = attribute.of
    match value:
        case NumericRange():
            return _range(of, "number", value.op, [number(one, whole=attribute.whole) for one in _ends(value)])
        case DateRange():
            return _range(of, "day", value.op, [day_of(one) for one in (value.value, value.extent) if one is not None])
        case TextFilter():
            return _like(of, value)
        case ConceptSetSelection():
            return _selection(of, value, sets)
        case tuple():
            return Filter(FilterShape("not_listed" if exclude else "in", of), (sets.listed(value),))
        case True:
            return Filter(FilterShape("flag", of))
        case int():
            return Filter(FilterShape("region" if of == "region" else "in", of), (sets.number(value),))
        case _:
            raise TypeError(f"no filter reads a {type(value).__name__}")


def _ends(value: NumericRange) -> list[int | float]:
    return [one for one in (value.value, value.extent) if one is not None]


def number(value: float, *, whole: bool) -> float:
    """A range's number as the reference writes it: cut to a whole number, or rounded to four places, halves away from zero."""
    if whole:
        return int(value)
    return float(Decimal(repr(value)).quantize(_FOUR_PLACES, rounding=ROUND_HALF_UP))


def _range(of: str, kind: ValueType, op: str, values: list[int] | list[float]) -> Filter:
    if op.endswith("bt"):
        wanted: FilterKind = "not_between" if op.startswith("!") else "between"
        return Filter(FilterShape(wanted, of, kind), tuple(values[:2]))
    return Filter(FilterShape("compare", of, kind, _OPERATORS[op]), tuple(values[:1]))


def _like(of: str, value: TextFilter) -> Filter:
    op = value.op.removeprefix("!")
    text: Value = re.sub(r"\\*'", "'", value.text)
    before, after = "%" if op in ("endsWith", "contains") else "", "%" if op in ("startsWith", "contains") else ""
    return Filter(FilterShape("not_like" if value.op.startswith("!") else "like", of, "text"), (f"{before}{text}{after}",))


def _selection(of: str, value: ConceptSetSelection, sets: Sets) -> Filter:
    if value.codeset_id is None:
        return Filter(FilterShape("null" if value.is_exclusion else "not_null", of))
    return Filter(FilterShape("not_in" if value.is_exclusion else "in", of), (sets.number(value.codeset_id),))

"""One value held against one filter. What is None passes no filter, but those that ask for None."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from equipoise.cohort.circe.model import Concept, ConceptSet, ConceptSetSelection, DateRange, NumericRange, TextFilter
from equipoise.engine.reference.circe.concepts import Vocabulary
from equipoise.kernel.days import to_day


@dataclass(slots=True)
class Sets:
    """The concept sets of one definition. One that it does not have is empty."""

    by_id: dict[int, frozenset[int]]

    @staticmethod
    def of(concept_sets: tuple[ConceptSet, ...], vocabulary: Vocabulary) -> Sets:
        """Look them up in a site's vocabulary."""
        return Sets({one.id: vocabulary.concepts_of(one) for one in concept_sets})

    def concepts(self, codeset_id: int) -> frozenset[int]:
        """The concepts of a set."""
        return self.by_id.get(codeset_id, frozenset())


def held(value: object, wanted: object, sets: Sets, *, exclude: bool = False, whole: bool = True) -> bool:
    """Whether the value passes. `whole`: a range's numbers are cut to whole ones; `exclude`: a list of concepts is to be left out."""
    if isinstance(wanted, ConceptSetSelection):
        return _selected(value, wanted, sets)
    if value is None:
        return False
    if isinstance(wanted, NumericRange):
        ends = [_number(one, whole=whole) for one in (wanted.value, wanted.extent) if one is not None]
        return _compared(float(value), wanted.op, *ends)  # type: ignore[arg-type]
    if isinstance(wanted, DateRange):
        return _compared(float(value), wanted.op, *(to_day(one) for one in (wanted.value, wanted.extent) if one is not None))  # type: ignore[arg-type]
    if isinstance(wanted, TextFilter):
        return _like(str(value), wanted)
    if isinstance(wanted, int):
        return value in sets.concepts(wanted)
    listed = wanted if isinstance(wanted, tuple) else ()
    return exclude != any(isinstance(one, Concept) and one.concept_id == value for one in listed)


def _selected(value: object, wanted: ConceptSetSelection, sets: Sets) -> bool:
    """Without a set: whether there is a value. Not to be in an empty set is true of all, even of None."""
    if wanted.codeset_id is None:
        return (value is None) == wanted.is_exclusion
    concepts = sets.concepts(wanted.codeset_id)
    if not wanted.is_exclusion:
        return value in concepts
    return not concepts or (value is not None and value not in concepts)


def _compared(value: float, op: str, first: float, last: float | None = None) -> bool:
    if op in ("bt", "!bt") and last is not None:
        return (first <= value <= last) == (op == "bt")
    return {
        "lt": value < first,
        "lte": value <= first,
        "eq": value == first,
        "!eq": value != first,
        "gt": value > first,
        "gte": value >= first,
    }[op]


def _number(value: float, *, whole: bool) -> float:
    """Cut to a whole number, or rounded to four places, halves away from zero."""
    return int(value) if whole else float(Decimal(repr(value)).quantize(Decimal("0.0001"), rounding=ROUND_HALF_UP))


def _like(value: str, wanted: TextFilter) -> bool:
    """As SQL's LIKE: `%` stands for any text, `_` for any letter."""
    op = wanted.op.removeprefix("!")
    text = re.sub(r"\\*'", "'", wanted.text)
    before, after = "%" if op in ("endsWith", "contains") else "", "%" if op in ("startsWith", "contains") else ""
    return (_pattern(f"{before}{text}{after}").fullmatch(value) is not None) != wanted.op.startswith("!")


@cache
def _pattern(like: str) -> re.Pattern[str]:
    return re.compile("".join({"%": ".*", "_": "."}.get(letter, re.escape(letter)) for letter in like), re.DOTALL)

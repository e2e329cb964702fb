"""Summaries as whole numbers modulo 2^64, so that they can be added under masks and come out exact.

A whole number is one word. A float64 is three: its whole part and two digits of 48 bits, all with its sign; words of up to `MOST_SITES`
sites add without one running into the next. So a sum is exact to 2^-96 of a unit, whatever the order. What is not finite is carried as a
flag of its field: the total's field is then NaN, as it would be if the rows were in one place. What is too large is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from math import prod
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from equipoise.estimators.shape import Additive
from equipoise.guard.errors import NOT_A_SUMMARY, OVERFLOW, SUM_UNREADABLE

Words: TypeAlias = NDArray[np.uint64]
Kind: TypeAlias = Literal["int", "float", "ints", "floats"]
DIGIT = 48
"""Bits of a digit."""
MOST_SITES = 2 ** (62 - DIGIT)
LARGEST_SUM = 2.0**62
"""A whole part times the number of sites stays below this."""
WORDS_OF_FLOAT = 3


@dataclass(frozen=True, slots=True)
class FieldLayout:
    """A field of a summary as it lies among the words: its name, whether numbers or arrays of them, and its shape. Says no value."""

    name: str
    kind: Kind
    shape: tuple[int, ...] = ()

    @property
    def size(self) -> int:
        """Numbers in the field."""
        return prod(self.shape)

    @property
    def words(self) -> int:
        """Words in the field; one more for floats, the flag."""
        return self.size * WORDS_OF_FLOAT + 1 if self.kind in ("float", "floats") else self.size


@dataclass(frozen=True, slots=True)
class Layout:
    """How a summary of a named type lies among the words."""

    summary: str
    fields: tuple[FieldLayout, ...]

    @property
    def words(self) -> int:
        """Words in all."""
        return sum(part.words for part in self.fields)


def to_words(summary: Additive, sites: int) -> tuple[Layout, Words]:
    """A summary's layout and its words; `sites` will be added. Raises EQ-GUARD-006 for a number too large to be added to so many."""
    layouts, parts = [], []
    for part in fields(summary):
        value = getattr(summary, part.name)
        layout = _layout(part.name, value)
        layouts.append(layout)
        parts.append(_floats(value, sites, part.name) if layout.kind in ("float", "floats") else _ints(value, sites, part.name))
    words = np.concatenate(parts) if parts else np.zeros(0, dtype=np.uint64)
    return Layout(type(summary).__name__, tuple(layouts)), words


def from_words(layout: Layout, words: Words, declared: Sequence[type[Additive]], sites: int) -> Additive:
    """The summary that words hold after adding. Raises EQ-GUARD-007 when they are not what the layout and the declaration say."""
    kinds: Mapping[str, type[Additive]] = {kind.__name__: kind for kind in declared}
    kind = kinds.get(layout.summary)
    if kind is None or tuple(part.name for part in layout.fields) != tuple(part.name for part in fields(kind)):
        raise SUM_UNREADABLE.error(f"{layout.summary} is not what was asked for")
    if words.shape != (layout.words,):
        raise SUM_UNREADABLE.error(f"{words.size} words where {layout.words} are declared")
    values: dict[str, Any] = {}
    start = 0
    for part in layout.fields:
        values[part.name] = _value(part, words[start : start + part.words], sites)
        start += part.words
    return kind(**values)


def _layout(name: str, value: object) -> FieldLayout:
    if isinstance(value, np.ndarray):
        kinds: dict[str, Kind] = {"f": "floats", "i": "ints"}
        if value.dtype.kind in kinds and value.dtype.itemsize == 8:
            return FieldLayout(name, kinds[value.dtype.kind], value.shape)
    elif isinstance(value, float | np.floating):
        return FieldLayout(name, "float")
    elif isinstance(value, int | np.integer):
        return FieldLayout(name, "int")
    raise NOT_A_SUMMARY.error(f"field {name} cannot be added under masks")


def _ints(value: Any, sites: int, name: str) -> Words:
    array = np.asarray(value, dtype=np.int64).ravel()
    if array.size and float(np.abs(array.astype(np.float64)).max()) * sites >= LARGEST_SUM:
        raise OVERFLOW.error(f"field {name} holds a number too large for a sum over {sites} sites")
    return array.view(np.uint64)


def _floats(value: Any, sites: int, name: str) -> Words:
    """(3 n + 1,) whole parts, first digits, second digits, and the flag."""
    array = np.asarray(value, dtype=np.float64).ravel()
    finite = np.isfinite(array)
    spoilt = not finite.all()
    rest = np.abs(np.where(finite, array, 0.0) if spoilt else array)
    if rest.size and float(rest.max()) * sites >= LARGEST_SUM:
        raise OVERFLOW.error(f"field {name} holds a number too large for a sum over {sites} sites")
    negative = array < 0
    words = np.empty((WORDS_OF_FLOAT, array.size), dtype=np.int64)
    for place in range(WORDS_OF_FLOAT):
        digit = np.floor(rest)
        words[place] = np.where(negative, -digit, digit).astype(np.int64)
        rest = (rest - digit) * 2.0**DIGIT
    return np.append(words.ravel(), np.int64(spoilt)).view(np.uint64)


def _value(layout: FieldLayout, words: Words, sites: int) -> Any:
    signed = np.ascontiguousarray(words).view(np.int64)
    if layout.kind == "ints":
        return signed.reshape(layout.shape)
    if layout.kind == "int":
        return int(signed[0])
    flag = int(signed[-1])
    if not 0 <= flag <= sites:
        raise SUM_UNREADABLE.error(f"field {layout.name}: the masks did not cancel")
    digits = signed[:-1].reshape(WORDS_OF_FLOAT, layout.size).astype(np.float64)
    total = digits[0] + (digits[1] + digits[2] * 2.0**-DIGIT) * 2.0**-DIGIT
    if flag:
        total = np.full_like(total, np.nan)
    return float(total[0]) if layout.kind == "float" else total.reshape(layout.shape)

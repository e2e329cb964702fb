"""The one shape: an estimator is two halves and a sum.

    site:  summarise(data, ask) -> Summary          frozen, additive; an empty site gives zero
    hub:   first() -> Ask;  finish(ask, total) -> Again(ask) | Done(result)

All state between rounds lies in the ask, so a hub can be stopped and resumed from the last ask and total.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, Generic, Literal, Protocol, TypeAlias, TypeVar

import numpy as np

Ask = TypeVar("Ask")
Result = TypeVar("Result")
Sum = TypeVar("Sum", bound="Additive")
DataIn = TypeVar("DataIn", contravariant=True)
AskIn = TypeVar("AskIn", contravariant=True)
SumOut = TypeVar("SumOut", bound="Additive", covariant=True)
SumIn = TypeVar("SumIn", bound="Additive", contravariant=True)


@dataclass(frozen=True, slots=True)
class Again(Generic[Ask]):
    """Another round is needed: put this question to every site."""

    ask: Ask


@dataclass(frozen=True, slots=True)
class Done(Generic[Result]):
    """The answer."""

    result: Result


Disclosure: TypeAlias = Literal["count", "sum", "curve", "rows", "none"]
"""What a field of a summary says of people: their number, a sum over them, a value per time point, a row each, or nothing."""


def disclosed(kind: Disclosure, shape: str = "", meaning: str = "", *, if_asked: bool = False) -> Any:
    """A summary's field: its disclosure class, its shape and what it holds, read from its metadata.

    shape: `1` for a plain number, else as `(g, c + 1, k)` in the letters of the module's docstring. if_asked: of size 0 in rounds or
    with settings that do not ask for it. Registered estimators give both; `docs/estimators` shows them and a law holds them against
    real summaries.
    """
    return field(metadata={"disclosure": kind, "shape": shape, "meaning": meaning, "if_asked": if_asked})


@dataclass(frozen=True)
class Additive:
    """A summary whose fields (float64 or int64 arrays, or plain numbers) add one by one. Subclasses are frozen dataclasses.

    Describe each field: `count: Ints = disclosed("count", "(g,)", "people")`. Classes: `count` (numbers of people), `sum` (sums over
    people), `curve` (per time point), `rows` (one value a person), `none` (says nothing of people).
    """

    def __add__(self: Sum, other: Sum) -> Sum:
        if type(self) is not type(other):
            return NotImplemented
        parts: dict[str, Any] = {f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)}
        return type(self)(**parts)

    def is_close(self, other: Additive, rtol: float = 1e-12) -> bool:
        """Whether all fields agree to a relative tolerance."""
        return all(np.allclose(getattr(self, f.name), getattr(other, f.name), rtol=rtol, atol=1e-12) for f in fields(self))


class SiteHalf(Protocol[DataIn, AskIn, SumOut]):
    """The half that sees rows."""

    def __call__(self, data: DataIn, ask: AskIn, /) -> SumOut:
        """What this site adds to the sum."""
        ...


class HubHalf(Protocol[Ask, SumIn, Result]):
    """The half that sees sums only."""

    def first(self) -> Ask:
        """The first question."""
        ...

    def finish(self, ask: Ask, total: SumIn, /) -> Again[Ask] | Done[Result]:
        """The answer, or the next question."""
        ...

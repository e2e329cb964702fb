"""A count that may not be shown is a type of its own: never -1, never None."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Masked:
    """A count of people from 1 to `below - 1`, or (`complementary`) one of any size that would give such a count away.

    `shown_as` is the number put in its place where the policy rounds up (TriNetX's habit: 10), else None.
    """

    below: int = 11
    shown_as: int | None = None
    complementary: bool = False

    def __str__(self) -> str:
        if self.complementary:
            return "hidden"
        return f"≤{self.shown_as}" if self.shown_as is not None else f"<{self.below}"


Count: TypeAlias = int | Masked
"""A number of people that may be masked."""


def shown(count: Count) -> int | None:
    """The count as a number for a data file: itself, the policy's stand-in, or None when it is hidden."""
    return count.shown_as if isinstance(count, Masked) else count

"""What carries the hub's questions. Whatever it is, only bytes go over it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeAlias

Progress: TypeAlias = Callable[[str, int, int], None]
"""Called with a stage, how much of it is done, and of how much."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came from a site: a message, or None and why there is none (a code and a sentence)."""

    site: str
    message: bytes | None
    why: str = ""


class Transport(Protocol):
    """Puts one message to many sites."""

    @property
    def sites(self) -> tuple[str, ...]:
        """The sites' names, in a fixed order."""
        ...

    def ask(self, message: bytes, sites: tuple[str, ...], answered: Callable[[int], None], /) -> tuple[Reply, ...]:
        """One reply a site, in the order of `sites`. `answered` is told how many have replied so far."""
        ...

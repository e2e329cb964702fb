"""What a work item is: an input, those who do the work on it, and the goals. Each file of `work/` has one, named `WORK`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Arrays: TypeAlias = dict[str, NDArray[np.generic]]
Answer: TypeAlias = list[float]
Measure: TypeAlias = Literal["cpu", "wall", "memory"]
OURS = "Equipoise"


@dataclass(frozen=True)
class Contender:
    """run: takes the arrays and returns its answer as a flat list of numbers, or what works that out, which is not timed; it runs in a
    process of its own, after a run on a little of the input. r: a script of `r/` instead, with arguments. needs: the Python package
    without which it is left out; it may be that of another Python (`--python PACKAGE=INTERPRETER`). share: of the rows of the input, for
    peers that would take too long; their figures are then not comparable, only telling.
    """

    name: str
    run: Callable[[Arrays], Answer | Callable[[], Answer]] | None = None
    r: tuple[str, ...] = ()
    needs: str | None = None
    share: float = 1.0


@dataclass(frozen=True)
class Goal:
    """Ours (or `who`'s) at most `at_most` times the peer's, in seconds of CPU or of wall time, or in memory over the input."""

    measure: Measure
    peer: str
    at_most: float
    who: str = OURS


def first_rows(arrays: Arrays) -> Arrays:
    """2,000 rows of an input whose arrays have a row each."""
    return {name: values[:2000] for name, values in arrays.items()}


@dataclass(frozen=True)
class Work:
    """rows: the size at which the goals are meant. make: the input for a number of rows. little: a little of the input, for the run that
    comes before the timed one. same: relative tolerance within which a peer's answer must be ours.
    """

    title: str
    rows: int
    make: Callable[[int], Arrays]
    contenders: tuple[Contender, ...]
    goals: tuple[Goal, ...]
    same: dict[str, float]
    little: Callable[[Arrays], Arrays] = first_rows

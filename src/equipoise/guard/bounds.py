"""What a reader can work out of a table with hidden cells: the range of each hidden cell, given what is shown.

Ranges of reals; where the equations of a component form a tree, bounds propagation gives the exact range, else a linear program does.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, floor, inf, isinf

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

Range = tuple[float, float]
ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class Equation:
    """The hidden cells, each times its sign (+1 or -1), add to `value`."""

    signs: Mapping[str, int]
    value: float


def ranges(
    prior: Mapping[str, Range], equations: Sequence[Equation], wanted: Collection[str] | None = None, enough: float = inf
) -> dict[str, Range]:
    """The range of every hidden cell, given its prior range and the equations that tie the cells.

    wanted: the only cells whose ranges are needed, None for all; others may keep their prior range. enough: of a cell that can have so many
    whole numbers, no more need be known: what is returned is then a part of its range that holds as many.
    """
    found = dict(prior)
    for component in components(equations):
        names = {name for equation in component for name in equation.signs}
        local = {name: prior[name] for name in names}
        edges = sum(len(equation.signs) for equation in component)
        tree = edges == len(names) + len(component) - 1
        needed = sorted(names if wanted is None else names.intersection(wanted))
        if needed:
            found.update(propagate(local, component) if tree else _solved(local, component, needed, enough))
    return found


def _solved(prior: Mapping[str, Range], equations: Sequence[Equation], wanted: Sequence[str], enough: float) -> dict[str, Range]:
    """`solve`, remembered: while a table is masked the same circle comes back at each step."""
    known = tuple((tuple(sorted(e.signs.items())), e.value) for e in equations)
    return dict(_remembered(tuple(sorted(prior.items())), known, tuple(wanted), enough))


@lru_cache(maxsize=4096)
def _remembered(
    prior: tuple[tuple[str, Range], ...],
    equations: tuple[tuple[tuple[tuple[str, int], ...], float], ...],
    wanted: tuple[str, ...],
    enough: float,
) -> dict[str, Range]:
    return solve(dict(prior), [Equation(dict(signs), value) for signs, value in equations], wanted, enough)


def components(equations: Sequence[Equation]) -> list[list[Equation]]:
    """Equations that share hidden cells, directly or through others, come together."""
    root: dict[str, str] = {}

    def find(name: str) -> str:
        while root.setdefault(name, name) != name:
            root[name] = root[root[name]]
            name = root[name]
        return name

    for equation in equations:
        first, *others = equation.signs
        for other in others:
            root[find(other)] = find(first)
    together: dict[str, list[Equation]] = {}
    for equation in equations:
        together.setdefault(find(next(iter(equation.signs))), []).append(equation)
    return list(together.values())


def propagate(prior: Mapping[str, Range], equations: Sequence[Equation]) -> dict[str, Range]:
    """Narrow each cell by each equation until nothing changes."""
    now = dict(prior)
    changed = True
    while changed:
        changed = False
        for equation in equations:
            for name in equation.signs:
                narrowed = narrow(name, equation, now)
                if narrowed != now[name]:
                    now[name], changed = narrowed, True
    return now


def narrow(name: str, equation: Equation, now: Mapping[str, Range]) -> Range:
    """The range of one cell that the others of the equation leave it."""
    rest = [_signed(now[other], sign) for other, sign in equation.signs.items() if other != name]
    left = (equation.value - sum(high for _, high in rest), equation.value - sum(low for low, _ in rest))
    low, high = _signed(left, equation.signs[name])
    return max(low, now[name][0]), min(high, now[name][1])


def solve(
    prior: Mapping[str, Range], equations: Sequence[Equation], wanted: Sequence[str] | None = None, enough: float = inf
) -> dict[str, Range]:
    """The same by linear programming, for equations that form circles. wanted, enough: as in `ranges`; every solution shows for every cell
    a value that it can have."""
    names = list(prior)
    matrix = np.array([[equation.signs.get(name, 0) for name in names] for equation in equations], dtype=float)
    values = [equation.value for equation in equations]
    limits = [(low, None if isinf(high) else high) for low, high in prior.values()]
    seen: list[NDArray[np.float64]] = []

    def least(place: int, sign: float) -> float:
        direction = np.zeros(len(names))
        direction[place] = sign
        answer = linprog(direction, A_eq=matrix, b_eq=values, bounds=limits, method="highs")
        if answer.fun is None or answer.x is None or answer.status != 0:
            return -inf
        seen.append(answer.x)
        return float(answer.fun)

    found = {}
    for name in names if wanted is None else wanted:
        place = names.index(name)
        shown = [float(solution[place]) for solution in seen]
        part = (min(shown), max(shown)) if shown else (inf, -inf)
        found[name] = part if whole_numbers(part) >= enough else (least(place, 1.0), -least(place, -1.0))
    return found


def whole_numbers(limits: Range) -> float:
    """How many whole numbers lie in a range."""
    low, high = limits
    if low > high:
        return 0
    return inf if isinf(low) or isinf(high) else floor(high + ROUNDING) - ceil(low - ROUNDING) + 1


def _signed(limits: Range, sign: int) -> Range:
    return limits if sign > 0 else (-limits[1], -limits[0])

"""What a reader can work out of a table with hidden cells: the range of each hidden cell, given what is shown.

Ranges of reals; where the equations of a component form a tree, bounds propagation gives the exact range, else a linear program does.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import inf, isinf

import numpy as np
from scipy.optimize import linprog

Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Equation:
    """The hidden cells, each times its sign (+1 or -1), add to `value`."""

    signs: Mapping[str, int]
    value: float


def ranges(prior: Mapping[str, Range], equations: Sequence[Equation], wanted: Collection[str] | None = None) -> dict[str, Range]:
    """The range of every hidden cell, given its prior range and the equations that tie the cells.

    wanted: the only cells whose ranges are needed, None for all; others may keep their prior range.
    """
    found = dict(prior)
    for component in components(equations):
        names = {name for equation in component for name in equation.signs}
        local = {name: prior[name] for name in names}
        edges = sum(len(equation.signs) for equation in component)
        tree = edges == len(names) + len(component) - 1
        needed = sorted(names if wanted is None else names.intersection(wanted))
        if needed:
            found.update(propagate(local, component) if tree else _solved(local, component, needed))
    return found


def _solved(prior: Mapping[str, Range], equations: Sequence[Equation], wanted: Sequence[str]) -> dict[str, Range]:
    """`solve`, remembered: while a table is masked the same circle comes back at each step."""
    known = tuple((tuple(sorted(e.signs.items())), e.value) for e in equations)
    return dict(_remembered(tuple(sorted(prior.items())), known, tuple(wanted)))


@lru_cache(maxsize=4096)
def _remembered(
    prior: tuple[tuple[str, Range], ...], equations: tuple[tuple[tuple[tuple[str, int], ...], float], ...], wanted: tuple[str, ...]
) -> dict[str, Range]:
    return solve(dict(prior), [Equation(dict(signs), value) for signs, value in equations], wanted)


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


def solve(prior: Mapping[str, Range], equations: Sequence[Equation], wanted: Sequence[str] | None = None) -> dict[str, Range]:
    """The same by linear programming, for equations that form circles. wanted: the cells whose ranges are returned, None for all."""
    names = list(prior)
    matrix = np.array([[equation.signs.get(name, 0) for name in names] for equation in equations], dtype=float)
    values = [equation.value for equation in equations]
    limits = [(low, None if isinf(high) else high) for low, high in prior.values()]

    def least(direction: Sequence[float]) -> float:
        answer = linprog(direction, A_eq=matrix, b_eq=values, bounds=limits, method="highs")
        return float(answer.fun) if answer.fun is not None and answer.status == 0 else -inf

    found = {}
    for name in names if wanted is None else wanted:
        found[name] = (least([float(other == name) for other in names]), -least([-float(other == name) for other in names]))
    return found


def _signed(limits: Range, sign: int) -> Range:
    return limits if sign > 0 else (-limits[1], -limits[0])

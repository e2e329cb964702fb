"""CTCAE v5.0 grades of laboratory values, from the table `data/ctcae_v5_labs.csv`; every cell of it is read, or reading fails.

A cell such as `>3-5` bounds one grade. Its near end decides whether a value reaches the grade (`>` and `<` leave the bound out, no
sign lets it in); its far end must be the near end of the next grade. `LLN` is the lower limit of normal. The basis says what the
numbers are: multiples of the upper limit (`xULN`), absolute values in a unit, and after the bar multiples of the person's own
baseline (`xBaseline`), for a baseline beyond normal or, where it says so, for anticoagulated persons.

Choices where the table is silent. Below the lowest multiple of an abnormal baseline (1 to 1.5 times for ALT) the grade is 0. A grade
above the highest one given in multiples of the baseline keeps its bound in multiples of the upper limit (creatinine, grade 4). A row
without such multiples grades alike whatever the baseline. Without a known baseline the grades for a normal one hold.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Literal, TypeAlias

import numpy as np

from equipoise.table.arrow import Bools, Floats

Basis: TypeAlias = Literal["limit", "baseline", "absolute"]
Own: TypeAlias = Literal["never", "abnormal", "anticoagulated"]
GRADES = (1, 2, 3, 4)
TIDY = 1e-9
"""Relative difference that counts as none: 1.5 times 1.2 is 1.8, whatever binary numbers make of it."""
_CELL = re.compile(r"([<>]?)(LLN|\d+(?:\.\d+)?)(?:-(\d+(?:\.\d+)?))?( xBaseline)?")
_BASES: dict[str, tuple[Basis, Own]] = {
    "xULN | xBaseline": ("limit", "abnormal"),
    "absolute | xBaseline if anticoagulated": ("absolute", "anticoagulated"),
    "absolute": ("absolute", "never"),
}


@dataclass(frozen=True, slots=True)
class Cut:
    """A value beyond `bound` reaches `grade`; `strict`: the bound itself does not. A bound of None is the limit of normal."""

    grade: int
    bound: float | None
    strict: bool
    basis: Basis


@dataclass(frozen=True, slots=True)
class CtcaeRule:
    """One row. unit: of absolute bounds, '' where multiples alone are used. own: cuts for those graded by their own baseline."""

    analyte: str
    unit: str
    direction: Literal["high", "low"]
    normal: tuple[Cut, ...]
    own: tuple[Cut, ...]
    own_when: Own
    source: str


@dataclass(frozen=True, slots=True)
class Measured:
    """Values with their limits of normal, (n,) each, in the rule's unit where it has one; NaN where missing."""

    value: Floats
    lower: Floats
    upper: Floats


@lru_cache(maxsize=1)
def ctcae_rules() -> dict[str, tuple[CtcaeRule, ...]]:
    """The rules of each analyte; those of both directions where values can be too high and too low."""
    text = files("equipoise.table").joinpath("data/ctcae_v5_labs.csv").read_text(encoding="utf-8")
    return rules_by_analyte(csv.DictReader(text.splitlines()))


def rules_by_analyte(rows: Iterable[Mapping[str, str]]) -> dict[str, tuple[CtcaeRule, ...]]:
    """Read rows of the table. Raises ValueError for a cell that cannot be read."""
    found: dict[str, tuple[CtcaeRule, ...]] = {}
    for row in rows:
        rule = read_rule(row)
        found[rule.analyte] = (*found.get(rule.analyte, ()), rule)
    return found


def read_rule(row: Mapping[str, str]) -> CtcaeRule:
    """One row as a rule. Raises ValueError."""
    unit, basis_text = _unit_and_basis(row["unit_basis"])
    basis, own_when = _BASES[basis_text]
    direction = row["direction"]
    if direction not in ("high", "low"):
        raise ValueError(f"{row['analyte']}: direction {direction}")
    normal = _cuts(row, "normal", basis)
    own = _cuts(row, "abnormal", "baseline")
    if bool(own) != (own_when != "never"):
        raise ValueError(f"{row['analyte']}: the basis and the cells for an abnormal baseline disagree")
    own = (*own, *(cut for cut in normal if own and cut.grade > own[-1].grade))
    return CtcaeRule(row["analyte"], unit, "high" if direction == "high" else "low", normal, own, own_when, row["source"])


def _unit_and_basis(text: str) -> tuple[str, str]:
    if text in _BASES:
        return "", text
    unit, _, basis = text.partition(" ")
    if basis not in _BASES:
        raise ValueError(f"basis {text}")
    return unit, basis


def _cuts(row: Mapping[str, str], baseline: str, basis: Basis) -> tuple[Cut, ...]:
    cells = [(grade, row[f"g{grade}_base_{baseline}"]) for grade in GRADES]
    read = [(_cut(grade, text, row["direction"], basis), _far_end(text)) for grade, text in cells if text]
    for (cut, far), (following, _) in pairwise(read):
        if far != following.bound or following.grade != cut.grade + 1:
            raise ValueError(f"{row['analyte']}: grade {cut.grade} ends at {far}, the next begins at {following.bound}")
    if read and read[-1][1] is not None:
        raise ValueError(f"{row['analyte']}: the highest grade has an end")
    return tuple(cut for cut, _ in read)


def _cut(grade: int, text: str, direction: str, basis: Basis) -> Cut:
    sign, near, _, of_baseline = _parts(text)
    if sign not in ("", ">" if direction == "high" else "<"):
        raise ValueError(f"{text} in a row of direction {direction}")
    bound = None if near == "LLN" else float(near)
    return Cut(grade, bound, bool(sign), "baseline" if of_baseline else "limit" if bound is None else basis)


def _far_end(text: str) -> float | None:
    far = _parts(text)[2]
    return float(far) if far else None


def _parts(text: str) -> tuple[str, str, str | None, str | None]:
    match = _CELL.fullmatch(text)
    if match is None:
        raise ValueError(f"a cell that cannot be read: {text}")
    return match[1], match[2], match[3], match[4]


def abnormal_baseline(rule: CtcaeRule, baseline: Measured) -> Bools:
    """(n,) whether the baseline lies beyond the limit of normal in the rule's direction; a missing one does not."""
    return np.asarray(baseline.value > baseline.upper if rule.direction == "high" else baseline.value < baseline.lower)


def ctcae_grade(rule: CtcaeRule, now: Measured, baseline: Measured | None = None, anticoagulated: Bools | None = None) -> Floats:
    """(n,) grade 0 to 4 of the values; NaN where the value, or a limit that the grade turns on, is missing.

    baseline: the same persons' values before treatment; with None, grades are those of a normal baseline (so for the baseline itself).
    anticoagulated: (n,) who is graded by the multiple of the own INR. Source: NCI, CTCAE v5.0 (2017).

    Misleads when grades before and after are subtracted in persons with an abnormal baseline: the two stand on different scales, and a
    value that stays where it was goes from grade 2 to 0. And when laboratories' limits of normal differ.
    """
    normal = _grade(rule, rule.normal, now, np.full(len(now.value), np.nan))
    if baseline is None or rule.own_when == "never":
        return normal
    if rule.own_when == "abnormal":
        own = abnormal_baseline(rule, baseline)
    else:
        own = np.zeros(len(normal), dtype=bool) if anticoagulated is None else anticoagulated & np.isfinite(baseline.value)
    return np.where(own, _grade(rule, rule.own, now, baseline.value), normal)


def _grade(rule: CtcaeRule, cuts: tuple[Cut, ...], now: Measured, own: Floats) -> Floats:
    """The highest grade reached; NaN where a bound of a higher one is unknown."""
    grade = np.zeros(len(now.value))
    unknown = np.zeros(len(now.value))
    for cut in cuts:
        bound = _bound(rule, cut, now, own)
        past = now.value - bound if rule.direction == "high" else bound - now.value
        dust = TIDY * np.abs(bound)
        grade = np.where(past > dust if cut.strict else past >= -dust, cut.grade, grade)
        unknown = np.where(np.isfinite(bound), unknown, cut.grade)
    return np.where(np.isfinite(now.value) & (unknown <= grade), grade, np.nan)


def _bound(rule: CtcaeRule, cut: Cut, now: Measured, own: Floats) -> Floats:
    if cut.basis == "absolute" and cut.bound is not None:
        return np.full(len(now.value), cut.bound)
    of = own if cut.basis == "baseline" else now.upper if rule.direction == "high" else now.lower
    return of * (1.0 if cut.bound is None else cut.bound)


def worst_grade(rules: Iterable[CtcaeRule], now: Measured, baseline: Measured | None = None) -> Floats:
    """(n,) the higher of the grades where an analyte can be too high and too low; NaN where either is."""
    return np.asarray(np.maximum.reduce([ctcae_grade(rule, now, baseline) for rule in rules]))

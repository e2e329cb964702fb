"""Glucose-lowering drugs as dispensings with days of supply: the steps before the index, the study drug, and what follows."""

from __future__ import annotations

import numpy as np

from equipoise.simulate.baseline import Bools, Ints
from equipoise.simulate.cdm.codebook import codebook
from equipoise.simulate.diabetes.course import Course
from equipoise.simulate.diabetes.patients import NO_METFORMIN
from equipoise.simulate.facts import FactBook, between
from equipoise.simulate.survival import NEVER

DRUGS: dict[str, tuple[tuple[str, float], ...]] = {
    "metformin": (("6809", 1.0),),
    "sulfonylurea": (("25789", 0.4), ("4821", 0.5), ("4815", 0.1)),
    "dpp4_inhibitor": (("593411", 0.68), ("1100699", 0.20), ("857974", 0.08), ("1368001", 0.04)),
    "sglt2_inhibitor": (("1545653", 0.45), ("1488564", 0.34), ("1373458", 0.17), ("1992672", 0.04)),
    "glp1_agonist": (("475968", 0.3), ("1991302", 0.4), ("1551291", 0.3)),
    "insulin": (("274783", 0.6), ("139825", 0.2), ("1670007", 0.2)),
}
"""RxNorm ingredient codes of each class and their shares."""
SUPPLY = 90
MOST_FILLS = 40


def record_drugs(rng: np.random.Generator, book: FactBook, course: Course) -> None:
    """All drugs of the block."""
    patients, n = course.patients, len(course)
    everyone = np.ones(n, np.bool_)
    begun = -between(rng, 460, 1400, n)
    treated = patients.kind != NO_METFORMIN
    _dispense(rng, book, "metformin", treated, first=begun, until=course.last_day)
    second = -between(rng, 60, 330, n)
    stays = np.where(rng.random(n) < 0.5, course.last_day, between(rng, -40, 30, n))
    _dispense(rng, book, "sulfonylurea", treated & (patients.steps == 2), first=second, until=stays)
    _dispense(rng, book, "insulin", patients.insulin, first=-between(rng, 60, 300, n), until=course.last_day)
    until = SUPPLY + np.ceil(rng.exponential(1100.0, n)).astype(np.int64)
    _dispense(rng, book, "sglt2_inhibitor", course.sglt2, first=np.zeros(n, np.int64), until=until)
    _dispense(rng, book, "dpp4_inhibitor", ~course.sglt2, first=np.zeros(n, np.int64), until=until)
    _dispense(rng, book, "insulin", everyone & (course.insulin_day < NEVER), first=course.insulin_day, until=course.last_day)
    _dispense(rng, book, "glp1_agonist", rng.random(n) < 0.2, first=between(rng, 120, 1200, n), until=course.last_day)


def _dispense(rng: np.random.Generator, book: FactBook, name: str, who: Bools, *, first: Ints, until: Ints) -> None:
    """The same drug every 84 to 97 days from `first`, as long as that is not after `until`."""
    n = len(who)
    code, every = _choose(rng, name, n), between(rng, 84, 97, n)
    for fill in range(MOST_FILLS):
        day = first + fill * every
        again = who & ((day <= until) | (fill == 0))
        if not again.any():
            break
        book.add(again, day, code, SUPPLY - 1)


def _choose(rng: np.random.Generator, name: str, n: int) -> Ints:
    """(n,) the codebook position of a clinical drug of the class."""
    codes = np.array([codebook("diabetes").at("Equipoise", f"CD-{ingredient}") for ingredient, _ in DRUGS[name]])
    return np.asarray(rng.choice(codes, n, p=[share for _, share in DRUGS[name]]))

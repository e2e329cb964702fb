"""Systemic therapy: the lines before the index, immunotherapy around it, further treatment after it, and drugs that are no line."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equipoise.simulate.baseline import Bools, Ints
from equipoise.simulate.cdm.codebook import codebook
from equipoise.simulate.facts import Recorder, between
from equipoise.simulate.plan import Habits
from equipoise.simulate.records.lines import CLASSES, MOST_DOSES, MOST_LINES, ORDER, LineTimes


@dataclass(frozen=True, slots=True)
class Drug:
    """A drug by its RxNorm ingredient code; `j_code` is None for tablets."""

    ingredient: str
    j_code: str | None = None

    def positions(self) -> tuple[int, int]:
        """Codebook positions (as HCPCS record, as RxNorm record); tablets are always the latter."""
        clinical = codebook().at("Equipoise", f"CD-{self.ingredient}")
        return (codebook().at("HCPCS", self.j_code) if self.j_code else clinical), clinical


DRUGS: dict[str, tuple[Drug, ...]] = {
    "endocrine": (Drug("72965"), Drug("84857"), Drug("258494"), Drug("282357", "J9395")),
    "chemotherapy": (Drug("56946", "J9267"), Drug("194000"), Drug("1045453", "J9179"), Drug("12574", "J9201"), Drug("40048", "J9045")),
    "her2": (Drug("224905", "J9355"), Drug("1298944", "J9306"), Drug("OMOP5042944", "J9354"), Drug("OMOP5042946", "J9358")),
    "adc": (Drug("OMOP1145484", "J9317"),),
    "parp": (Drug("1597582"), Drug("2099704")),
    "cdk46": (Drug("1601374"), Drug("1873916"), Drug("1946825")),
    "ici": (Drug("1547545", "J9271"), Drug("1792776", "J9022")),
    "bone": (Drug("993449", "J0897"), Drug("77655", "J3489")),
}

INFUSION_CODE = "96413"
FIRST_ICI_YEAR = 2019


def choose(rng: np.random.Generator, habits: Habits, drug_class: str, n: int) -> tuple[Ints, Ints, Bools]:
    """A drug of the class for each of n patients: its code as this hospital records it, days of supply (0: infusion), infused."""
    drugs = DRUGS[drug_class]
    pick = rng.integers(0, len(drugs), n)
    pairs = np.array([drug.positions() for drug in drugs])
    infused = np.array([drug.j_code is not None for drug in drugs])[pick]
    return np.where(rng.random(n) < habits.j_codes, pairs[pick, 0], pairs[pick, 1]), np.where(infused, 0, 27), infused


def record_therapy(rng: np.random.Generator, book: Recorder, habits: Habits, times: LineTimes) -> None:
    """All systemic therapy of the block."""
    for line in range(MOST_LINES):
        _line(rng, book, habits, times, line)
    _cdk46(rng, book, habits, times)
    _immunotherapy(rng, book, habits)
    _after(rng, book, habits)
    _bone_agents(rng, book, habits)


def _line(rng: np.random.Generator, book: Recorder, habits: Habits, times: LineTimes, line: int) -> None:
    n, infusion = len(book.course), codebook().at("CPT4", INFUSION_CODE)
    for number, name in enumerate(CLASSES):
        member = times.drug_class[:, line] == number
        if not member.any():
            continue
        code, supply, infused = choose(rng, habits, name, n)
        for dose in range(MOST_DOSES):
            given = member & (times.doses[:, line] > dose)
            day = times.start[:, line] + dose * times.spacing[:, line]
            book.add(given, day, code, supply)
            book.add(given & infused, day, infusion)


def _cdk46(rng: np.random.Generator, book: Recorder, habits: Habits, times: LineTimes) -> None:
    """CDK4/6 inhibitors with 60 % of the first endocrine lines; no line of their own."""
    n = len(book.course)
    user = (book.course.patients.subtype == 0) & (rng.random(n) < 0.6)
    code, supply, _ = choose(rng, habits, "cdk46", n)
    for dose in range(MOST_DOSES):
        book.add(user & (times.doses[:, 0] > dose), times.start[:, 0] + dose * times.spacing[:, 0], code, supply)


@dataclass(frozen=True, slots=True)
class _Cycles:
    """Repeated treatment: day of the first dose, days between doses, doses."""

    start: Ints
    days: int
    doses: Ints


def _repeated(book: Recorder, who: Bools, cycles: _Cycles, drug: tuple[Ints, Ints, Bools]) -> None:
    """drug: what `choose` returned."""
    for dose in range(int(cycles.doses.max(initial=0))):
        book.add(who & (cycles.doses > dose), cycles.start + dose * cycles.days, drug[0], drug[1])


def _immunotherapy(rng: np.random.Generator, book: Recorder, habits: Habits) -> None:
    """Mostly in TNBC from 2019 on; begins between day -60 and 90, and so needs survival when it begins after the index."""
    n, patients = len(book.course), book.course.patients
    share = np.where(
        (patients.subtype == 2) & (patients.year >= FIRST_ICI_YEAR), 0.65, np.where(patients.year >= FIRST_ICI_YEAR, 0.04, 0.02)
    )
    cycles = _Cycles(between(rng, -60, 90, n), 21, between(rng, 3, 8, n))
    _repeated(book, rng.random(n) < share, cycles, choose(rng, habits, "ici", n))


def _after(rng: np.random.Generator, book: Recorder, habits: Habits) -> None:
    """A further line after the index for most, of a class that the subtype allows."""
    n = len(book.course)
    chosen = ORDER[book.course.patients.subtype, rng.integers(0, 2, n)]
    cycles, treated = _Cycles(between(rng, 7, 120, n), 28, between(rng, 3, 8, n)), rng.random(n) < 0.65
    for number, name in enumerate(CLASSES):
        _repeated(book, treated & (chosen == number), cycles, choose(rng, habits, name, n))


def _bone_agents(rng: np.random.Generator, book: Recorder, habits: Habits) -> None:
    n = len(book.course)
    user = book.course.patients.bone & (rng.random(n) < 0.5)
    _repeated(book, user, _Cycles(-between(rng, 20, 60, n), 42, between(rng, 2, 4, n)), choose(rng, habits, "bone", n))

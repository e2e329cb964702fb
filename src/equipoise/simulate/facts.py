"""What happens to a block of patients, before it is written as a CDM: coded facts, laboratory values, and visits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from equipoise.simulate.baseline import Baseline, Bools, Floats, Ints

OUTPATIENT, EMERGENCY, INPATIENT = range(3)


@dataclass(frozen=True, slots=True)
class Coded:
    """Coded facts: person (row of the block), day from index, position in the codebook, days beyond the first, kind of visit."""

    person: Ints
    day: Ints
    code: Ints
    length: Ints
    setting: Ints

    def __len__(self) -> int:
        return len(self.person)

    def take(self, rows: Ints | Bools) -> Coded:
        """The facts at those rows."""
        return Coded(self.person[rows], self.day[rows], self.code[rows], self.length[rows], self.setting[rows])


@dataclass(frozen=True, slots=True)
class Labs:
    """Laboratory values: person, day from index, codebook positions of analyte and unit, the value in that unit."""

    person: Ints
    day: Ints
    code: Ints
    unit: Ints
    value: Floats

    def __len__(self) -> int:
        return len(self.person)

    def take(self, rows: Ints | Bools) -> Labs:
        """The values at those rows."""
        return Labs(self.person[rows], self.day[rows], self.code[rows], self.unit[rows], self.value[rows])


class Persons(Protocol):
    """What is written of persons whatever their disease. Days count from 1970-01-01."""

    @property
    def birth_day(self) -> Ints:
        """Day of birth."""
        ...

    @property
    def index_day(self) -> Ints:
        """Day 0."""
        ...

    @property
    def female(self) -> Bools:
        """Sex as recorded."""
        ...

    @property
    def race(self) -> NDArray[np.int8]:
        """Position among white, Black, Asian, unknown."""
        ...

    @property
    def hispanic(self) -> Bools:
        """Ethnicity."""
        ...


class Followed(Protocol):
    """A block of persons and the days, from index, of the last fact about them and of the recorded death."""

    @property
    def patients(self) -> Persons:
        """Who they are."""
        ...

    @property
    def last_day(self) -> Ints:
        """Of the last fact."""
        ...

    @property
    def death_day(self) -> Ints:
        """Of the recorded death; beyond any follow-up when there is none."""
        ...

    def __len__(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Course:
    """A block of patients with their treatment and the last day on which anything about them is recorded."""

    patients: Baseline
    tare: Bools
    last_day: Ints
    death_day: Ints

    def __len__(self) -> int:
        return len(self.patients)


class FactBook:
    """Collects the facts of a block. Facts after a person's last day are not recorded; lengths end with it."""

    def __init__(self, last_day: Ints) -> None:
        self._last_day = last_day
        self._coded: list[Coded] = []
        self._labs: list[Labs] = []

    def add(self, who: Bools, day: Ints | int, code: Ints | int, length: Ints | int = 0, setting: int = OUTPATIENT) -> None:
        """Record a code for the persons chosen. day, code, length: one for each person of the block, or one for all."""
        person = np.flatnonzero(who & (day <= self._last_day))
        days = _chosen(day, person)
        lengths = np.minimum(_chosen(length, person), self._last_day[person] - days)
        self._coded.append(Coded(person, days, _chosen(code, person), lengths, np.full(len(person), setting, np.int64)))

    def add_lab(self, who: Bools, day: Ints, code: int, unit: int, value: Floats) -> None:
        """Record a laboratory value for the persons chosen who have one (NaN: not measured)."""
        person = np.flatnonzero(who & (day <= self._last_day) & ~np.isnan(value))
        n = len(person)
        self._labs.append(Labs(person, day[person], np.full(n, code, np.int64), np.full(n, unit, np.int64), value[person]))

    def coded(self) -> Coded:
        """All coded facts so far."""
        names = ("person", "day", "code", "length", "setting")
        return Coded(*(np.concatenate([getattr(part, name) for part in self._coded]) for name in names))

    def labs(self) -> Labs:
        """All laboratory values so far."""
        names = ("person", "day", "code", "unit", "value")
        return Labs(*(np.concatenate([getattr(part, name) for part in self._labs]) for name in names))


class Recorder(FactBook):
    """The fact book of a block whose treatment is known."""

    def __init__(self, course: Course) -> None:
        super().__init__(course.last_day)
        self.course = course


def _chosen(value: Ints | int, person: Ints) -> Ints:
    return value[person] if isinstance(value, np.ndarray) else np.full(len(person), value, np.int64)


def between(rng: np.random.Generator, low: int, high: int, n: int) -> Ints:
    """Whole days drawn evenly from low to high, both included."""
    return rng.integers(low, high + 1, n)

"""A small engine in memory that keeps the engine's contract, and studies to ask it for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pytest

from equipoise.cohort.plan import CohortPlan
from equipoise.engine.contract import CodeSetFound, CohortRows, EventRequest, StepCount
from equipoise.study.model import Arm, CodeSet, Criterion, DeathOutcome, Index, Study, Window

EVENT_TYPES = [
    ("request", pa.string()),
    ("set", pa.string()),
    ("person_id", pa.int64()),
    ("day", pa.int32()),
    ("end_day", pa.int32()),
    ("concept_id", pa.int64()),
    ("value", pa.float64()),
    ("unit_concept_id", pa.int64()),
    ("record_id", pa.int64()),
    ("range_low", pa.float64()),
    ("range_high", pa.float64()),
]


@dataclass(frozen=True)
class Fact:
    """A record of a code set: day from the person's index."""

    set: str
    person: int
    day: int
    record: int = 0
    concept: int = 1
    value: float | None = None
    unit: int | None = None
    low: float | None = None
    high: float | None = None


@dataclass
class FakeEngine:
    """people: (person_id, index date, arm). Everything else is keyed by person; days count from that person's index."""

    people: list[tuple[int, date, int]]
    facts: list[Fact] = field(default_factory=list)
    births: dict[int, date | None] = field(default_factory=dict)
    sexes: dict[int, str | None] = field(default_factory=dict)
    deaths: dict[int, int] = field(default_factory=dict)
    last_records: dict[int, int] = field(default_factory=dict)
    periods: dict[int, tuple[int, int]] = field(default_factory=dict)
    holds: dict[Criterion, set[int]] = field(default_factory=dict)
    codes: list[tuple[int, int, str, str]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    notes: tuple[str, ...] = ("no table death: taken as empty",)
    closed: bool = False

    def prepare(self, code_sets: tuple[CodeSet, ...], lines: object = None) -> tuple[CodeSetFound, ...]:
        self.calls.append("prepare")
        return tuple(CodeSetFound(codes.name, len(codes.codes), 0, 0) for codes in code_sets)

    def cohort(self, plan: CohortPlan) -> CohortRows:
        self.calls.append("cohort")
        people = sorted(self.people)
        ids, dates, arms = ([person[k] for person in people] for k in range(3))
        types = [pa.int64(), pa.date32(), pa.int8()]
        columns = {name: pa.array(v, t) for name, v, t in zip(("person_id", "index_date", "arm"), (ids, dates, arms), types, strict=True)}
        n = len(people)
        step = StepCount("index event", n, sum(arm for _, _, arm in people), n - sum(arm for _, _, arm in people))
        return CohortRows(pa.table(columns), (step,))

    def _index(self, index: pa.Table) -> dict[int, date]:
        return dict(zip(index["person_id"].to_pylist(), index["index_date"].to_pylist(), strict=True))

    def criteria(self, index: pa.Table, criteria: tuple[Criterion, ...]) -> pa.Table:
        self.calls.append("criteria")
        people = self._index(index)
        columns: dict[str, Any] = {"person_id": pa.array(list(people), pa.int64())}
        for k, criterion in enumerate(criteria):
            columns[f"c{k}"] = pa.array([person in self.holds.get(criterion, set()) for person in people], pa.bool_())
        return pa.table(columns)

    def events(self, index: pa.Table, requests: tuple[EventRequest, ...]) -> pa.Table:
        self.calls.append("events")
        people = self._index(index)
        rows = [
            (r.name, f.set, f.person, f.day, None, f.concept, f.value, f.unit, f.record, f.low, f.high)
            for r in requests
            for f in self.facts
            if f.set in r.sets and f.person in people and inside(f.day, r.window)
        ]
        rows.sort(key=lambda row: (row[0], row[2], row[3], row[8]))
        return pa.table({name: pa.array([row[k] for row in rows], kind) for k, (name, kind) in enumerate(EVENT_TYPES)})

    def persons(self, index: pa.Table) -> pa.Table:
        people = self._index(index)
        return pa.table(
            {
                "person_id": pa.array(list(people), pa.int64()),
                "birth_date": pa.array([self.births.get(person) for person in people], pa.date32()),
                "sex": pa.array([self.sexes.get(person) for person in people], pa.string()),
            }
        )

    def follow_up(self, index: pa.Table) -> pa.Table:
        people = self._index(index)

        def on(days: dict[int, int]) -> pa.Array:
            return pa.array([dated(d, days.get(person)) for person, d in people.items()], pa.date32())

        return pa.table(
            {
                "person_id": pa.array(list(people), pa.int64()),
                "death_date": on(self.deaths),
                "last_record_date": on({person: self.last_records.get(person, 0) for person in people}),
                "observation_start": on({person: period[0] for person, period in self.periods.items()}),
                "observation_end": on({person: period[1] for person, period in self.periods.items()}),
            }
        )

    def source_codes(self, index: pa.Table, window: Window) -> pa.Table:
        self.calls.append("source_codes")
        rows = sorted({(p, v, c) for p, day, v, c in self.codes if inside(day, window)})
        kinds = [("person_id", pa.int64()), ("vocabulary", pa.string()), ("code", pa.string())]
        return pa.table({name: pa.array([row[k] for row in rows], kind) for k, (name, kind) in enumerate(kinds)})

    def close(self) -> None:
        self.closed = True


def inside(day: int, window: Window) -> bool:
    return (window.start is None or day >= window.start) and (window.end is None or day <= window.end)


def dated(index: date, day: int | None) -> date | None:
    return None if day is None else index + timedelta(days=day)


@pytest.fixture
def fake_engine() -> Callable[..., FakeEngine]:
    return FakeEngine


@pytest.fixture
def fact() -> type[Fact]:
    return Fact


@pytest.fixture
def study_of() -> Callable[..., Study]:
    """A study with two arms; any field can be given."""

    def make(**fields: Any) -> Study:
        base: dict[str, Any] = {
            "name": "s",
            "title": "t",
            "period_start": date(2016, 1, 1),
            "period_end": date(2024, 7, 31),
            "code_sets": (),
            "index": Index(sets=("a", "b")),
            "arms": (Arm(name="A", role="target", sets=("a",)), Arm(name="B", role="comparator", sets=("b",))),
            "outcomes": (DeathOutcome(name="os"),),
        }
        return Study(**(base | fields))

    return make

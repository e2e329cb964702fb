"""The reference engine: plain Python over rows, slow and meant to be read. What the SQL engine must agree with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from equipoise.cohort.attrition import arms_can_miss, attrition_labels
from equipoise.cohort.plan import CohortPlan
from equipoise.cohort.sets_used import asks_for_lines
from equipoise.engine.clinical import CLINICAL_TABLES, DOMAINS
from equipoise.engine.contract import CodeSetFound, CohortRows, EventRequest, RecordedRequest, StepCount
from equipoise.engine.entries.in_python import Entries, entries_of
from equipoise.engine.lines.errors import NO_RULES
from equipoise.engine.lines.treatments import LinesFound
from equipoise.engine.prepared import PreparedSets
from equipoise.engine.reference.codes import Concepts, concepts_of, read_vocabulary
from equipoise.engine.reference.lines import find_lines
from equipoise.engine.reference.person import Person, holds, in_window
from equipoise.engine.reference.sessions import arm_of, sessions_of
from equipoise.engine.reference.tables import Record, birth_day, day, read_records, read_table, whole
from equipoise.engine.reference.treatments import treatments_of
from equipoise.engine.shapes import (
    COHORT_COLUMNS,
    EVENT_COLUMNS,
    FOLLOW_UP_COLUMNS,
    NAME_COLUMNS,
    PERSON_COLUMNS,
    RECORDED_COLUMNS,
    SOURCE_CODE_COLUMNS,
    TIER_COLUMN,
    Shape,
    session_columns,
)
from equipoise.kernel.days import to_date, to_day
from equipoise.kernel.errors import Where
from equipoise.study.model import CodeSet, Criterion, LinesOfTherapy, Window


@dataclass(frozen=True, slots=True)
class _Placed:
    """A person with an index event, and how many lines of the attrition were passed."""

    person_id: int
    index_day: int
    arm: int | None
    tier: str | None
    passed: int


class ReferenceEngine:
    """A folder of Parquet files, read whole into memory. Keeps `engine.contract.Engine`; for small CDMs."""

    def __init__(self, folder: Path, site: str) -> None:
        self.notes: tuple[str, ...] = ()
        self._folder, self._prepared = folder, PreparedSets(site=site)
        self._lines: LinesOfTherapy | None = None
        self._vocabulary = read_vocabulary(folder)
        self._rows = {key: row for row in read_table(folder, "person") if (key := whole(row["person_id"])) is not None}
        self._records = read_records(folder, set(self._rows))
        self._persons: dict[int, Person] = {}
        self._read_persons((), {})

    def prepare(self, code_sets: tuple[CodeSet, ...], lines: LinesOfTherapy | None = None) -> tuple[CodeSetFound, ...]:
        """Resolve the sets and sort the records into them."""
        self._prepared, self._lines = PreparedSets(code_sets, self._prepared.site), lines
        meant = tuple(concepts_of(codes, self._vocabulary) for codes in code_sets)
        entries = entries_of(self._folder, self._prepared.site, code_sets)
        self._read_persons(meant, entries)
        return tuple(self._found(number, codes.name, meant[number], entries) for number, codes in enumerate(code_sets))

    def cohort(self, plan: CohortPlan) -> CohortRows:
        """Walk every person through the plan."""
        judged = [found for person in self._persons.values() if (found := self._placed(plan, person)) is not None]
        labels = attrition_labels(plan)
        steps = [_step(label, [one.arm for one in judged if one.passed > place]) for place, label in enumerate(labels)]
        stayed = sorted((one for one in judged if one.passed == len(labels)), key=lambda one: one.person_id)
        if plan.classes:
            rows = [(one.person_id, to_date(one.index_day), one.arm, one.tier) for one in stayed]
            return CohortRows(_table(COHORT_COLUMNS | TIER_COLUMN, rows), tuple(steps))
        return CohortRows(_table(COHORT_COLUMNS, [(one.person_id, to_date(one.index_day), one.arm) for one in stayed]), tuple(steps))

    def sessions(self, plan: CohortPlan) -> pa.Table:
        """Every session of everybody."""
        if plan.classes is None:
            return _table(session_columns(0), ())
        found = [
            (key, one.nth, to_date(one.day), one.tier, one.treatment, *one.deciding)
            for key, person in sorted(self._persons.items())
            for one in sessions_of(person, plan, plan.classes, self._prepared)
        ]
        return _table(session_columns(len(plan.classes.treatments)), found)

    def criteria(self, index: pa.Table, criteria: tuple[Criterion, ...]) -> pa.Table:
        """Judge criteria about indexed persons; a person not known meets what nobody without records would fail."""
        asked = [(key, index_day, self._aware(self._known(key), index_day, criteria)) for key, index_day in _asked(index)]
        rows = [(key, *(holds(one, person, index_day, self._prepared) for one in criteria)) for key, index_day, person in asked]
        return _table({"person_id": pa.int64()} | {f"c{place}": pa.bool_() for place in range(len(criteria))}, rows)

    def events(self, index: pa.Table, requests: tuple[EventRequest, ...]) -> pa.Table:
        """Records around the index."""
        found = []
        for place, request in enumerate(sorted(requests, key=lambda request: request.name)):
            numbers = self._prepared.numbers(request.sets)
            for key, index_day in _asked(index):
                near = self._known(key).near(numbers, request.window, index_day)
                found += [(place, request.name, number, index_day, record) for number, record in near]
        found.sort(key=lambda one: (one[0], one[4].person_id, one[4].start - one[3], *_order(one[2], one[4])))
        return _table(
            EVENT_COLUMNS, [_event(name, self._prepared.names[number], index_day, record) for _, name, number, index_day, record in found]
        )

    def recorded(self, index: pa.Table, request: RecordedRequest) -> pa.Table:
        """Concepts around the index, one record at a time."""
        left_out = self._left_out(request.without)
        tables = [table.name for table in CLINICAL_TABLES]
        numbers = {tables.index(DOMAINS[domain]): place for place, domain in enumerate(request.domains)}
        rows = set()
        for key, index_day in _asked(index):
            for record in self._known(key).records:
                if record.table_no in numbers and record.concept_id and not {record.concept_id, record.source_concept_id} & left_out:
                    held = [place for place, window in enumerate(request.windows) if in_window(record.start - index_day, window)]
                    rows |= {(numbers[record.table_no], place, record.concept_id, key) for place in held}
        return _table(RECORDED_COLUMNS, [(request.domains[domain], *rest) for domain, *rest in sorted(rows)])

    def concept_names(self, concepts: Sequence[int]) -> pa.Table:
        """Names in the site's vocabulary."""
        known = self._vocabulary.concepts
        return _table(NAME_COLUMNS, [(one, known[one].get("concept_name")) for one in sorted(set(concepts)) if one in known])

    def _left_out(self, names: tuple[str, ...]) -> set[int]:
        sets = [self._prepared.code_sets[number] for number in self._prepared.numbers(names)]
        meant = [concepts_of(codes, self._vocabulary) for codes in sets]
        named = {concept for one in meant for concept in one.named | one.standing | one.unmapped}
        return (named | {below for one in named for below in self._vocabulary.descendants.get(one, set())}) - {0}

    def lines(self, index: pa.Table, *, up_to_index: bool = False) -> LinesFound:
        """Lines of therapy of indexed persons."""
        if self._lines is None:
            raise NO_RULES.error("lines of therapy were asked for without rules", Where(site=self._prepared.site))
        asked = [(self._known(key), index_day) for key, index_day in _asked(index)]
        return find_lines(treatments_of(asked, self._lines, self._prepared, up_to_index=up_to_index), self._lines.pack)

    def persons(self, index: pa.Table) -> pa.Table:
        """Demographics."""
        known = [self._persons[key] for key, _ in _asked(index) if key in self._persons]
        sexes = {8532: "female", 8507: "male"}
        rows = [(one.person_id, _date(one.birth), sexes.get(one.gender or 0), one.race, one.ethnicity) for one in known]
        return _table(PERSON_COLUMNS, rows)

    def follow_up(self, index: pa.Table) -> pa.Table:
        """Deaths, last records, observation."""
        return _table(FOLLOW_UP_COLUMNS, [_followed(self._known(key), index_day) for key, index_day in _asked(index)])

    def source_codes(self, index: pa.Table, window: Window) -> pa.Table:
        """Condition codes by source concept, else by the ICD concepts that map to the concept."""
        rows: set[tuple[int, str, str]] = set()
        for key, index_day in _asked(index):
            conditions = [one for one in self._known(key).records if one.table_no == 0 and in_window(one.start - index_day, window)]
            rows |= {(key, *code) for one in conditions for code in self._codes(one)}
        return _table(SOURCE_CODE_COLUMNS, sorted(rows))

    def close(self) -> None:
        """Nothing is held open."""

    def _codes(self, record: Record) -> Iterable[tuple[str, str]]:
        mapped = [one for one, targets in self._vocabulary.maps_to.items() if record.concept_id in targets]
        for concept in [record.source_concept_id] if record.source_concept_id else mapped:
            row = self._vocabulary.concepts.get(concept, {})
            vocabulary, code = row.get("vocabulary_id"), row.get("concept_code")
            if vocabulary is not None and code is not None and (record.source_concept_id or str(vocabulary).startswith("ICD")):
                yield str(vocabulary), str(code).replace(".", "")

    def _aware(self, person: Person, index_day: int, criteria: Iterable[Criterion]) -> Person:
        """The person with their prior lines, when a criterion asks for them."""
        if not any(map(asks_for_lines, criteria)):
            return person
        index = pa.table({"person_id": [person.person_id], "index_date": [to_date(index_day)]})
        return replace(person, prior_lines=self.lines(index, up_to_index=True).persons["prior_lines"][0].as_py())

    def _placed(self, plan: CohortPlan, person: Person) -> _Placed | None:
        """Where the plan leaves a person; None without an index event."""
        found = self._by_session(plan, person) if plan.classes else self._by_sets(plan, person)
        if found is None:
            return None
        index_day, arm, tier = found
        person = self._aware(person, index_day, [step.criterion for step in plan.steps])
        gates = [to_day(plan.period_start) <= index_day <= to_day(plan.period_end)]
        gates += [arm is not None] if arms_can_miss(plan) else []
        gates += [holds(step.criterion, person, index_day, self._prepared) for step in plan.steps]
        return _Placed(person.person_id, index_day, arm, tier, 1 + (gates.index(False) if False in gates else len(gates)))

    def _by_sets(self, plan: CohortPlan, person: Person) -> tuple[int, int | None, str | None] | None:
        """Index day, arm, no tier."""
        index_sets = self._prepared.numbers(plan.index.sets)
        days = sorted({record.start for number, record in person.events if number in index_sets})
        if len(days) < plan.index.nth:
            return None
        index_day = days[plan.index.nth - 1]
        there = {self._prepared.names[number] for number, record in person.events if record.start == index_day}
        return index_day, next((int(arm.role == "target") for arm in plan.arms if there & set(arm.sets)), None), None

    def _by_session(self, plan: CohortPlan, person: Person) -> tuple[int, int | None, str | None] | None:
        """Day, arm and tier of the index session."""
        if plan.classes is None:
            return None
        sessions = sessions_of(person, plan, plan.classes, self._prepared)
        if len(sessions) < plan.index.nth:
            return None
        index = sessions[plan.index.nth - 1]
        return index.day, arm_of(index, plan.classes, plan.arms), index.tier

    def _found(self, number: int, name: str, meant: Concepts, entries: Entries) -> CodeSetFound:
        entered = [record for key in self._rows for of, record in entries.get(key, ()) if of == number]
        held = [*(record for record in self._records if meant.hold(record)), *entered]
        return CodeSetFound(name, len(meant.named | meant.standing), len(held), len({record.person_id for record in held}), meant.missing)

    def _known(self, key: int) -> Person:
        return self._persons.get(key) or Person(key, None, None, None, None, [], [], [], [])

    def _read_persons(self, meant: tuple[Concepts, ...], entries: Entries) -> None:
        periods, deaths = read_table(self._folder, "observation_period"), read_table(self._folder, "death")
        for key, row in self._rows.items():
            records = [record for record in self._records if record.person_id == key]
            self._persons[key] = Person(
                person_id=key,
                gender=whole(row.get("gender_concept_id")),
                birth=birth_day(row),
                race=whole(row.get("race_concept_id")),
                ethnicity=whole(row.get("ethnicity_concept_id")),
                records=records,
                events=[
                    *((number, record) for record in records for number, concepts in enumerate(meant) if concepts.hold(record)),
                    *entries.get(key, ()),
                ],
                periods=[
                    (first, last)
                    for one in periods
                    if whole(one["person_id"]) == key
                    and (first := day(one["observation_period_start_date"])) is not None
                    and (last := day(one["observation_period_end_date"])) is not None
                ],
                deaths=[when for one in deaths if whole(one["person_id"]) == key and (when := day(one["death_date"])) is not None],
            )


def _asked(index: pa.Table) -> list[tuple[int, int]]:
    return sorted((row["person_id"], to_day(row["index_date"])) for row in index.to_pylist())


def _table(shape: Shape, rows: Iterable[tuple[object, ...]]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(shape)
    return pa.Table.from_arrays([pa.array(column, kind) for column, kind in zip(columns, shape.values(), strict=True)], names=list(shape))


def _date(value: int | None) -> object:
    return None if value is None else to_date(value)


def _step(label: str, arms: list[int | None]) -> StepCount:
    return StepCount(label, len(arms), arms.count(1), arms.count(0))


def _order(number: int, record: Record) -> tuple[object, ...]:
    """Nulls last, as the ties of events are broken: record, set, table, concept, end, value, unit."""
    parts = (record.record_id, number, record.table_no, record.concept_id, record.end, record.value, record.unit)
    return tuple((part is None, part or 0) for part in (*parts, record.range_low, record.range_high))


def _event(request: str, name: str, index_day: int, record: Record) -> tuple[object, ...]:
    end = None if record.end is None else record.end - index_day
    found = request, name, record.person_id, record.start - index_day, end, record.concept_id, record.value, record.unit, record.record_id
    return (*found, record.range_low, record.range_high)


def _followed(person: Person, index_day: int) -> tuple[object, ...]:
    days = [max(record.start, record.end if record.end is not None else record.start) for record in person.records]
    around = person.periods_around(index_day)
    first, last = min((first for first, _ in around), default=None), max((last for _, last in around), default=None)
    return person.person_id, _date(min(person.deaths, default=None)), _date(max(days, default=None)), _date(first), _date(last)

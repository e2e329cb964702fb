"""From facts to the clinical tables of CDM 5.4, as one hospital would record them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from equipoise.omop.model import Table
from equipoise.omop.tables import arrow_schema, clinical_tables, table
from equipoise.simulate.baseline import Ints
from equipoise.simulate.cdm.codebook import Codebook, codebook
from equipoise.simulate.facts import INPATIENT, Coded, Followed, Labs
from equipoise.simulate.plan import Habits
from equipoise.simulate.survival import NEVER

EHR = 32817
VISIT_CONCEPTS = np.array([9202, 9203, 9201])
STAY_DAYS = 2
RACES, FEMALE, MALE = np.array([8527, 8516, 8515, 0]), 8532, 8507
HISPANIC, NOT_HISPANIC = 38003563, 38003564
DAY_SPAN = 1 << 17
"""More than the days from any record to any other; days from index are shifted by half of it to make sortable keys."""

ArrowArray: TypeAlias = "pa.Array[Any]"
Columns = dict[str, ArrowArray]


@dataclass(frozen=True, slots=True)
class Block:
    """A block ready to be written. person_id: (n,), by row of the block; id_base: record ids begin above it; book: of the facts' codes."""

    course: Followed
    person_id: Ints
    id_base: int
    habits: Habits
    book: Codebook = field(default_factory=codebook)

    def date(self, person: Ints, day: Ints) -> ArrowArray:
        """Dates of days from index."""
        return pa.array((self.course.patients.index_day[person] + day).astype(np.int32), pa.int32()).cast(pa.date32())

    def ids(self, n: int) -> Ints:
        """Record ids of a table of the block."""
        return self.id_base + np.arange(1, n + 1)


@dataclass(frozen=True, slots=True)
class Visits:
    """One visit a person and day, sorted by both. `key` finds the visit of a fact."""

    key: Ints
    person: Ints
    day: Ints
    setting: Ints


def day_key(block: Block, person: Ints, day: Ints) -> Ints:
    """A number that sorts facts by person_id, then day."""
    return block.person_id[person] * DAY_SPAN + day + DAY_SPAN // 2


def find_visits(block: Block, coded: Coded, labs: Labs) -> Visits:
    """A visit wherever there is a fact, and on each person's last day; of several kinds on one day, the most intense."""
    everyone = np.arange(len(block.course))
    person = np.concatenate([coded.person, labs.person, everyone])
    day = np.concatenate([coded.day, labs.day, block.course.last_day])
    setting = np.concatenate([coded.setting, np.zeros(len(labs) + len(everyone), np.int64)])
    packed = np.sort(day_key(block, person, day) * 4 + setting)
    last = np.append(packed[1:] >> 2 != packed[:-1] >> 2, True)[: len(packed)]
    key = packed[last] >> 2
    row = np.empty(len(everyone), np.int64)
    smallest = int(block.person_id.min()) if len(everyone) else 0
    row[block.person_id - smallest] = everyone
    return Visits(key, row[key // DAY_SPAN - smallest], key % DAY_SPAN - DAY_SPAN // 2, packed[last] & 3)


def block_tables(rng: np.random.Generator, block: Block, coded: Coded, labs: Labs) -> Iterator[tuple[str, pa.Table]]:
    """All clinical tables of the block, sorted by person and day, by name."""
    visits = find_visits(block, coded, labs)
    yield "person", _assemble("person", _persons(block))
    yield "observation_period", _assemble("observation_period", _periods(block, visits))
    yield "visit_occurrence", _assemble("visit_occurrence", _visits(block, visits))
    yield "death", _assemble("death", _deaths(block))
    where = block.book.domain[coded.code]
    for found in clinical_tables():
        if found.name in ("visit_occurrence", "measurement") or found.domain is None:
            continue
        facts = coded.take(where == block.book.domain_number(found.domain))
        order = _order(rng, block, facts)
        yield found.name, _assemble(found.name, _facts(rng, block, found, facts.take(order), visits))
    yield "measurement", _assemble("measurement", _measurements(block, labs.take(_order(rng, block, labs)), visits))


def _order(rng: np.random.Generator, block: Block, facts: Coded | Labs) -> Ints:
    """By person and day; some facts twice, where the hospital records some twice."""
    order = np.argsort(day_key(block, facts.person, facts.day), kind="stable")
    if block.habits.duplicates == 0:
        return order
    return np.repeat(order, 1 + (rng.random(len(order)) < block.habits.duplicates))


def _facts(rng: np.random.Generator, block: Block, found: Table, facts: Coded, visits: Visits) -> Columns:
    book, n, name = block.book, len(facts), found.name
    own, standard = book.ids[facts.code], book.standard_ids[facts.code]
    if name in ("condition_occurrence", "observation"):
        own, standard = _diagnosis_concepts(block.habits, own, standard)
    columns: Columns = {
        found.id_column or "": pa.array(block.ids(n)),
        "person_id": pa.array(block.person_id[facts.person]),
        found.concept_column or "": pa.array(standard),
        found.source_concept_column or "": pa.array(own),
        found.source_value_column or "": _codes(block, facts.code),
        found.date_column or "": block.date(facts.person, facts.day),
        _type_column(found): _constant(EHR, n),
        "visit_occurrence_id": _visit_of(block, visits, facts),
    }
    if found.end_date_column:
        end = block.date(facts.person, facts.day + facts.length)
        missing = rng.random(n) < block.habits.end_dates_missing
        optional = not found.column(found.end_date_column).required
        columns[found.end_date_column] = _with_gaps(end, missing) if optional else end
    if name == "drug_exposure":
        columns["days_supply"] = pa.array(facts.length + 1)
    return columns


def _diagnosis_concepts(habits: Habits, own: Ints, standard: Ints) -> tuple[Ints, Ints]:
    """(source concept, concept) as the hospital fills them."""
    if habits.condition_concept == "source":
        return own, own
    return (np.zeros_like(own) if habits.condition_concept == "no_source" else own), standard


def _with_gaps(dates: ArrowArray, missing: NDArray[np.bool_]) -> ArrowArray:
    return pa.array(dates.cast(pa.int32()).to_numpy(), pa.int32(), mask=missing).cast(pa.date32())


def _type_column(found: Table) -> str:
    return next(column.name for column in found.columns if column.name.endswith("_type_concept_id"))


def _visit_of(block: Block, visits: Visits, facts: Coded | Labs) -> ArrowArray:
    return pa.array(block.id_base + 1 + np.searchsorted(visits.key, day_key(block, facts.person, facts.day)))


def _measurements(block: Block, labs: Labs, visits: Visits) -> Columns:
    book, n = block.book, len(labs)
    concept = pa.array(book.ids[labs.code])
    return {
        "measurement_id": pa.array(block.ids(n)),
        "person_id": pa.array(block.person_id[labs.person]),
        "measurement_concept_id": concept,
        "measurement_source_concept_id": concept,
        "measurement_source_value": _codes(block, labs.code),
        "measurement_date": block.date(labs.person, labs.day),
        "measurement_type_concept_id": _constant(EHR, n),
        "value_as_number": pa.array(labs.value),
        "unit_concept_id": pa.array(book.ids[labs.unit]),
        "unit_source_value": _codes(block, labs.unit),
        "visit_occurrence_id": _visit_of(block, visits, labs),
    }


def _visits(block: Block, visits: Visits) -> Columns:
    n = len(visits.key)
    stay = np.where(visits.setting == INPATIENT, STAY_DAYS, 0)
    end = np.minimum(visits.day + stay, block.course.last_day[visits.person])
    return {
        "visit_occurrence_id": pa.array(block.ids(n)),
        "person_id": pa.array(block.person_id[visits.person]),
        "visit_concept_id": pa.array(VISIT_CONCEPTS[visits.setting]),
        "visit_start_date": block.date(visits.person, visits.day),
        "visit_end_date": block.date(visits.person, end),
        "visit_type_concept_id": _constant(EHR, n),
    }


def _periods(block: Block, visits: Visits) -> Columns:
    """From the first fact to the last."""
    first = np.append(True, visits.person[1:] != visits.person[:-1])[: len(visits.person)]
    person = visits.person[first]
    return {
        "observation_period_id": pa.array(block.ids(len(person))),
        "person_id": pa.array(block.person_id[person]),
        "observation_period_start_date": block.date(person, visits.day[first]),
        "observation_period_end_date": block.date(person, block.course.last_day[person]),
        "period_type_concept_id": _constant(EHR, len(person)),
    }


def _deaths(block: Block) -> Columns:
    died = np.argsort(block.person_id)
    died = died[block.course.death_day[died] < NEVER]
    return {
        "person_id": pa.array(block.person_id[died]),
        "death_date": block.date(died, block.course.death_day[died]),
        "death_type_concept_id": _constant(EHR, len(died)),
    }


def _persons(block: Block) -> Columns:
    row = np.argsort(block.person_id)
    patients = block.course.patients
    birth = patients.birth_day[row].astype("datetime64[D]")
    month = birth.astype("datetime64[M]")
    female = patients.female[row]
    return {
        "person_id": pa.array(block.person_id[row]),
        "gender_concept_id": pa.array(np.where(female, FEMALE, MALE)),
        "gender_source_value": pa.array(np.where(female, "F", "M")),
        "year_of_birth": pa.array(birth.astype("datetime64[Y]").astype(np.int64) + 1970),
        "month_of_birth": pa.array(month.astype(np.int64) % 12 + 1),
        "day_of_birth": pa.array((birth - month.astype("datetime64[D]")).astype(np.int64) + 1),
        "race_concept_id": pa.array(RACES[patients.race[row]]),
        "ethnicity_concept_id": pa.array(np.where(patients.hispanic[row], HISPANIC, NOT_HISPANIC)),
    }


def _codes(block: Block, position: Ints) -> ArrowArray:
    """Source values as a dictionary; written to Parquet as plain text."""
    names: Any = pa.array([concept.code for concept in block.book.concepts])
    return pa.DictionaryArray.from_arrays(position.astype(np.int32), names)


def _constant(value: int, n: int) -> ArrowArray:
    return pa.array(np.full(n, value, np.int64))


def _assemble(name: str, columns: Columns) -> pa.Table:
    """The columns in the CDM's order, null where nothing is given. Raises KeyError for a column that the table lacks."""
    found, schema = table(name), arrow_schema(name)
    for column in columns:
        found.column(column)
    n = len(next(iter(columns.values())))
    arrays = [columns[field.name] if field.name in columns else pa.nulls(n, field.type) for field in schema]
    fields = [pa.field(field.name, array.type, field.nullable) for field, array in zip(schema, arrays, strict=True)]
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))

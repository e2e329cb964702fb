"""One hospital, block by block: draw the patients again, let time pass, and write down what the hospital would."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from equipoise.simulate.assignment import expit, linear_predictor
from equipoise.simulate.baseline import Baseline, Bools, Floats, Ints, draw_baseline
from equipoise.simulate.cdm.tables import Block, block_tables
from equipoise.simulate.cdm.writer import CdmWriter, write_cdm_source
from equipoise.simulate.effects import ASSIGNMENT, ASSIGNMENT_STRENGTH, HAZARD, LOG_HAZARD_RATIO, TARGET_SHARE, Scenario
from equipoise.simulate.facts import Course, Recorder
from equipoise.simulate.plan import (
    BASELINE_STREAM,
    COMPLICATION_STREAM,
    IRREGULAR_STREAM,
    OUTCOME_STREAM,
    RECORD_STREAM,
    TRUTH_STREAM,
    Hospital,
    stream,
)
from equipoise.simulate.records.complications import record_complications
from equipoise.simulate.records.disease import record_disease
from equipoise.simulate.records.irregular import record_irregularities
from equipoise.simulate.records.labs import record_labs
from equipoise.simulate.records.lines import draw_lines
from equipoise.simulate.records.outcomes import record_outcomes
from equipoise.simulate.records.procedures import record_procedures
from equipoise.simulate.records.therapy import record_therapy
from equipoise.simulate.survival import death_days, draw_observation, median_days, observe
from equipoise.simulate.truth.tally import Potential, Tally, empty, tally_block

IDS_A_HOSPITAL = 10_000_000
"""person_id is this times the hospital's number, from 1, plus a running number: unique over the network."""
IDS_A_BLOCK = 1 << 24
"""Record ids of one table begin anew above each multiple of this."""


@dataclass(frozen=True, slots=True)
class Draw:
    """What decides a hospital's data: the seed, the scenario, the network's intercept, and copies a patient for the truth."""

    seed: int
    scenario: Scenario
    intercept: float
    copies: int


@dataclass(frozen=True, slots=True)
class Made:
    """What is kept of a hospital: both potential outcomes by day, and one row a study patient."""

    tally: Tally
    patients: pa.Table


def patients_of(hospital: Hospital, seed: int, block: int) -> Baseline:
    """The block's persons; the same whenever asked."""
    study, extra = hospital.blocks()[block]
    return draw_baseline(stream(seed, BASELINE_STREAM, hospital.number, block), study, extra, hospital.habits)


def assignment_predictor(hospital: Hospital, patients: Baseline) -> Floats:
    """Log odds of TARE but for the network's intercept."""
    return ASSIGNMENT_STRENGTH * linear_predictor(patients, ASSIGNMENT) + hospital.preference


def predictors(hospital: Hospital, seed: int) -> Iterator[Floats]:
    """`assignment_predictor` of the study patients, block by block."""
    for block, (study, _) in enumerate(hospital.blocks()):
        yield assignment_predictor(hospital, patients_of(hospital, seed, block))[:study]


def make_hospital(folder: Path, hospital: Hospital, draw: Draw, tare: Bools) -> Made:
    """Write the hospital's CDM into `folder`, vocabulary apart. tare: (size,), the arm of its study patients."""
    tally, rows, begin = empty(), [], 0
    with CdmWriter(folder) as writer:
        for number, (study, _) in enumerate(hospital.blocks()):
            made = _make_block(writer, hospital, draw, number, tare[begin : begin + study])
            begin += study
            tally = tally + made.tally
            rows.append(made.patients)
    write_cdm_source(folder, hospital.name)
    return Made(tally, pa.concat_tables(rows))


def _make_block(writer: CdmWriter, hospital: Hospital, draw: Draw, number: int, tare: Bools) -> Made:
    patients = patients_of(hospital, draw.seed, number)
    rng = stream(draw.seed, OUTCOME_STREAM, hospital.number, number)
    arm = np.concatenate([tare, rng.random(len(patients) - len(tare)) < TARGET_SHARE])
    hazard = linear_predictor(patients, HAZARD)
    effect = LOG_HAZARD_RATIO[draw.scenario]
    death = death_days(hazard + effect * arm, 1.0 - rng.random(len(patients)))
    seen = observe(death, draw_observation(rng, patients.index_day, hospital))
    course = Course(patients, arm, seen.last_day, seen.death_day)
    person_id = _person_ids(rng, hospital, number, len(patients))
    recording = stream(draw.seed, RECORD_STREAM, hospital.number, number)
    book = _record(recording, hospital, draw, number, course)
    block = Block(course, person_id, number * IDS_A_BLOCK, hospital.habits)
    for name, rows in block_tables(recording, block, book.coded(), book.labs()):
        writer.append(name, rows)
    propensity = expit(draw.intercept + assignment_predictor(hospital, patients))
    n = len(tare)
    potential = Potential(hazard[:n], propensity[:n], patients.index_day[:n], effect)
    tally = tally_block(stream(draw.seed, TRUTH_STREAM, hospital.number, number), hospital, potential, draw.copies)
    return Made(tally, _truth_rows(hospital.name, person_id[:n], tare, potential))


def _person_ids(rng: np.random.Generator, hospital: Hospital, number: int, n: int) -> Ints:
    """Consecutive ids in an order that tells nothing."""
    before = sum(study + extra for study, extra in hospital.blocks()[:number])
    return IDS_A_HOSPITAL * (hospital.number + 1) + before + 1 + rng.permutation(n)


def _record(rng: np.random.Generator, hospital: Hospital, draw: Draw, number: int, course: Course) -> Recorder:
    book = Recorder(course)
    times = draw_lines(rng, course.patients)
    record_disease(rng, book, times)
    record_therapy(rng, book, hospital.habits, times)
    record_procedures(rng, book, hospital.habits)
    record_outcomes(rng, book)
    record_labs(rng, book, hospital.habits)
    record_complications(stream(draw.seed, COMPLICATION_STREAM, hospital.number, number), book, hospital.habits)
    record_irregularities(stream(draw.seed, IRREGULAR_STREAM, hospital.number, number), book, hospital.habits, times)
    return book


def _truth_rows(site: str, person_id: Ints, tare: Bools, potential: Potential) -> pa.Table:
    order = np.argsort(person_id)
    arrays: list[Any] = [
        pa.array([site] * len(order), pa.string()),
        pa.array(person_id[order]),
        pa.array(np.where(tare[order], "TARE", "TACE").tolist(), pa.string()),
        pa.array(potential.propensity[order]),
        pa.array(potential.predictor[order]),
        pa.array(median_days(potential.predictor + potential.effect)[order]),
        pa.array(median_days(potential.predictor)[order]),
    ]
    return pa.Table.from_arrays(arrays, schema=TRUTH_SCHEMA)


_NUMBERS = ("propensity", "linear_predictor", "median_tare_days", "median_tace_days")
_TRUTH_FIELDS: list[Any] = [
    ("site", pa.string()),
    ("person_id", pa.int64()),
    ("arm", pa.string()),
    *((name, pa.float64()) for name in _NUMBERS),
]
TRUTH_SCHEMA = pa.schema(_TRUTH_FIELDS)
"""One row a study patient. linear_predictor: log hazard ratio against the reference patient, without the arm's effect."""

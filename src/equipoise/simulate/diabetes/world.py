"""The world of diabetes: hospitals where people on metformin are given an SGLT2 or a DPP-4 inhibitor, with known effects."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from equipoise.simulate.assignment import expit, solve_intercept, systematic_sample
from equipoise.simulate.baseline import Bools, Floats, Ints
from equipoise.simulate.cdm.codebook import codebook
from equipoise.simulate.cdm.tables import Block, block_tables
from equipoise.simulate.cdm.vocabulary import write_vocabulary
from equipoise.simulate.cdm.writer import CdmWriter, copy_files, write_cdm_source
from equipoise.simulate.diabetes.course import draw_course, hazard_predictors
from equipoise.simulate.diabetes.effects import ASSIGNMENT, TARGET_SHARE
from equipoise.simulate.diabetes.patients import Patients, draw_patients
from equipoise.simulate.diabetes.records import record_facts
from equipoise.simulate.diabetes.truth import Potential, Tally, empty, tally_block, truth_document
from equipoise.simulate.hospital import IDS_A_BLOCK, IDS_A_HOSPITAL
from equipoise.simulate.plan import BASELINE_STREAM, OUTCOME_STREAM, PLAN_STREAM, RECORD_STREAM, TRUTH_STREAM, Hospital, Progress, stream

DIABETES = "diabetes"
TRUTH_DRAWS = 200_000
"""Potential outcomes drawn an arm, at least, from which the true estimates are computed."""


@dataclass(frozen=True, slots=True)
class _Draw:
    seed: int
    intercept: float
    copies: int


def write_diabetes(part: Path, network: Sequence[Hospital], seed: int, request: dict[str, object], tell: Progress) -> dict[str, object]:
    """Write the CDMs and `truth_patients.parquet` below `part`; returns the truth. request: scenario, seed and sizes as asked for."""
    patients = sum(hospital.size for hospital in network)
    predictor = np.concatenate([part for hospital in network for part in _predictors(hospital, seed)])
    intercept = solve_intercept(predictor, round(patients * TARGET_SHARE))
    sglt2 = systematic_sample(expit(intercept + predictor), float(stream(seed, PLAN_STREAM).random()))
    draw = _Draw(seed, intercept, copies=max(1, -(-TRUTH_DRAWS // patients)))
    shared = part / ".vocabulary"
    shared.mkdir()
    vocabulary, tallies, rows, begin = write_vocabulary(shared, codebook(DIABETES)), [], [], 0
    for done, hospital in enumerate(network, 1):
        tally, truth = _write_hospital(part / hospital.name, hospital, draw, sglt2[begin : begin + hospital.size])
        copy_files(vocabulary, part / hospital.name)
        tallies.append(tally)
        rows += truth
        begin += hospital.size
        tell("write", done, len(network))
    shutil.rmtree(shared)
    pq.write_table(pa.concat_tables(rows), part / "truth_patients.parquet")
    return truth_document(request | {"n_target": int(sglt2.sum())}, network, intercept, tallies)


def _patients(hospital: Hospital, seed: int, block: int) -> Patients:
    """The block's persons; the same whenever asked."""
    study, extra = hospital.blocks()[block]
    return draw_patients(stream(seed, BASELINE_STREAM, hospital.number, block), study, extra, hospital.habits)


def _predictors(hospital: Hospital, seed: int) -> Iterator[Floats]:
    """Log odds of an SGLT2 inhibitor but for the network's intercept, of the study patients, block by block."""
    for block, (study, _) in enumerate(hospital.blocks()):
        yield (ASSIGNMENT.predictor(_patients(hospital, seed, block)) + hospital.preference)[:study]


def _write_hospital(folder: Path, hospital: Hospital, draw: _Draw, sglt2: Bools) -> tuple[Tally, list[pa.Table]]:
    tally, rows, begin = empty(), [], 0
    with CdmWriter(folder) as writer:
        for number, (study, _) in enumerate(hospital.blocks()):
            counted, table = _write_block(writer, hospital, draw, number, sglt2[begin : begin + study])
            tally, begin = tally + counted, begin + study
            rows.append(table)
    write_cdm_source(folder, hospital.name)
    return tally, rows


def _write_block(writer: CdmWriter, hospital: Hospital, draw: _Draw, number: int, study_arm: Bools) -> tuple[Tally, pa.Table]:
    patients, n = _patients(hospital, draw.seed, number), len(study_arm)
    rng = stream(draw.seed, OUTCOME_STREAM, hospital.number, number)
    sglt2 = np.concatenate([study_arm, rng.random(len(patients) - n) < TARGET_SHARE])
    course = draw_course(rng, patients, sglt2, hospital)
    person_id = _person_ids(rng, hospital, number, len(patients))
    rng = stream(draw.seed, RECORD_STREAM, hospital.number, number)
    book = record_facts(rng, course, hospital.habits)
    block = Block(course, person_id, number * IDS_A_BLOCK, hospital.habits, codebook(DIABETES))
    for name, rows in block_tables(rng, block, book.coded(), book.labs()):
        writer.append(name, rows)
    propensity = expit(draw.intercept + ASSIGNMENT.predictor(patients) + hospital.preference)[:n]
    predictors = {name: value[:n] for name, value in hazard_predictors(patients).items()}
    potential = Potential(predictors, propensity, patients.index_day[:n])
    tally = tally_block(stream(draw.seed, TRUTH_STREAM, hospital.number, number), hospital, potential, draw.copies)
    return tally, _truth_rows(hospital.name, person_id[:n], study_arm, potential)


def _person_ids(rng: np.random.Generator, hospital: Hospital, number: int, n: int) -> Ints:
    """Consecutive ids in an order that tells nothing."""
    before = sum(study + extra for study, extra in hospital.blocks()[:number])
    return IDS_A_HOSPITAL * (hospital.number + 1) + before + 1 + rng.permutation(n)


def _truth_rows(site: str, person_id: Ints, sglt2: Bools, potential: Potential) -> pa.Table:
    """One row a study patient: arm, propensity, and the log hazard ratios of each event without the arm's effect."""
    order = np.argsort(person_id)
    columns: dict[str, Any] = {
        "site": pa.array([site] * len(order), pa.string()),
        "person_id": pa.array(person_id[order]),
        "arm": pa.array(np.where(sglt2[order], "SGLT2 inhibitor", "DPP-4 inhibitor").tolist(), pa.string()),
        "propensity": pa.array(potential.propensity[order]),
        **{f"linear_predictor_{name}": pa.array(value[order]) for name, value in potential.predictors.items()},
    }
    return pa.table(columns)

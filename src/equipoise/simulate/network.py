"""`simulate_network`: hospitals with OMOP data whose effects are known."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from equipoise.kernel.errors import Where, closest
from equipoise.simulate.assignment import expit, solve_intercept, systematic_sample
from equipoise.simulate.baseline import Bools, Floats
from equipoise.simulate.cdm.vocabulary import write_vocabulary
from equipoise.simulate.cdm.writer import copy_files
from equipoise.simulate.diabetes.world import DIABETES, write_diabetes
from equipoise.simulate.effects import SCENARIOS, TARGET_SHARE, Scenario
from equipoise.simulate.errors import BAD_SIZE, OUTPUT_EXISTS, UNKNOWN_SCENARIO
from equipoise.simulate.hospital import TRUTH_SCHEMA, Draw, Made, make_hospital, predictors
from equipoise.simulate.plan import PLAN_STREAM, Hospital, Progress, plan_network, stream
from equipoise.simulate.truth.document import truth_document
from equipoise.simulate.truth.estimates import estimate
from equipoise.simulate.truth.tally import Tally

MOST_HOSPITALS = 999
WORKERS = 2
SMALL_HOSPITAL = 500
"""Below this mean size, threads cost more than they save."""
TRUTH_DRAWS = 1_000_000
"""Potential outcomes drawn an arm, at least, from which the true estimates are computed."""


def simulate_network(
    out: Path, hospitals: int, patients: int, seed: int, scenario: Scenario | str = "flagship", *, progress: Progress | None = None
) -> None:
    """Write a network of `hospitals` CDMs with `patients` study patients in all, a network file and the truth.

    `out` appears when everything is written (`<site>/<table>.parquet`, `network.yaml`, `truth.json`, `truth_patients.parquet`), and
    then replaces an earlier simulated network of that name. About a third more persons are added, each of whom fails one criterion
    of the scenario's study. The same arguments give the same data.
    Of the flagship's study patients, exactly `round(patients * 334 / 418)` have TARE.

    Raises EQ-SIMULATE-001 (impossible size), -002 (unknown scenario), -003 (`out` holds something else).
    """
    planted = _check(out, hospitals, patients, seed, scenario)
    tell = progress or (lambda _stage, _done, _total: None)
    part = out.with_name(f".{out.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    network = plan_network(hospitals, patients, seed)
    request: dict[str, object] = {"scenario": scenario, "seed": seed, "n_hospitals": hospitals, "n_patients": patients}
    if planted is None:
        document = write_diabetes(part, network, seed, request, tell)
    else:
        document = _write_flagship(part, network, (seed, planted), request, tell)
    (part / "truth.json").write_text(json.dumps(document, indent=1, allow_nan=False) + "\n", encoding="utf-8")
    (part / "network.yaml").write_text(network_file([hospital.name for hospital in network]), encoding="utf-8")
    shutil.rmtree(out, ignore_errors=True)
    part.rename(out)


def _write_flagship(
    part: Path, network: Sequence[Hospital], planted: tuple[int, Scenario], request: dict[str, object], tell: Progress
) -> dict[str, object]:
    """The hospitals of the flagship's world, or of its null; returns the truth. planted: seed and scenario."""
    patients, seed = sum(hospital.size for hospital in network), planted[0]
    intercept, arms = _assign(network, patients, seed, tell)
    draw = Draw(seed, planted[1], intercept, copies=max(1, -(-TRUTH_DRAWS // patients)))
    tallies = _write_hospitals(part, network, draw, arms, tell)
    return truth_document(request | {"n_target": int(arms.sum())}, network, intercept, estimate(tallies))


def network_file(names: Sequence[str]) -> str:
    """The network file of hospitals whose CDMs lie beside it, and whose policy lets de-identified rows be pooled."""
    sites = [f"  - {{name: {name}, cdm: {name}, policy: {{share: deidentified-rows}}}}\n" for name in names]
    return "equipoise_network: 1\nsites:\n" + "".join(sites)


def _check(out: Path, hospitals: int, patients: int, seed: int, scenario: str) -> Scenario | None:
    """The flagship's scenario; None: the world of diabetes."""
    if not 1 <= hospitals <= MOST_HOSPITALS or patients < 1 or seed < 0:
        raise BAD_SIZE.error(f"{hospitals} hospitals, {patients} patients, seed {seed}")
    planted = next((one for one in SCENARIOS if one == scenario), None)
    if planted is None and scenario != DIABETES:
        raise UNKNOWN_SCENARIO.error(f"no scenario {scenario}", did_you_mean=closest(scenario, (*SCENARIOS, DIABETES)))
    if out.exists() and not _replaceable(out):
        raise OUTPUT_EXISTS.error(f"{out.name} exists and is not a simulated network", Where(file=out))
    return planted


def _replaceable(out: Path) -> bool:
    """An empty folder, or a network that this module wrote."""
    return out.is_dir() and (
        not any(out.iterdir()) or all((out / name).is_file() for name in ("truth.json", "truth_patients.parquet", "network.yaml"))
    )


def _assign(network: Sequence[Hospital], patients: int, seed: int, tell: Progress) -> tuple[float, Bools]:
    """The intercept at which TARE has its share of the network, and each study patient's arm, hospital after hospital."""
    predictor: Floats = np.empty(patients)
    begin = 0
    for done, hospital in enumerate(network, 1):
        for block in predictors(hospital, seed):
            predictor[begin : begin + len(block)] = block
            begin += len(block)
        tell("assign", done, len(network))
    intercept = solve_intercept(predictor, round(patients * TARGET_SHARE))
    return intercept, systematic_sample(expit(intercept + predictor), float(stream(seed, PLAN_STREAM).random()))


def _write_hospitals(part: Path, network: Sequence[Hospital], draw: Draw, arms: Bools, tell: Progress) -> list[Tally]:
    """Write every hospital, and the true course of its patients as it is made; the vocabulary is written once."""
    tallies = []
    shared = part / ".vocabulary"
    shared.mkdir()
    vocabulary = write_vocabulary(shared)
    with pq.ParquetWriter(part / "truth_patients.parquet", TRUTH_SCHEMA) as truth:
        for done, (hospital, made) in enumerate(_made(part, network, draw, arms), 1):
            copy_files(vocabulary, part / hospital.name)
            truth.write_table(made.patients)
            tallies.append(made.tally)
            tell("write", done, len(network))
    shutil.rmtree(shared)
    return tallies


def _made(part: Path, network: Sequence[Hospital], draw: Draw, arms: Bools) -> Iterator[tuple[Hospital, Made]]:
    """The hospitals in order; large ones two at a time."""
    ends = np.cumsum([hospital.size for hospital in network])

    def make(hospital: Hospital) -> Made:
        end = int(ends[hospital.number])
        return make_hospital(part / hospital.name, hospital, draw, arms[end - hospital.size : end])

    workers = WORKERS if len(arms) >= SMALL_HOSPITAL * len(network) else 1
    with ThreadPoolExecutor(workers) as pool:
        yield from zip(network, pool.map(make, network), strict=True)

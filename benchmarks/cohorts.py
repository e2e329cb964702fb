"""How long the public library of cohort definitions takes, against the reference implementation's own figures.

    python benchmarks/cohorts.py [--threads 2] [--single 60] [--steps]
    python benchmarks/cohorts.py --scale 1000000 [--cache FOLDER] [--memory-limit 8GB]

Prints: the whole library in one batch by the command line in a new process (cold: interpreter, imports, reading, writing), the same in this
process with where the time went, and the median of single definitions from JSON to rows. The reference's figures (summary.tsv) are of
SQL alone on two threads of a machine that need not be this one; its JSON parsing and SQL building (44 ms a definition) are not in them.

`--scale`: a CDM of so many persons (`scaled_cdm.py`, written into the cache folder once; a million take about 2 GB), and of a
tenth as many, for the growth. In a process each: twenty definitions of the library, and the flagship's cohort. The library's rows are held
against the reference's: at any size the answer is the expected one, so many times.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
from scaled_cdm import SIMULATED, copies_of, events_in, write_scaled_cdm

from equipoise.cohort.circe.reading import read_circe
from equipoise.cohort.from_study import cohort_plan
from equipoise.engine.circe.generating import Options, Request, generate, open_for_cohorts
from equipoise.engine.open import open_cdm
from equipoise.study.reading import read_study

SHARED = Path(os.environ.get("EQUIPOISE_SHARED", Path(__file__).resolve().parents[2] / "shared")) / "circe"


def reference() -> tuple[float, float]:
    """Seconds of wall and CPU that the reference took for the public definitions."""
    with (SHARED / "summary.tsv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return sum(float(row["circe_wall_s"]) for row in rows), sum(float(row["circe_cpu_s"]) for row in rows)


def cold(threads: int) -> tuple[float, float]:
    """Wall and CPU of the command in a process of its own."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        words = ["--cdm", SHARED / "cdm", "--definitions", SHARED / "definitions", "--out", Path(folder) / "rows.parquet"]
        command = [sys.executable, "-c", "from equipoise.cli.main import run_app; run_app()", "cohort", "generate", *map(str, words)]
        subprocess.run([*command, "--threads", str(threads), "--quiet"], check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - began, cpu


def together(files: list[Path], threads: int) -> tuple[dict[str, float], dict[str, float]]:
    """Wall and CPU by stage, and seconds by statement."""
    stages: dict[str, float] = {}
    steps: dict[str, float] = defaultdict(float)

    def mark(name: str, began: tuple[float, float]) -> None:
        stages[f"{name}, wall"], stages[f"{name}, CPU"] = time.perf_counter() - began[0], time.process_time() - began[1]

    def add(name: str, seconds: float) -> None:
        steps[name] += seconds

    began = time.perf_counter(), time.process_time()
    requests = [Request(int(file.stem), read_circe(file), file) for file in files]
    mark("reading", began)
    warehouse = open_for_cohorts(SHARED / "cdm", "benchmark", threads=threads)
    began = time.perf_counter(), time.process_time()
    generate(warehouse, requests, Options(clock=add))
    mark("running", began)
    warehouse.close()
    return stages, dict(steps)


def singly(files: list[Path], threads: int) -> tuple[list[float], list[float]]:
    """Wall and CPU seconds of each definition, from its JSON to its rows, on a CDM that is open."""
    warehouse = open_for_cohorts(SHARED / "cdm", "benchmark", threads=threads)
    walls, cpus = [], []
    for file in [files[0], *files]:
        wall, cpu = time.perf_counter(), time.process_time()
        generate(warehouse, [Request(int(file.stem), read_circe(file), file)])
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    warehouse.close()
    return walls[1:], cpus[1:]


DEFINITIONS = 20


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of wall and CPU, the largest resident memory in GB, and what the process said."""

    wall: float
    cpu: float
    memory: float
    said: dict[str, int]


def measured(words: list[str]) -> Cost:
    """This script with other words, in a process of its own."""
    began = time.perf_counter()
    with tempfile.TemporaryFile() as out:
        child = subprocess.Popen([sys.executable, __file__, *words], stdout=out)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            raise SystemExit(child.returncode)
        out.seek(0)
        said = json.loads(out.read())
    return Cost(time.perf_counter() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 2**20, said)


def of_library() -> list[Path]:
    """Twenty definitions that find somebody, evenly spaced among the public ones, none of them sensitive to ties."""
    with (SHARED / "summary.tsv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if int(row["n_rows"]) > 0 and row["tie_sensitive"] == "0"]
    ids = sorted(int(row["cohort_definition_id"]) for row in rows)
    return [SHARED / "definitions" / f"{one}.json" for one in ids[:: len(ids) // DEFINITIONS][:DEFINITIONS]]


def run_library(cdm: Path, memory: str, threads: int) -> dict[str, int]:
    """Rows by definition among the copies (the simulated patients' apart)."""
    warehouse = open_for_cohorts(cdm, "scale", memory, threads)
    made = generate(warehouse, [Request(int(file.stem), read_circe(file), file) for file in of_library()])
    warehouse.close()
    copied = made.rows.filter(pc.less(made.rows["subject_id"], SIMULATED))
    return {str(row["values"]): row["counts"] for row in copied["cohort_definition_id"].value_counts().to_pylist()}


def run_flagship(cdm: Path, memory: str, threads: int) -> dict[str, int]:
    """Persons of the flagship's cohort by arm."""
    study = read_study(Path(__file__).resolve().parents[1] / "studies" / "bclm.yaml").study
    engine = open_cdm(cdm, "scale", memory, threads)
    engine.prepare(study.code_sets, study.lines)
    rows = engine.cohort(cohort_plan(study)).rows
    engine.close()
    return {str(row["values"]): row["counts"] for row in rows["arm"].value_counts().to_pylist()}


def expected(copies: int) -> dict[str, int]:
    """The reference's rows by definition, so many times."""
    wanted = [int(file.stem) for file in of_library()]
    rows = pq.read_table(SHARED / "expected.parquet", filters=[("cohort_definition_id", "in", wanted)])
    return {str(row["values"]): copies * row["counts"] for row in rows["cohort_definition_id"].value_counts().to_pylist()}


def scale(given: argparse.Namespace) -> None:
    """Costs at a tenth of the size and at the size."""
    costs: dict[str, list[Cost]] = {"library": [], "flagship": []}
    print(
        f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}; memory limit of DuckDB {given.memory_limit}, {given.threads} threads"
    )
    for persons in (given.scale // 10, given.scale):
        cdm = given.cache / f"p{persons}"
        write_scaled_cdm(cdm, persons)
        size = sum(file.stat().st_size for file in cdm.rglob("*.parquet")) / 1e9
        print(f"{persons:,} persons, {events_in(cdm):,} events, {size:.1f} GB")
        for what, found in costs.items():
            words = ["--run", what, "--cdm", str(cdm), "--memory-limit", given.memory_limit, "--threads", str(given.threads)]
            found.append(measured(words))
            print(
                f"  {what:<10} wall {found[-1].wall:7.1f} s  CPU {found[-1].cpu:7.1f} s  peak memory {found[-1].memory:5.2f} GB", flush=True
            )
        if costs["library"][-1].said != expected(copies_of(persons)):
            raise SystemExit("the library's rows are not the reference's")
    for what, (small, large) in costs.items():
        print(f"growth of {what}: ten times the persons, {large.cpu / small.cpu:.1f} times the CPU; {large.said}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--single", type=int, default=60, help="how many definitions to run one at a time")
    parser.add_argument("--steps", action="store_true", help="show each statement")
    parser.add_argument("--scale", type=int, help="persons of a large CDM")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "equipoise-scale")
    parser.add_argument("--memory-limit", default="8GB")
    parser.add_argument("--run", choices=("library", "flagship"), help=argparse.SUPPRESS)
    parser.add_argument("--cdm", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.run:
        run = run_library if given.run == "library" else run_flagship
        print(json.dumps(run(given.cdm, given.memory_limit, given.threads)))
    elif given.scale:
        given.cache.mkdir(parents=True, exist_ok=True)
        scale(given)
    else:
        library(given)


def library(given: argparse.Namespace) -> None:
    """The public library on the conformance data."""
    files = sorted((SHARED / "definitions").glob("*.json"), key=lambda file: int(file.stem))
    wall_then, cpu_then = reference()
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}; {len(files)} definitions")
    print(f"reference, SQL alone       wall {wall_then:7.2f} s  CPU {cpu_then:7.2f} s")
    wall, cpu = cold(given.threads)
    print(f"the command, cold          wall {wall:7.2f} s  CPU {cpu:7.2f} s   CPU of the reference: 1/{cpu_then / cpu:.1f}")
    stages, steps = together(files, given.threads)
    for name, seconds in stages.items():
        print(f"  {name:<24} {seconds:7.2f} s")
    shown = sorted(steps.items(), key=lambda one: -one[1])
    for name, seconds in shown if given.steps else shown[:8]:
        print(f"    {name.removeprefix('eq_'):<28} {seconds * 1000:7.0f} ms")
    walls, cpus = singly(files[:: max(1, len(files) // given.single)], given.threads)
    wall, cpu = statistics.median(walls) * 1000, statistics.median(cpus) * 1000
    print(f"one definition ({len(walls)} of them)  median wall {wall:.0f} ms, CPU {cpu:.0f} ms")


if __name__ == "__main__":
    main()

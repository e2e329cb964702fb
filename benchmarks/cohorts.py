"""How long the public library of cohort definitions takes, against the reference implementation's own figures.

    python benchmarks/cohorts.py [--threads 2] [--single 60] [--steps]

Prints: the whole library in one batch by the command line in a new process (cold: interpreter, imports, reading, writing), the same in this
process with where the time went, and the median of single definitions from JSON to rows. The reference's figures (summary.tsv) are of
SQL alone on two threads of a machine that need not be this one; its JSON parsing and SQL building (44 ms a definition) are not in them.
"""

from __future__ import annotations

import argparse
import csv
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

from equipoise.cohort.circe.reading import read_circe
from equipoise.engine.circe.generating import Options, Request, generate, open_for_cohorts

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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--single", type=int, default=60, help="how many definitions to run one at a time")
    parser.add_argument("--steps", action="store_true", help="show each statement")
    given = parser.parse_args()
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

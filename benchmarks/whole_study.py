"""A whole study over a simulated network of flagship size: how long it takes, how much is said, and whether pooled rows say the same.

    python benchmarks/whole_study.py                                  # studies/bclm/main.yaml, 68 hospitals, 418 patients
    python benchmarks/whole_study.py --pooled --study studies/bclm/replica.yaml --hospitals 12

Prints seconds (wall, and of processor time here and in the processes that hold the sites), rounds, messages, bytes. With `--pooled` the
study is run on one table of all rows too, and every field of every record is compared; exit status 1 when one differs by more than a
relative 1e-9. The machine's other work lengthens the wall time, not the processor time.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, fields
from math import isclose
from pathlib import Path

from equipoise.network.local import open_network, run_study
from equipoise.results.records import Record
from equipoise.results.study_result import StudyResult
from equipoise.simulate.network import simulate_network
from equipoise.study.reading import LoadedStudy, read_study

ROOT = Path(__file__).resolve().parents[1]
TOLERANCE, ROUNDING = 1e-9, 1e-12
"""How far two numbers may lie apart, relatively; and absolutely, near 0."""


@dataclass(frozen=True, slots=True)
class Run:
    """A result and what it took. Seconds of processor time: here, and in processes that have ended."""

    result: StudyResult
    wall: float
    here: float
    elsewhere: float

    def __str__(self) -> str:
        said = f"{self.result.rounds} rounds, {self.result.messages:,} messages, {self.result.bytes_received / 1e6:,.1f} MB from the sites"
        took = f"{self.wall:.0f} s; processor time {self.here:.0f} s at the hub and {self.elsewhere:.0f} s in processes of sites"
        return f"{self.result.mode}: {took}\n  {said}; {len(self.result.records):,} records, {len(self.result.masked):,} counts hidden"


def measured(loaded: LoadedStudy, network: Path, cache: Path, *, pooled: bool, processes: int | None) -> Run:
    """Run the study, sites' tables built anew where the cache has none."""
    before, wall, here = children(), time.monotonic(), time.process_time()
    result = run_study(loaded, open_network(network), pooled, cache, processes=processes)
    return Run(result, time.monotonic() - wall, time.process_time() - here, children() - before)


def children() -> float:
    """Processor seconds of processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def differences(one: StudyResult, other: StudyResult) -> Iterator[str]:
    """Every field of every record in which two results differ."""
    if len(one.records) != len(other.records):
        yield f"{len(one.records)} and {len(other.records)} records"
    for mine, theirs in zip(one.records, other.records, strict=False):
        for part in fields(Record):
            a, b = getattr(mine, part.name), getattr(theirs, part.name)
            if not (same(a, b)):
                yield f"{mine.analysis}, {mine.outcome}, {mine.measure}, {mine.adjustment}: {part.name} {a!r} and {b!r}"


def same(a: object, b: object) -> bool:
    """Whether two fields agree."""
    if isinstance(a, float) and isinstance(b, float):
        return isclose(a, b, rel_tol=TOLERANCE, abs_tol=ROUNDING)
    return a == b


def farthest(one: StudyResult, other: StudyResult) -> float:
    """The largest relative difference between two numbers that differ by more than rounding."""
    pairs = (
        (getattr(mine, part.name), getattr(theirs, part.name))
        for mine, theirs in zip(one.records, other.records, strict=False)
        for part in fields(Record)
    )
    numbers = ((a, b) for a, b in pairs if isinstance(a, float) and isinstance(b, float) and abs(a - b) > ROUNDING)
    return max((abs(a - b) / max(abs(a), abs(b)) for a, b in numbers), default=0.0)


def main() -> int:
    """Simulate, run, print, compare."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--study", type=Path, default=ROOT / "studies" / "bclm" / "main.yaml")
    ask.add_argument("--hospitals", type=int, default=68)
    ask.add_argument("--patients", type=int, default=418)
    ask.add_argument("--seed", type=int, default=5)
    ask.add_argument("--processes", type=int)
    ask.add_argument("--pooled", action="store_true", help="run it on pooled rows too, and compare")
    want = ask.parse_args()
    loaded = read_study(want.study)
    with tempfile.TemporaryDirectory() as folder:
        network, cache = Path(folder) / "network", Path(folder) / "cache"
        simulate_network(network, want.hospitals, want.patients, want.seed, "flagship")
        federated = measured(loaded, network, cache, pooled=False, processes=want.processes)
        print(federated, flush=True)
        if not want.pooled:
            return 0
        pooled = measured(loaded, network, cache, pooled=True, processes=None)
    print(pooled)
    found = list(differences(federated.result, pooled.result))
    print(f"largest relative difference of two numbers: {farthest(federated.result, pooled.result):.1e}")
    print("\n".join(found[:20]) or "every field of every record agrees")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())

"""Speed of lines of therapy: rows a second of the vectorised pass, and how often faster it is than the plain interpreter on a sample.

python benchmarks/lines_of_therapy.py --persons 1000000 --administrations 10000000 --seed 1
"""

from __future__ import annotations

import argparse
import resource
import time

import numpy as np
import pyarrow as pa

from equipoise.engine.lines.finding import find_lines
from equipoise.engine.lines.treatments import Treatments
from equipoise.engine.reference import lines as reference
from equipoise.study.lines.reading import bundled_pack

ORAL_DAYS = 30


def simulated(persons: int, administrations: int, seed: int) -> Treatments:
    """Courses of one or two drugs in steps of one to four weeks, with pauses; some persons have many records, most few."""
    draw = np.random.default_rng(seed)
    pack = bundled_pack("breast")
    drugs = np.array(pack.drugs())
    share = draw.gamma(1.5, size=persons)
    person = np.sort(draw.choice(persons, administrations, p=share / share.sum()))
    fresh = np.concatenate(([True], person[1:] != person[:-1]))
    course = np.cumsum(fresh | (draw.random(administrations) < 0.12))
    step = draw.choice([0, 7, 14, 21, 28, 100, 200], administrations, p=[0.2, 0.1, 0.1, 0.35, 0.2, 0.03, 0.02])
    total = np.cumsum(step)
    day = total - np.maximum.accumulate(np.where(fresh, total, 0)) + draw.integers(15000, 18000, persons)[person]
    pair = draw.integers(0, len(drugs), (course[-1] + 1, 2))
    code = pair[course, (draw.random(administrations) < 0.35).astype(int)]
    shuffled = draw.permutation(administrations)
    oral = np.array([pack.class_of()[drug].route == "oral" for drug in drugs])
    columns = {
        "person_id": pa.array(person[shuffled] + 1000),
        "day": pa.array(day[shuffled].astype(np.int32)),
        "drug": pa.DictionaryArray.from_arrays(code[shuffled].astype(np.int32), pa.array(drugs)),
        "days_supply": pa.array(np.where(oral[code[shuffled]], ORAL_DAYS, 1).astype(np.int32)),
    }
    ids = np.unique(person)
    first = day[np.unique(person, return_index=True)[1]]

    def per_person(days: np.ndarray) -> pa.Table:
        return pa.table({"person_id": ids + 1000, "day": days.astype(np.int32)})

    return Treatments(
        pa.table(columns), per_person(first + draw.integers(-30, 300, len(ids))), per_person(first + draw.integers(100, 900, len(ids)))
    )


def seconds(find, treatments: Treatments) -> tuple[float, int]:
    started = time.perf_counter()
    found = find(treatments, bundled_pack("breast"))
    return time.perf_counter() - started, found.lines.num_rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--persons", type=int, default=1_000_000)
    parser.add_argument("--administrations", type=int, default=10_000_000)
    parser.add_argument("--sample", type=int, default=2_000, help="persons given to the plain interpreter")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    treatments = simulated(asked.persons, asked.administrations, asked.seed)
    fast, lines = seconds(find_lines, treatments)
    rate = asked.administrations / fast
    print(f"{asked.persons:,} persons, {asked.administrations:,} administrations, {lines:,} lines: {fast:.1f} s, {rate:,.0f} rows a second")
    print(f"largest memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB")
    per_person = asked.administrations // asked.persons
    small = simulated(asked.sample, asked.sample * per_person, asked.seed)
    slow, _ = seconds(reference.find_lines, small)
    slow_rate = small.administrations.num_rows / slow
    print(f"plain interpreter on {asked.sample:,} persons: {slow:.2f} s, {slow_rate:,.0f} rows a second; ratio {rate / slow_rate:,.0f}")


if __name__ == "__main__":
    main()

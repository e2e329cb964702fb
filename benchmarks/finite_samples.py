"""What the intervals and tests that a study reports do in small samples: coverage and type-1 error where the truth is known.

    python benchmarks/finite_samples.py --replicates 10000 --seed 1 --write

Prints Markdown; `--write` puts it into docs/estimators/finite-samples.md. `--keep FILE` writes counts down as they come, and goes on from
there when run again with the same seed; with `--counted` nothing is run, and the page is that of what the file holds.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from math import isnan, sqrt
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from finite_sample_cases import GROUPS, Group

PAGE = Path(__file__).resolve().parent.parent / "docs" / "estimators" / "finite-samples.md"
CHUNK = 250
NOMINAL, FAR = 0.95, 0.02
"""A coverage further than this from the nominal is printed bold, as is a type-1 error from 5 %."""


@dataclass(frozen=True)
class Task:
    """A part of one setting: group's place, size, whether there is an effect, which part of how many data sets, the seed."""

    group: int
    size: int
    effect: bool
    part: int
    many: int
    seed: int


@dataclass
class Tally:
    """Of one interval or test in one setting: data sets, those answered, those where the answer was right."""

    asked: int = 0
    answered: int = 0
    right: int = 0
    test: bool = False

    def add(self, other: Tally) -> None:
        """More data sets."""
        self.asked, self.answered, self.right = self.asked + other.asked, self.answered + other.answered, self.right + other.right
        self.test |= other.test

    @property
    def share(self) -> float:
        """Right among those answered."""
        return self.right / self.answered if self.answered else float("nan")


Tallies = dict[str, Tally]


def run(task: Task) -> Tallies:
    """Tallies by name."""
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    rng = np.random.default_rng([task.seed, task.group, task.size, int(task.effect), task.part])
    found: Tallies = {}
    group = GROUPS[task.group]
    at_once = group.at_once[group.sizes.index(task.size)]
    for first in range(0, task.many, at_once):
        for one in group.case(rng, task.size, task.effect, min(at_once, task.many - first)):
            if one.name:
                tally = Tally(1, int(one.answered), int(one.answered and one.right), not isnan(one.p))
                found.setdefault(one.name, Tally()).add(tally)
    return found


def tasks(replicates: int, seed: int) -> Iterator[Task]:
    """All parts: those that cost little first, then some of every setting."""
    for quick in (True, False):
        for part in range(-(-replicates // CHUNK)):
            for place, group in enumerate(GROUPS):
                for size in group.sizes if group.quick is quick else ():
                    for effect in (False, True) if group.effects else (False,):
                        yield Task(place, size, effect, part, min(CHUNK, replicates - part * CHUNK), seed)


Results = dict[Task, Tallies]


def kept(path: Path | None) -> Results:
    """What an interrupted run wrote down."""
    lines = path.read_text(encoding="utf-8").splitlines() if path and path.exists() else []
    parts = (json.loads(line) for line in lines if line.endswith("}}}"))
    return {Task(**part["task"]): {name: Tally(**tally) for name, tally in part["tallies"].items()} for part in parts}


def collect(todo: Sequence[Task], processes: int, keep: Path | None) -> Results:
    """Tallies of all parts, with a line of progress now and then."""
    done, began = kept(keep), time.monotonic()
    left = [task for task in todo if task not in done]
    os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")  # read by new processes: more threads only wait for each other
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        for number, (task, tallies) in enumerate(zip(left, pool.map(run, left), strict=True), 1):
            done[task] = tallies
            if keep:
                with keep.open("a", encoding="utf-8") as file:
                    file.write(json.dumps({"task": asdict(task), "tallies": {k: asdict(v) for k, v in tallies.items()}}) + "\n")
            if number % max(1, len(left) // 50) == 0:
                print(f"{number} of {len(left)} parts, {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    return {task: done[task] for task in todo}


def merged(results: Results, place: int) -> dict[tuple[str, int, bool], Tally]:
    """Of one group: tallies by name, size and effect."""
    found: dict[tuple[str, int, bool], Tally] = {}
    for task, tallies in results.items():
        for name, tally in tallies.items() if task.group == place else ():
            found.setdefault((name, task.size, task.effect), Tally()).add(tally)
    return found


def cell(tally: Tally | None) -> str:
    """A coverage, or a test's type-1 error, bold where it is far off, with the share of data sets without an answer."""
    if tally is None or not tally.answered:
        return "" if tally is None else "no answer"
    value, expected = (1 - tally.share, 1 - NOMINAL) if tally.test else (tally.share, NOMINAL)
    text = f"{100 * value:.1f}"
    without = 1 - tally.answered / tally.asked
    return (f"**{text}**" if abs(value - expected) > FAR else text) + (f" ({100 * without:.1f} none)" if without >= 0.0005 else "")


def table(group: Group, found: dict[tuple[str, int, bool], Tally]) -> Iterator[str]:
    """One group's tables: of intervals, and of tests."""
    pages = ", ".join(f"[{page}]({page}.md)" for page in group.pages)
    asked = min(tally.asked for tally in found.values())
    error = 100 * sqrt(NOMINAL * (1 - NOMINAL) / asked)
    yield f"\n## {group.title}\n\nEstimators: {pages}. Data sets a cell: {asked:,} at least; Monte Carlo error {error:.1f} points.\n"
    names = dict.fromkeys(name for name, _, _ in found)
    tests = [name for name in names if any(tally.test for key, tally in found.items() if key[0] == name)]
    for heading, chosen in (("interval", [name for name in names if name not in tests]), ("test: type-1 error in %", tests)):
        settings = [
            (size, effect) for effect in ((False, True) if group.effects and chosen is not tests else (False,)) for size in group.sizes
        ]
        if not chosen:
            continue
        heads = [f"{size}{', effect' if effect else ''}" for size, effect in settings]
        yield f"| {heading} ({group.size}:) | {' | '.join(heads)} |"
        yield "|---" * (len(heads) + 1) + "|"
        yield from (f"| {name} | {' | '.join(cell(found.get((name, *setting))) for setting in settings)} |" for name in chosen)
        yield ""


INTRODUCTION = """# Intervals and tests in small samples

*Written by `python benchmarks/finite_samples.py --replicates {replicates} --seed {seed} --write` on {today}; not by hand.*

How often 95 % intervals hold the truth, and how often tests at 5 % reject where nothing is to be found, in simulated data sets, by the
estimators themselves. Coverage is in percent of the data sets with an answer; "none" is the percentage without: the
estimator refused (separated data, no event, an arm that is empty), or said no more than that a ratio lies between 0 and infinity. Where
nothing is planted, 100 less an interval's coverage is its type-1 error. "Effect" columns have a planted ratio of {ratio:g} (of hazards: of
1/{ratio:g}). Bold: more than {far:g} points off.

Data: exponential times with a quarter censored at random (independent of all else); arms of equal size but under confounding, where
the arm follows one continuous and one binary covariate, both with a log hazard ratio of 0.5; competing causes after Fine and Gray's model;
binomial and Poisson counts. "(studies)" marks what a study's report shows where there are several. A median's end that the curve does not
reach counts as infinite.

What to read from it:

{lessons}
"""
LESSONS = Path(__file__).resolve().parent / "finite_samples_lessons.md"


def page(results: Results, seed: int) -> str:
    """The whole page."""
    replicates = max((tally.asked for place in range(len(GROUPS)) for tally in merged(results, place).values()), default=0)
    facts = {"seed": seed, "replicates": replicates, "today": f"{datetime.now(UTC):%Y-%m-%d}", "ratio": 2.0, "far": 100 * FAR}
    lines = [INTRODUCTION.format(**facts, lessons=LESSONS.read_text(encoding="utf-8").strip())]
    for place, group in enumerate(GROUPS):
        found = merged(results, place)
        lines += table(group, found) if found else ()
    return "\n".join(lines).rstrip() + "\n"


def main() -> int:
    """Run, print, and write where asked."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--replicates", type=int, default=10_000, help="data sets a cell")
    ask.add_argument("--seed", type=int, default=1)
    ask.add_argument("--processes", type=int, default=2)
    ask.add_argument("--keep", type=Path, help="a file that counts are written to, and read from by a later run")
    ask.add_argument("--counted", action="store_true", help="run nothing: only what the kept file holds")
    ask.add_argument("--write", action="store_true", help=f"write {PAGE.name}")
    asked = ask.parse_args()
    todo = list(tasks(asked.replicates, asked.seed))
    results = kept(asked.keep) if asked.counted else collect(todo, asked.processes, asked.keep)
    text = page({task: results[task] for task in todo if task in results}, asked.seed)
    print(text)
    if asked.write:
        PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

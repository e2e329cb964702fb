"""Does the whole of Equipoise, from CDM files to estimates, recover what was planted? Simulated networks of which the truth is known.

    python benchmarks/validity.py --replicates 200 --seed 1

Every replicate is three networks, each made as OMOP files, planned, extracted, tabulated and estimated by one study, which asks two
questions of it: the effect of TARE on survival (planted, and confounded), and the effect of immunotherapy (planted to be none, but given
only to those who live to receive it). Three, because six coverages are asked for: of 600 networks one that is truly 95 % lies within
92-98 % but for chances of one in a thousand. Some large networks are for bias alone. Prints three tables; exit status 0 only when the
estimates that should be right are: coverage of 95 % intervals in 92-98 %, absolute bias of the overlap estimate under 0.02 on the log
scale in networks of 20,000 with TARE, and an apparent benefit of immunotherapy where its label needs survival, and nowhere else.
`--keep FILE` writes each network's estimates down as they come, and goes on from there when run again.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from math import log, sqrt
from multiprocessing import get_context
from pathlib import Path
from statistics import NormalDist, fmean, stdev

from equipoise.network.local import open_network, run_study
from equipoise.results.records import Record
from equipoise.simulate.network import simulate_network
from equipoise.study.fingerprint import study_hash
from equipoise.study.model import Study
from equipoise.study.reading import LoadedStudy, read_study

HERE = Path(__file__).resolve().parent
TREATED_SHARE = 334 / 418
Z = NormalDist().inv_cdf(0.975)
COVERAGE = 0.92, 0.98
LARGEST_BIAS = 0.02
NETWORKS = 3
"""Networks a replicate."""
HONEST = ("landmark 60 days", "landmark 90 days", "time-varying", "clone-censor-weight", "clone-censor-weight, weights alone")
"""Analyses that must not show a benefit."""


@dataclass(frozen=True)
class Estimate:
    """One estimate of one network: log hazard ratio, standard error, the truth that it should tend to."""

    name: str
    estimate: float
    error: float
    truth: float

    @property
    def covers(self) -> bool:
        """Whether the 95 % interval holds the truth."""
        return abs(self.estimate - self.truth) <= Z * self.error


@dataclass(frozen=True)
class Task:
    """One network to make and to analyse: for both questions, or (large ones) for that of TARE alone."""

    seed: int
    patients: int
    hospitals: int
    both: bool = True


def log_ratio(record: Record, name: str, truth: float) -> Estimate:
    """A hazard ratio of the results, with the standard error that its interval says."""
    assert record.estimate is not None
    assert record.lower is not None
    assert record.upper is not None
    return Estimate(name, log(record.estimate), (log(record.upper) - log(record.lower)) / (2 * Z), truth)


def analysed(task: Task, study: Study) -> tuple[tuple[Record, ...], dict[str, dict[str, float]]]:
    """The records of the study on a fresh network, and the network's truth by estimand."""
    with tempfile.TemporaryDirectory(prefix="validity-") as folder:
        out = Path(folder) / "network"
        simulate_network(out, task.hospitals, task.patients, task.seed)
        truth = json.loads((out / "truth.json").read_text(encoding="utf-8"))["estimands"]
        found = run_study(LoadedStudy(study, "", study_hash(study)), open_network(out), pooled=True)
    return found.records, truth


def bare(study: Study) -> Study:
    """The study with hazard ratios alone: no survival at days, no restricted means."""
    return study.model_copy(update={"analysis": study.analysis.model_copy(update={"rmst_days": (), "survival_at_days": ()})})


def study_of(task: Task) -> Study:
    """The study with combined arms, or without."""
    study = bare(read_study(HERE / "validity.yaml").study)
    return study if task.both else study.model_copy(update={"combination": None})


def tare(records: Sequence[Record], truth: dict[str, dict[str, float]]) -> list[Estimate]:
    """The effect of TARE under each adjustment, against what that adjustment should find in this network.

    Marginal hazard ratios differ from the planted conditional one and a little from each other; `truth.json` holds each. Matched pairs,
    chosen by the smaller arm within a caliper, are held to stand for the overlap population; crude, too, is held against that.
    """
    ratios = {r.adjustment: r for r in records if r.measure == "hazard_ratio" and r.outcome == "os" and r.analysis == "main"}
    return [log_ratio(ratios[name], name, log(truth[of]["hazard_ratio_stratified_by_site"])) for name, of in TARE.items()]


TARE = {"crude": "overlap", "matched": "overlap", "iptw": "iptw", "overlap": "overlap"}
"""Adjustments, and the estimand of `truth.json` that each is held against."""


IMMUNOTHERAPY = {
    "W2, naive": ("W2", "covariates"),
    "W0, at the index": ("W0", "covariates"),
    "landmark 60 days": ("landmark 60", "covariates"),
    "landmark 90 days": ("landmark 90", "covariates"),
    "time-varying": ("time-varying", "covariates"),
    "clone-censor-weight": ("clone-censor-weight", "weights and covariates"),
    "clone-censor-weight, weights alone": ("clone-censor-weight", "weights"),
}
"""Analyses of the effect of immunotherapy, adjusted for what decides who gets it: analysis and adjustment of the records."""


def immunotherapy(records: Sequence[Record]) -> list[Estimate]:
    """The effect of immunotherapy, which is none. An analysis without an estimate (too few exposed) is left out."""
    ratios = {
        (r.analysis, r.adjustment): r
        for r in records
        if (r.measure, r.population, r.target, r.comparator) == ("hazard_ratio", "all", "immunotherapy", "alone") and r.estimate
    }
    return [log_ratio(ratios[key], name, 0.0) for name, key in IMMUNOTHERAPY.items() if key in ratios]


def run(task: Task) -> list[Estimate]:
    """One network, start to end."""
    records, truth = analysed(task, study_of(task))
    return tare(records, truth) + (immunotherapy(records) if task.both else [])


@dataclass(frozen=True)
class Summary:
    """What many networks say of one analysis: bias, and shares, with their Monte Carlo errors."""

    n: int
    mean: float
    bias: float
    bias_error: float
    coverage: float
    rmse: float
    mean_error: float

    @property
    def coverage_error(self) -> float:
        """The Monte Carlo error of the coverage."""
        return sqrt(self.coverage * (1 - self.coverage) / self.n)


def summary(estimates: Sequence[Estimate]) -> Summary:
    """Over networks."""
    off = [one.estimate - one.truth for one in estimates]
    return Summary(
        n=len(off),
        mean=fmean(one.estimate for one in estimates),
        bias=fmean(off),
        bias_error=stdev(off) / sqrt(len(off)) if len(off) > 1 else float("nan"),
        coverage=fmean(one.covers for one in estimates),
        rmse=sqrt(fmean(one**2 for one in off)),
        mean_error=sqrt(fmean(one.error**2 for one in estimates)),
    )


def table(title: str, by_name: dict[str, list[Estimate]], names: Sequence[str]) -> Iterator[str]:
    """A Markdown table."""
    yield f"\n### {title}\n"
    heads = (
        "analysis",
        "networks",
        "mean log hazard ratio",
        "bias",
        "coverage of 95 % intervals",
        "RMSE",
        "standard error, root mean square",
    )
    yield f"| {' | '.join(heads)} |"
    yield "|" + "---|" * len(heads)
    for name in names:
        of = summary(by_name[name])
        bias, coverage = f"{of.bias:+.4f} ({of.bias_error:.4f})", f"{of.coverage:.1%} ({of.coverage_error:.1%})"
        yield f"| {name} | {of.n} | {of.mean:+.4f} | {bias} | {coverage} | {of.rmse:.4f} | {of.mean_error:.4f} |"


Kept = dict[Task, list[Estimate]]


def kept(path: Path | None) -> Kept:
    """What an interrupted run wrote down."""
    lines = path.read_text(encoding="utf-8").splitlines() if path and path.exists() else []
    parts = (json.loads(line) for line in lines if line.endswith("]}"))
    return {Task(**part["task"]): [Estimate(**one) for one in part["estimates"]] for part in parts}


def collect(tasks: Sequence[Task], processes: int, keep: Path | None) -> Kept:
    """Estimates of every network, with a line of progress a twentieth of the way."""
    done, began = kept(keep), time.monotonic()
    todo = [task for task in tasks if task not in done]
    os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")  # read by new processes: more threads only wait for each other
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        for number, (task, estimates) in enumerate(zip(todo, pool.map(run, todo), strict=True), 1):
            done[task] = estimates
            if keep:
                with keep.open("a", encoding="utf-8") as file:
                    file.write(json.dumps({"task": asdict(task), "estimates": [asdict(one) for one in estimates]}) + "\n")
            if number % max(1, len(todo) // 20) == 0:
                print(f"{number} of {len(todo)} networks, {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    return {task: done[task] for task in tasks}


def by_name(found: Kept, both: bool) -> dict[str, list[Estimate]]:
    """Estimates by analysis: of the networks for both questions, or of the large ones."""
    names: dict[str, list[Estimate]] = {}
    for task, estimates in found.items():
        for one in estimates if task.both == both else ():
            names.setdefault(one.name, []).append(one)
    return names


def failures(small: dict[str, list[Estimate]], large: dict[str, list[Estimate]]) -> Iterator[str]:
    """Each promise that does not hold, in words."""
    for name in ("overlap", *HONEST):
        coverage = summary(small[name]).coverage
        if not COVERAGE[0] <= coverage <= COVERAGE[1]:
            yield f"the intervals of {name} cover the truth in {coverage:.1%}"
    bias = summary(large["overlap"]).bias
    if abs(bias) >= LARGEST_BIAS:
        yield f"the overlap estimate is off by {bias:+.4f}"
    naive = summary(small["W2, naive"])
    if naive.mean + Z * naive.bias_error >= 0:
        yield f"the naive window shows no benefit: {naive.mean:+.4f} (Monte Carlo error {naive.bias_error:.4f})"


def arguments() -> argparse.Namespace:
    """What was asked."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--replicates", type=int, default=200, help=f"{NETWORKS} networks each")
    ask.add_argument("--seed", type=int, default=1, help="millions of the networks' seeds")
    ask.add_argument("--patients", type=int, default=2000, help="study patients a network")
    ask.add_argument("--hospitals", type=int, default=2, help="hospitals a network")
    ask.add_argument("--treated", type=int, default=20_000, help="persons with TARE in the large networks that bias is measured in")
    ask.add_argument("--large", type=int, default=16, help="how many such networks")
    ask.add_argument("--processes", type=int, default=2)
    ask.add_argument("--keep", type=Path, help="a file that each network's estimates are written to, and read from by a later run")
    return ask.parse_args()


def main() -> int:
    """Run all and print; 0 when every promise holds."""
    asked, began = arguments(), time.monotonic()
    first, many = 1_000_000 * asked.seed, round(asked.treated / TREATED_SHARE)
    tasks = [Task(first + 900_000 + k, many, 2 * asked.hospitals, both=False) for k in range(asked.large)]
    tasks += [Task(first + k, asked.patients, asked.hospitals) for k in range(NETWORKS * asked.replicates)]
    found = collect(tasks, asked.processes, asked.keep)
    small, large = by_name(found, both=True), by_name(found, both=False)
    size = f"{asked.patients:,} patients at {asked.hospitals} hospitals, seed {asked.seed}"
    print("\n".join(table(f"Effect of TARE, {size}", small, TARE)))
    print("\n".join(table(f"Effect of TARE, {many:,} patients, {asked.treated:,} with TARE", large, TARE)))
    print("\n".join(table(f"Effect of immunotherapy (none is planted), {size}", small, list(IMMUNOTHERAPY))))
    broken = list(failures(small, large))
    print(f"\nMonte Carlo errors in brackets. {time.monotonic() - began:.0f} s.")
    print("\n" + ("\n".join(f"FAILS: {line}" for line in broken) or "All promises hold."))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())

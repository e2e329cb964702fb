"""Does the whole of Equipoise, from CDM files to estimates, recover what was planted? Simulated networks of which the truth is known.

    python benchmarks/validity.py --replicates 200 --seed 1

Two questions, each over as many networks as asked: the effect of TARE on survival (planted, and confounded), and the effect of
immunotherapy (planted to be none, but given only to those who live to receive it; twice as many networks, for four coverages are asked
of them). Prints three tables; exit status 0 only when the estimates that should be right are: coverage of 95 % intervals in 92-98 %,
absolute bias of the overlap estimate under 0.02 on the log scale in networks of 20,000 with TARE, and an apparent benefit of
immunotherapy where its label needs survival, and nowhere else.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from math import log, sqrt
from pathlib import Path
from statistics import NormalDist, fmean, stdev

from equipoise.network.local import open_network, run_study
from equipoise.results.records import Record
from equipoise.simulate.network import simulate_network
from equipoise.study.fingerprint import study_hash
from equipoise.study.model import Study
from equipoise.study.reading import LoadedStudy, read_study

HERE = Path(__file__).resolve().parent
STUDIES = HERE.parent / "studies"
TREATED_SHARE = 334 / 418
Z = NormalDist().inv_cdf(0.975)
COVERAGE = 0.92, 0.98
LARGEST_BIAS = 0.02
HONEST = ("landmark 60 days", "landmark 90 days", "time-varying", "clone-censor-weight")
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
    """One network to make and to analyse."""

    question: str
    seed: int
    patients: int
    hospitals: int


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


def tare_study() -> Study:
    """The flagship with survival alone."""
    study = read_study(STUDIES / "bclm.yaml").study
    used = study.propensity.covariates if study.propensity else ()
    analysis = study.analysis.model_copy(
        update={"adjustments": ("crude", "matched", "iptw", "overlap"), "rmst_days": (), "survival_at_days": ()}
    )
    return study.model_copy(update={"analysis": analysis, "covariates": tuple(c for c in study.covariates if c.name in used)})


def tare(task: Task) -> list[Estimate]:
    """The effect of TARE under each adjustment, against what that adjustment should find in this network.

    Marginal hazard ratios differ from the planted conditional one and a little from each other; `truth.json` holds each. Matched pairs,
    chosen by the smaller arm within a caliper, are held to stand for the overlap population; crude, too, is held against that.
    """
    records, truth = analysed(task, tare_study())
    ratios = {r.adjustment: r for r in records if r.measure == "hazard_ratio" and r.outcome == "os" and r.analysis == "main"}
    estimands = {"crude": "overlap", "matched": "overlap", "iptw": "iptw", "overlap": "overlap"}
    return [log_ratio(ratios[name], name, log(truth[of]["hazard_ratio_stratified_by_site"])) for name, of in estimands.items()]


IMMUNOTHERAPY = {
    "W2, naive": ("W2", "covariates"),
    "W0, at the index": ("W0", "covariates"),
    "landmark 60 days": ("landmark 60", "covariates"),
    "landmark 90 days": ("landmark 90", "covariates"),
    "time-varying": ("time-varying", "covariates"),
    "clone-censor-weight": ("clone-censor-weight", "weights and covariates"),
}
"""Analyses of the effect of immunotherapy, adjusted for what decides who gets it: analysis and adjustment of the records."""


def immunotherapy(task: Task) -> list[Estimate]:
    """The effect of immunotherapy, which is none. An analysis without an estimate (too few exposed) is left out."""
    records, _ = analysed(task, read_study(HERE / "validity.yaml").study)
    ratios = {
        (r.analysis, r.adjustment): r
        for r in records
        if (r.measure, r.population, r.target, r.comparator) == ("hazard_ratio", "all", "immunotherapy", "alone") and r.estimate
    }
    return [log_ratio(ratios[key], name, 0.0) for name, key in IMMUNOTHERAPY.items() if key in ratios]


QUESTIONS: dict[str, Callable[[Task], list[Estimate]]] = {"tare": tare, "immunotherapy": immunotherapy}


def run(task: Task) -> list[Estimate]:
    """One network, start to end."""
    return QUESTIONS[task.question](task)


def summary(estimates: Sequence[Estimate]) -> tuple[int, float, float, float, float, float]:
    """Networks, mean estimate (as a ratio is exp of it), bias, its Monte Carlo error, coverage, root mean squared error."""
    off = [one.estimate - one.truth for one in estimates]
    spread = stdev(off) / sqrt(len(off)) if len(off) > 1 else float("nan")
    return (
        len(off),
        fmean(one.estimate for one in estimates),
        fmean(off),
        spread,
        fmean(one.covers for one in estimates),
        sqrt(fmean(one**2 for one in off)),
    )


def table(title: str, by_name: dict[str, list[Estimate]]) -> Iterator[str]:
    """A Markdown table."""
    yield f"\n### {title}\n"
    heads = "analysis", "networks", "mean log hazard ratio", "bias (Monte Carlo error)", "coverage", "RMSE", "mean standard error"
    yield f"| {' | '.join(heads)} |"
    yield "|" + "---|" * len(heads)
    for name, estimates in by_name.items():
        n, mean, bias, error, coverage, rmse = summary(estimates)
        mean_error = fmean(one.error for one in estimates)
        yield f"| {name} | {n} | {mean:+.4f} | {bias:+.4f} ({error:.4f}) | {coverage:.1%} | {rmse:.4f} | {mean_error:.4f} |"


def collect(pool: ProcessPoolExecutor, tasks: Sequence[Task], label: str) -> dict[str, list[Estimate]]:
    """Estimates by analysis, with a line of progress a tenth of the way."""
    by_name: dict[str, list[Estimate]] = {}
    began = time.monotonic()
    for done, estimates in enumerate(pool.map(run, tasks), 1):
        for one in estimates:
            by_name.setdefault(one.name, []).append(one)
        if done % max(1, len(tasks) // 10) == 0:
            print(f"{label}: {done} of {len(tasks)} networks, {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    return by_name


def failures(effect: dict[str, list[Estimate]], large: dict[str, list[Estimate]], null: dict[str, list[Estimate]]) -> Iterator[str]:
    """Each promise that does not hold, in words."""
    coverage = summary(effect["overlap"])[4]
    if not COVERAGE[0] <= coverage <= COVERAGE[1]:
        yield f"the overlap estimate's intervals cover the truth in {coverage:.1%}"
    bias = summary(large["overlap"])[2]
    if abs(bias) >= LARGEST_BIAS:
        yield f"the overlap estimate is off by {bias:+.4f}"
    _, mean, _, error, _, _ = summary(null["W2, naive"])
    if mean + Z * error >= 0:
        yield f"the naive window shows no benefit: {mean:+.4f} (Monte Carlo error {error:.4f})"
    for name in HONEST:
        coverage = summary(null[name])[4]
        if not COVERAGE[0] <= coverage <= COVERAGE[1]:
            yield f"{name} covers 1 in {coverage:.1%}"


def main() -> int:
    """Run all and print; 0 when every promise holds."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--replicates", type=int, default=200, help="networks for the effect of TARE; twice as many for immunotherapy")
    ask.add_argument("--seed", type=int, default=1, help="the first network's seed")
    ask.add_argument("--patients", type=int, default=2500, help="study patients a network")
    ask.add_argument("--hospitals", type=int, default=4, help="hospitals a network")
    ask.add_argument("--treated", type=int, default=20_000, help="persons with TARE in the large networks that bias is measured in")
    ask.add_argument("--large", type=int, default=16, help="how many such networks")
    ask.add_argument("--processes", type=int, default=2)
    asked = ask.parse_args()
    first = 1_000_000 * asked.seed
    many_of = {"tare": asked.replicates, "immunotherapy": 2 * asked.replicates}
    tasks = {
        question: [Task(question, first + 100_000 * place + k, asked.patients, asked.hospitals) for k in range(n)]
        for place, (question, n) in enumerate(many_of.items())
    }
    many = round(asked.treated / TREATED_SHARE)
    large_tasks = [Task("tare", first + 900_000 + k, many, asked.hospitals) for k in range(asked.large)]
    with ProcessPoolExecutor(asked.processes) as pool:
        effect, null = (collect(pool, tasks[question], question) for question in many_of)
        large = collect(pool, large_tasks, "large networks")
    size = f"{asked.patients:,} patients at {asked.hospitals} hospitals"
    print("\n".join(table(f"Effect of TARE, {size}, seed {asked.seed}", effect)))
    print("\n".join(table(f"Effect of TARE, {many:,} patients, {asked.treated:,} with TARE", large)))
    print("\n".join(table(f"Effect of immunotherapy (none is planted), {size}", null)))
    broken = list(failures(effect, large, null))
    print("\n" + ("\n".join(f"FAILS: {line}" for line in broken) or "All promises hold."))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())

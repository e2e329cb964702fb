"""How the simulator's constants were found, and that its data mean what `truth.json` says.

    python benchmarks/calibrate_simulation.py constants   # crude hazard ratio and observed medians over a grid of the two constants
    python benchmarks/calibrate_simulation.py bias        # adjusted estimates against the truth over many networks, without writing files
    python benchmarks/calibrate_simulation.py files [N]   # a written network read back from its Parquet files alone
    python benchmarks/calibrate_simulation.py time        # seconds to write networks of several sizes

`constants` sets ASSIGNMENT_STRENGTH and BASELINE_SCALE_DAYS so that in a large network the crude Cox hazard ratio is about 0.69 and
the Kaplan-Meier medians as observed are about 36 (TARE) and 25 (TACE) months.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import simulated_cohort as cohort

from equipoise.kernel.days import DAYS_PER_MONTH
from equipoise.simulate import effects, hospital, survival
from equipoise.simulate.assignment import expit, linear_predictor, solve_intercept, systematic_sample
from equipoise.simulate.network import simulate_network
from equipoise.simulate.plan import OUTCOME_STREAM, PLAN_STREAM, TRUTH_STREAM, plan_network, stream
from equipoise.simulate.truth.estimates import Estimates, estimate
from equipoise.simulate.truth.tally import Potential, tally_block


def network(n: int, hospitals: int, seed: int, scenario: effects.Scenario = "flagship") -> tuple[pd.DataFrame, tuple[Estimates, ...]]:
    """The study patients of a network as their records would show them, and the true estimates."""
    plan = plan_network(hospitals, n, seed)
    blocks = [(h, k, hospital.patients_of(h, seed, k), h.blocks()[k][0]) for h in plan for k in range(len(h.blocks()))]
    predictor = np.concatenate([hospital.assignment_predictor(h, b)[:m] for h, _, b, m in blocks])
    intercept = solve_intercept(predictor, round(n * effects.TARGET_SHARE))
    propensity = expit(intercept + predictor)
    arm = systematic_sample(propensity, float(stream(seed, PLAN_STREAM).random()))
    frames, tallies, effect, begin = [], {}, effects.LOG_HAZARD_RATIO[scenario], 0
    for h, k, b, m in blocks:
        tare = arm[begin : begin + m]
        rng = stream(seed, OUTCOME_STREAM, h.number, k)
        hazard = linear_predictor(b, effects.HAZARD)[:m]
        death = survival.death_days(hazard + effect * tare, 1 - rng.random(m))
        seen = survival.observe(death, survival.draw_observation(rng, b.index_day[:m], h))
        potential = Potential(hazard, propensity[begin : begin + m], b.index_day[:m], effect)
        tally = tally_block(stream(seed, TRUTH_STREAM, h.number, k), h, potential, 4)
        tallies[h.number] = tallies[h.number] + tally if h.number in tallies else tally
        frames.append(frame(b, m).assign(site=h.name, tare=tare, time=seen.time, event=seen.event, propensity=potential.propensity))
        begin += m
    return pd.concat(frames), estimate(list(tallies.values()))


def frame(b: hospital.Baseline, m: int) -> pd.DataFrame:
    columns = {"subtype": np.array(effects.SUBTYPES)[b.subtype], "extrahepatic": b.extrahepatic, "lines": b.lines, "albumin": b.albumin,
               "bilirubin": b.bilirubin, "age": b.age, "year": b.year}  # fmt: skip
    return pd.DataFrame({name: column[:m] for name, column in columns.items()})


def weighted(people: pd.DataFrame) -> Iterator[tuple[str, float, float]]:
    """(estimand, log hazard ratio, robust standard error) with a propensity model on the recorded covariates."""
    arm = people.tare.to_numpy(int)
    e = cohort.logistic(cohort.design(people), arm.astype(float))
    weights = {
        "crude": np.ones(len(people)), "overlap": np.where(arm == 1, 1 - e, e),
        "iptw": np.where(arm == 1, 1 / e, 1 / (1 - e)), "att": np.where(arm == 1, 1.0, e / (1 - e)),
    }  # fmt: skip
    for name, weight in weights.items():
        yield name, *cohort.weighted_cox(people.time.to_numpy(), people.event.to_numpy(bool), arm, weight)


def constants() -> None:
    for strength in (0.82, effects.ASSIGNMENT_STRENGTH, 0.90):
        for scale in (1380.0, effects.BASELINE_SCALE_DAYS, 1450.0):
            hospital.ASSIGNMENT_STRENGTH, survival.BASELINE_SCALE_DAYS = strength, scale
            crude = [network(200_000, 200, seed)[1][0] for seed in (1, 2)]
            medians = np.mean([[curve.median_days or np.nan for curve in one.observed] for one in crude], axis=0) / DAYS_PER_MONTH
            ratio = np.mean([one.hazard_ratio for one in crude])
            print(f"strength {strength:.2f} scale {scale:6.0f}  crude HR {ratio:.4f}  medians {medians[0]:.1f} and {medians[1]:.1f} months")


def bias(networks: int = 40, n: int = 20_000) -> None:
    for scenario in effects.SCENARIOS:
        z: dict[str, list[tuple[float, float]]] = {}
        for seed in range(networks):
            people, truth = network(n, 68, 1000 + seed, scenario)
            true = {one.estimand: np.log(one.hazard_ratio) for one in truth}
            for name, beta, error in weighted(people):
                z.setdefault(name, []).append((beta - true[name], error))
        for name, pairs in z.items():
            off, error = np.array(pairs).T
            print(f"{scenario:8} {name:8} mean error {off.mean():+.4f} +- {off.std(ddof=1) / np.sqrt(networks):.4f}  "
                  f"SD {off.std(ddof=1):.4f} mean SE {error.mean():.4f}  coverage {np.mean(np.abs(off) < 1.96 * error):.2f}")  # fmt: skip


def files(n: int = 200_000) -> None:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "network"
        simulate_network(out, 68, n, 7)
        people = cohort.read(out)
        truth = json.loads((out / "truth.json").read_text())["estimands"]
        eligible = people[people.failed == 0]
        print(f"{len(people)} with an index event, {len(eligible)} eligible, {int(eligible.tare.sum())} TARE")
        for name, beta, error in weighted(eligible):
            low, high = np.exp(beta - 1.96 * error), np.exp(beta + 1.96 * error)
            print(f"{name:8} {np.exp(beta):.4f} ({low:.4f} to {high:.4f})  truth {truth[name]['hazard_ratio']:.4f}")


def seconds() -> None:
    for n in (418, 5_000, 100_000):
        with tempfile.TemporaryDirectory() as folder:
            start = time.perf_counter()
            simulate_network(Path(folder) / "network", 68, n, 1)
            print(f"68 hospitals, {n} patients: {time.perf_counter() - start:.1f} s")


if __name__ == "__main__":
    what = sys.argv[1] if len(sys.argv) > 1 else ""
    if what == "files":
        files(*map(int, sys.argv[2:3]))
    elif what in ("constants", "bias", "time"):
        {"constants": constants, "bias": bias, "time": seconds}[what]()
    else:
        raise SystemExit(__doc__)

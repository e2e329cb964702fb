"""A lasso path of a propensity model on sparse covariates, beside adelie: CPU and wall time, the same objective, and cross-validation.

    python benchmarks/large_propensity.py --peer-python ENV/bin/python

ENV: an environment of its own with adelie, which cannot share ours (docs/decisions/0013-our-own-large-lasso.md). Both run on one thread,
turn by turn; the peer reads the data from a file and prints seconds and its solution. Without --peer-python only ours is timed.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

import numpy as np  # noqa: E402
from scipy import sparse  # noqa: E402

from equipoise.estimators.sparse_lasso.folds import cross_validate, deal  # noqa: E402
from equipoise.estimators.sparse_lasso.path import Lasso  # noqa: E402
from equipoise.estimators.sparse_lasso.rows import SparseRows  # noqa: E402

PEER = """
import sys, time
import numpy as np
from scipy import sparse
import adelie
with np.load(sys.argv[1]) as data:
    x = sparse.csc_matrix((data["values"], data["indices"], data["indptr"]), shape=tuple(data["shape"]))
    y, penalties = data["y"], data["penalties"]
wall, cpu = time.perf_counter(), time.process_time()
state = adelie.grpnet(adelie.matrix.sparse(x, method="naive", n_threads=1), adelie.glm.binomial(y), lmda_path=penalties,
                      early_exit=False, progress_bar=False, n_threads=1)
print(time.perf_counter() - wall, time.process_time() - cpu)
np.savez(sys.argv[2], intercept=state.intercepts, b=np.vstack([b.toarray() for b in state.betas]))
"""


def simulated(n: int, p: int, dense: float, *, even: bool) -> tuple[sparse.csc_array, np.ndarray]:
    """Indicators of equal or very unequal prevalence with this mean, and an arm that hangs on a hundred of them."""
    rng = np.random.default_rng(1)
    share = np.full(p, dense) if even else np.exp(rng.uniform(np.log(1e-3), np.log(0.2), p))
    share = np.clip(share * dense / share.mean(), 2e-4, 0.6)
    having = [np.sort(rng.choice(n, count, replace=False)) for count in rng.binomial(n, share)]
    ends = np.concatenate(([0], np.cumsum([len(people) for people in having])))
    x = sparse.csc_array((np.ones(ends[-1]), np.concatenate(having).astype(np.int32), ends.astype(np.int32)), shape=(n, p))
    effect = np.zeros(p)
    effect[rng.choice(p, 100, replace=False)] = rng.normal(0, 1, 100)
    eta = x @ effect
    return x, (rng.random(n) < 1 / (1 + np.exp(0.8 + eta.mean() - eta))).astype(float)


def ours(lasso: Lasso, penalties: np.ndarray) -> tuple[float, float, np.ndarray]:
    wall, cpu = time.perf_counter(), time.process_time()
    path = lasso.path(penalties)
    spent = time.perf_counter() - wall, time.process_time() - cpu
    return *spent, objectives(lasso, penalties, [(model.intercept, model.dense()) for model in path])


def theirs(python: str, lasso: Lasso, penalties: np.ndarray, folder: Path) -> tuple[float, float, np.ndarray]:
    x, given, back = lasso.rows.x, folder / "data.npz", folder / "solution.npz"
    arrays = {"values": x.data, "indices": x.indices, "indptr": x.indptr, "shape": np.array(x.shape)}
    np.savez(given, y=lasso.rows.y, penalties=penalties, **arrays)
    done = subprocess.run([python, "-c", PEER, str(given), str(back)], check=True, capture_output=True, text=True)
    wall, cpu = map(float, done.stdout.split()[-2:])
    with np.load(back) as found:
        return wall, cpu, objectives(lasso, penalties, list(zip(found["intercept"], found["b"], strict=True)))


def objectives(lasso: Lasso, penalties: np.ndarray, models: list[tuple[float, np.ndarray]]) -> np.ndarray:
    """Minus mean log-likelihood plus penalty, of any solver's solutions."""
    heights = []
    for strength, (intercept, b) in zip(penalties, models, strict=True):
        eta = lasso.rows.x @ b + intercept
        heights.append(float(lasso.rows.weight @ (np.logaddexp(0, eta) - lasso.rows.y * eta)) + strength * float(np.abs(b).sum()))
    return np.array(heights)


def run(options: argparse.Namespace, *, even: bool) -> None:
    x, y = simulated(options.rows, options.columns, options.dense, even=even)
    lasso = Lasso(SparseRows(x, y, np.full(len(y), 1 / len(y)), np.zeros(len(y))), np.ones(x.shape[1]))
    penalties = lasso.entry(lasso.null()) * np.geomspace(1, options.least, options.penalties)
    mine, peers = [], []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(options.repeats):
            mine.append(ours(lasso, penalties))
            if options.peer_python:
                peers.append(theirs(options.peer_python, lasso, penalties, Path(folder)))
    kind = "equal" if even else "unequal"
    wall, cpu = (statistics.median(run[k] for run in mine) for k in (0, 1))
    print(f"{kind} prevalences, {x.nnz} entries, {options.penalties} penalties: equipoise {wall:.2f} s, CPU {cpu:.2f} s")
    if peers:
        peer_wall, peer_cpu = (statistics.median(run[k] for run in peers) for k in (0, 1))
        print(f"  adelie {peer_wall:.2f} s, CPU {peer_cpu:.2f} s: ratio {wall / peer_wall:.2f}, of CPU {cpu / peer_cpu:.2f}")
        gaps = peers[0][2] - mine[0][2]
        print(f"  largest difference of objectives {np.abs(gaps).max():.1e}, ours lower by {gaps.min():.1e} or more")
    start = time.process_time()
    curve = cross_validate(lasso, penalties, deal(len(y), 10))
    times = (time.process_time() - start + cpu) / cpu
    print(f"  cross-validated in ten folds ({len(curve.penalties)} penalties): {times:.1f} times the CPU of one path")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--columns", type=int, default=20_000)
    parser.add_argument("--dense", type=float, default=0.005)
    parser.add_argument("--penalties", type=int, default=14)
    parser.add_argument("--least", type=float, default=0.1, help="the last penalty as a share of the first")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--peer-python")
    options = parser.parse_args()
    for even in (True, False):
        run(options, even=even)


if __name__ == "__main__":
    main()

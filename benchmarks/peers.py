"""Equipoise beside its peers, on the same input, on the same machine: seconds, memory, ratios, and whether each goal was reached.

    python benchmarks/peers.py [--only WORK ...] [--rows N] [--repeats 3] [--threads 1] [--python PACKAGE=INTERPRETER ...] [--json FILE]

Every measurement is a process of its own; contenders take turns, and medians count. Memory is the highest that the work took over what
the process held with its input loaded. R and its packages (Debian: r-base-core r-cran-survival r-cran-matchit r-cran-cmprsk) and the
Python peers (`make peers`) are left out by name where they are not installed. adelie needs an older NumPy than Equipoise, so an
environment of its own: `--python adelie=ENV/bin/python`, or that path in the variable PEER_PYTHON_ADELIE.
Exit status 1 if a goal was missed or an answer differs, 2 if a peer of a goal is not installed. With `--rows` goals are printed, not
judged.
A work item is a file of `side_by_side/work/` that defines `WORK`.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from importlib import import_module
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from side_by_side.process import measure  # noqa: E402
from side_by_side.reporting import Runs, judge, table  # noqa: E402
from side_by_side.work_item import Arrays, Contender, Work  # noqa: E402

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS", "NUMEXPR_NUM_THREADS")
OTHER_PYTHON = "PEER_PYTHON_"
"""Followed by a package in capitals: the variable that names the interpreter that has it."""


def names() -> list[str]:
    return sorted(path.stem for path in (HERE / "side_by_side" / "work").glob("*.py") if path.stem != "__init__")


def work_item(name: str) -> Work:
    found: Work = import_module(f"side_by_side.work.{name}").WORK
    return found


def interpreter(contender: Contender) -> str:
    """The Python that holds what the contender needs: this one, unless another was named."""
    return os.environ.get(f"{OTHER_PYTHON}{contender.needs.upper()}", sys.executable) if contender.needs else sys.executable


def missing(contender: Contender) -> str | None:
    """What must be installed before this contender can run, or None."""
    if contender.r:
        return "Rscript" if shutil.which("Rscript") is None else None
    if contender.needs is None:
        return None
    known = f"import importlib.util, sys; sys.exit(importlib.util.find_spec({contender.needs!r}) is None)"
    return contender.needs if subprocess.run([interpreter(contender), "-c", known], check=False).returncode else None


def write(arrays: Arrays, folder: Path, for_r: bool) -> None:
    import numpy as np

    shapes = ["name,rows,columns"]
    for name, values in arrays.items():
        np.save(folder / f"{name}.npy", values)
        if for_r:
            np.asarray(values, dtype=np.float64).T.tofile(folder / f"{name}.bin")
            shapes.append(f"{name},{values.shape[0]},{1 if values.ndim == 1 else values.shape[1]}")
    (folder / "shapes.csv").write_text("\n".join(shapes) + "\n")


def run_once(name: str, contender: Contender, folder: Path, threads: int) -> dict[str, float | list[float]]:
    if contender.r:
        command = ["Rscript", str(HERE / "side_by_side" / "r" / contender.r[0]), str(folder), *contender.r[1:]]
    else:
        command = [interpreter(contender), __file__, "--measure", name, contender.name, str(folder)]
    settings = {variable: str(threads) for variable in THREADS}
    done = subprocess.run(command, env={**os.environ, **settings}, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{contender.name} failed at {name}:\n{done.stderr[-3000:]}")
    found: dict[str, float | list[float]] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def run_work(name: str, rows: int | None, repeats: int, threads: int) -> Runs:
    work = work_item(name)
    absent = {c.name: what for c in work.contenders if (what := missing(c)) is not None}
    present = [c for c in work.contenders if c.name not in absent]
    runs: Runs = Runs(work, rows or work.rows, {c.name: [] for c in present}, absent)
    with tempfile.TemporaryDirectory(prefix="peers-") as place:
        write(work.make(runs.rows), Path(place), any(c.r for c in present))
        for _ in range(repeats):
            for contender in present:
                runs.figures[contender.name].append(run_once(name, contender, Path(place), threads))
    return runs


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=names(), default=names(), metavar="WORK", help=", ".join(names()))
    parser.add_argument("--rows", type=int, help="a small try: this many rows; goals are printed, not judged")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1, help="of the linear algebra of every contender")
    parser.add_argument("--python", nargs="+", default=[], metavar="PACKAGE=INTERPRETER", help="where a peer lives, if not in this Python")
    parser.add_argument("--json", type=Path, help="write all figures here")
    parser.add_argument("--measure", nargs=3, metavar=("WORK", "CONTENDER", "FOLDER"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.measure:
        measure(work_item(asked.measure[0]), asked.measure[1], Path(asked.measure[2]))
        return 0
    for named in asked.python:
        package, _, path = named.partition("=")
        os.environ[f"{OTHER_PYTHON}{package.upper()}"] = path
    print(f"{os.cpu_count()} cores, {asked.threads} thread(s) each, Python {platform.python_version()}, medians of {asked.repeats}\n")
    worst, kept = 0, {}
    for name in asked.only:
        runs = run_work(name, asked.rows, asked.repeats, asked.threads)
        print(f"## {name}: {runs.work.title}, {runs.rows:,} rows\n\n{table(runs)}\n")
        lines, status = judge(runs)
        print("\n".join(lines) + "\n", flush=True)
        worst, kept[name] = max(worst, status), runs.figures
    if asked.json:
        asked.json.write_text(json.dumps(kept))
    return 0 if asked.rows else worst


if __name__ == "__main__":
    sys.exit(main())

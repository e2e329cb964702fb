"""`equipoise demo`: the newcomer's first command."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

from equipoise.cli.errors import NO_SUCH_FILE
from equipoise.cli.running import RunOptions, run
from equipoise.cli.simulating import SimulateOptions, simulate
from equipoise.kernel.errors import Where

HOSPITALS = 68
SEED = 2026


def shipped_study(name: str) -> Path:
    """A study that ships with the package; in a checkout, the file in `studies/`."""
    inside = Path(str(files("equipoise"))) / "studies" / name
    checkout = Path(__file__).resolve().parents[3] / "studies" / name
    for path in (inside, checkout):
        if path.exists():
            return path
    raise NO_SUCH_FILE.error(f"the study {name} was not installed", Where(file=inside))


def demonstrate(out: Path, patients: int, *, quiet: bool) -> None:
    """Simulate the network once, run the flagship study over it, write the report."""
    network = out / "network"
    if not simulated_before(network, patients):
        simulate(SimulateOptions(network, HOSPITALS, patients, SEED, "flagship", quiet))
    run(RunOptions(study=shipped_study("bclm.yaml"), network=network, out=out / "report", quiet=quiet))


def simulated_before(network: Path, patients: int) -> bool:
    """Whether an earlier demo left the same network."""
    truth = network / "truth.json"
    if not truth.exists():
        return False
    known = json.loads(truth.read_text(encoding="utf-8"))
    return (known.get("n_patients"), known.get("seed")) == (patients, SEED)

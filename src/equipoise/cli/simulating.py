"""`equipoise simulate`."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from equipoise.cli.errors import OUTPUT_IN_THE_WAY
from equipoise.cli.progress import progress_bar
from equipoise.kernel.errors import Where
from equipoise.simulate.network import simulate_network
from equipoise.simulate.swimmers import simulated_patients


@dataclass(frozen=True, slots=True)
class SimulateOptions:
    """What the command was asked."""

    out: Path
    hospitals: int
    patients: int
    seed: int
    scenario: str
    quiet: bool


def simulate(options: SimulateOptions) -> None:
    """Write the network; refuse a folder that holds anything but an earlier simulation."""
    if options.out.exists() and not (options.out / "truth.json").exists() and any(options.out.iterdir()):
        raise OUTPUT_IN_THE_WAY.error(f"{options.out} is not empty and was not written by this command", Where(file=options.out))
    with progress_bar(Console(stderr=True, quiet=options.quiet)) as report:
        simulate_network(options.out, options.hospitals, options.patients, options.seed, options.scenario, progress=report)
    _picture(options.out)
    sites = "1 hospital" if options.hospitals == 1 else f"{options.hospitals} hospitals"
    sys.stdout.write(f"{options.out}: {sites}, {options.patients} study patients; the truth is in truth.json\n")


def _picture(out: Path) -> None:
    """A swimmer plot of a few of the patients, beside the truth: they are made up, so their rows may be seen."""
    from equipoise.report.figures.journeys.swimmer import draw_swimmers

    if (figure := draw_swimmers(simulated_patients(out))) is not None:
        (out / "swimmers.svg").write_text(figure.svg, encoding="utf-8", newline="\n")

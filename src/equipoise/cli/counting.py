"""`equipoise count`: how many persons qualify."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from equipoise.cli.progress import progress_bar
from equipoise.kernel.masked import shown
from equipoise.network.live import count_live, is_hub
from equipoise.network.local import count_study, open_network
from equipoise.results.study_result import FlowStep
from equipoise.study.reading import read_study


def count(study: Path, network: Path, *, as_json: bool, quiet: bool) -> None:
    """Count over the network and print the flow."""
    loaded = read_study(study)
    places = () if is_hub(network) else open_network(network)
    with progress_bar(Console(stderr=True, quiet=quiet or as_json)) as report:
        counted = count_study(loaded, places, progress=report) if places else count_live(loaded, network, report)
    if as_json:
        failed = [{"site": site.site, "why": site.why} for site in counted.sites if site.status == "failed"]
        sys.stdout.write(json.dumps({"flow": [as_record(step) for step in counted.flow], "failed": failed}) + "\n")
        return
    arms = loaded.study.target.name, loaded.study.comparator.name
    Console(file=sys.stdout).print(flow_table(counted.flow, arms))
    if not places:
        sys.stdout.write("Over a live network counts are rounded to tens.\n")


def as_record(step: FlowStep) -> dict[str, object]:
    """One step as plain values; masked counts are null."""
    return {"label": step.label, "n": shown(step.n), "n_target": shown(step.n_target), "n_comparator": shown(step.n_comparator)}


def flow_table(flow: tuple[FlowStep, ...], arms: tuple[str, str]) -> Table:
    """The flow as a table for people."""
    table = Table("step", title="Persons left after each step")
    for name in ("all", *arms):
        table.add_column(name, justify="right")
    for step in flow:
        table.add_row(step.label, *(f"{n:,}" if isinstance(n, int) else str(n) for n in (step.n, step.n_target, step.n_comparator)))
    return table

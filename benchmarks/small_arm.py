"""84 persons in the smaller arm over 68 hospitals: sums under masks, and what is left when every site hides its own small counts.

    python benchmarks/small_arm.py [--seed 3] [--write]

Takes about a minute. --write puts the page docs/explanation/small-arms.md anew. Per-site suppression is what a network without sums under
masks has to do: a site's numbers of an arm are used only where that arm has the minimum count there.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from equipoise.guard.policy import Policy
from equipoise.kernel.errors import EquipoiseError
from equipoise.network.local import SitePlace, open_network, run_study
from equipoise.network.site.tables import CdmTables
from equipoise.results.study_result import StudyResult
from equipoise.simulate.network import simulate_network
from equipoise.study.reading import LoadedStudy, read_study

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "explanation" / "small-arms.md"
HOSPITALS, PATIENTS, MINIMUM = 68, 418, 11
SHOWN = (("median_survival", "crude"), ("survival", "crude"), ("hazard_ratio", "crude"), ("hazard_ratio", "overlap"))


def counts_of(loaded: LoadedStudy, places: tuple[SitePlace, ...], cache: Path) -> list[tuple[str, int, int]]:
    """Each site's persons: target, comparator. Seen here only because all sites lie on this machine."""
    found = []
    for place in places:
        last = CdmTables(place.name, place.cdm, cache / place.name).table(loaded.study, loaded.hash).attrition[-1]
        found.append((place.name, last.n_target, last.n_comparator))
    return found


def timed(loaded: LoadedStudy, places: tuple[SitePlace, ...], cache: Path, policy: Policy) -> tuple[StudyResult | str, float]:
    """A result, or why there is none; and seconds of CPU."""
    began = time.process_time()
    try:
        result: StudyResult | str = run_study(loaded, tuple(replace(place, policy=policy) for place in places), cache_dir=cache)
    except EquipoiseError as error:
        result = f"{error.code} {error.problems[0].what}"
    return result, time.process_time() - began


def lines(result: StudyResult | str, target: str, comparator: str) -> list[str]:
    """The main numbers, a line each."""
    if isinstance(result, str):
        return [result]
    found = [f"{result.flow[-1].n_target} {target} and {result.flow[-1].n_comparator} {comparator} in the analysis"]
    for record in result.records:
        if (record.measure, record.adjustment) in SHOWN and record.analysis == "main" and record.outcome == "os":
            value = "not shown" if record.estimate is None else f"{record.estimate:.4g}"
            limits = "" if record.lower is None or record.upper is None else f" ({record.lower:.4g} to {record.upper:.4g})"
            arms = f"{record.target} against {record.comparator}" if record.comparator else record.target
            found.append(f"{record.measure.replace('_', ' ')}, {record.adjustment}, {arms}{_when(record)}: {value}{limits}")
    return found


def _when(record: object) -> str:
    day = getattr(record, "time_days", None)
    return f" at day {day:g}" if day is not None else ""


def page(seed: int) -> str:
    loaded = read_study(ROOT / "studies" / "bclm.yaml")
    target, comparator = loaded.study.target.name, loaded.study.comparator.name
    with tempfile.TemporaryDirectory() as folder:
        simulate_network(Path(folder) / "net", hospitals=HOSPITALS, patients=PATIENTS, seed=seed, scenario="flagship")
        places, cache = open_network(Path(folder) / "net"), Path(folder) / "cache"
        counts = counts_of(loaded, places, cache)
        alone = {name for name, n, m in counts if n >= MINIMUM and m >= MINIMUM}
        masked, _ = timed(loaded, places, cache, Policy())
        again, masked_cpu = timed(loaded, places, cache, Policy())
        plain, plain_cpu = timed(loaded, places, cache, Policy("site-aggregates"))
        left, _ = timed(loaded, tuple(place for place in places if place.name in alone), cache, Policy("site-aggregates"))
        pooled = run_study(loaded, places, pooled=True, cache_dir=cache)
    assert isinstance(masked, StudyResult)
    assert isinstance(plain, StudyResult)
    assert isinstance(again, StudyResult)
    seen = {"target": sum(n for _, n, _ in counts if n >= MINIMUM), "comparator": sum(m for _, _, m in counts if m >= MINIMUM)}
    whole = {"target": sum(n for _, n, _ in counts), "comparator": sum(m for _, _, m in counts)}
    worst = difference(masked, pooled)
    sizes = [sum(one.bytes for one in run.released) / HOSPITALS / 1e6 for run in (masked, plain)]
    return f"""# A small arm over many hospitals

<!-- Made by `python benchmarks/small_arm.py --write`; change that, not this page. -->

The flagship study (`studies/bclm.yaml`) over {HOSPITALS} simulated hospitals, seed {seed}: {whole["target"]} patients had {target},
{whole["comparator"]} had {comparator}. No count under {MINIMUM} may be shown. Is the threshold applied at each hospital, or to the sum?

| | {target} | {comparator} |
|---|---|---|
| patients | {whole["target"]} | {whole["comparator"]} |
| hospitals without any | {sum(n == 0 for _, n, _ in counts)} | {sum(m == 0 for _, _, m in counts)} |
| hospitals with 1 to {MINIMUM - 1} | {sum(0 < n < MINIMUM for _, n, _ in counts)} | {sum(0 < m < MINIMUM for _, _, m in counts)} |
| hospitals with {MINIMUM} or more | {sum(n >= MINIMUM for _, n, _ in counts)} | {sum(m >= MINIMUM for _, _, m in counts)} |
| patients at these | {seen["target"]} | {seen["comparator"]} |

**If every hospital hides its own small counts**, {seen["comparator"]} of {whole["comparator"]} patients with {comparator} are left, and
{len(alone)} {"hospital has" if len(alone) == 1 else "hospitals have"} both arms. What the study gives of these:

{bullets(lines(left, target, comparator) if alone else ["nothing: no hospital has the minimum in both arms"])}

**If hospitals answer under masks** (`share: secure-sums`, as they do unless they say otherwise), the hub reads the sums over all
{HOSPITALS} and hides what is small in these. The same study, all patients:

{bullets(lines(masked, target, comparator))}

Every estimate, limit and p-value ({len(masked.records)} records) is that of one pooled table, to a relative {worst:.0e}.

What it costs: {masked_cpu:.1f} s of CPU for all {HOSPITALS} hospitals together on one machine, against {plain_cpu:.1f} s without masks
(tables made before; {masked.rounds} rounds); {sizes[0]:.1f} MB from each hospital against {sizes[1]:.1f} MB.
"""


def bullets(said: list[str]) -> str:
    return "\n".join(f"- {one}" for one in said)


def difference(one: StudyResult, other: StudyResult) -> float:
    """The largest relative difference of any number of any record."""
    kept = [record for record in other.records if record.adjustment != "matched"]
    assert len(kept) == len(one.records)
    worst = 0.0
    for a, b in zip(one.records, kept, strict=True):
        for name in ("estimate", "lower", "upper", "p_value"):
            x, y = getattr(a, name), getattr(b, name)
            assert (x is None) == (y is None), (a, b)
            if x is not None and y:
                worst = max(worst, abs(x - y) / abs(y))
    return worst


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    text = page(asked.seed)
    print(text)
    if asked.write:
        PAGE.parent.mkdir(parents=True, exist_ok=True)
        PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

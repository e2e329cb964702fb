from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from math import isclose
from pathlib import Path
from typing import Any

import pytest

from equipoise.guard.policy import Policy
from equipoise.network.local import SitePlace, run_study
from equipoise.results.study_result import StudyResult
from equipoise.study.fingerprint import study_hash
from equipoise.study.reading import LoadedStudy

COMPARED = ("flow", "baseline", "propensity", "overlap", "weights", "curves", "proportional_hazards", "records")


def differences(one: Any, other: Any, where: str = "") -> list[str]:
    """Every place where two results differ by more than a relative 1e-9 (p-values and limits near 0: an absolute 1e-12)."""
    if isinstance(one, float) and isinstance(other, float):
        return [] if isclose(one, other, rel_tol=1e-9, abs_tol=1e-12) else [f"{where}: {one!r} {other!r}"]
    if isinstance(one, tuple):
        if len(one) != len(other):
            return [f"{where}: {len(one)} and {len(other)} entries"]
        return [d for n, (a, b) in enumerate(zip(one, other, strict=True)) for d in differences(a, b, f"{where}[{n}]")]
    if is_dataclass(one):
        return [d for f in fields(one) for d in differences(getattr(one, f.name), getattr(other, f.name), f"{where}.{f.name}")]
    return [] if one == other else [f"{where}: {one!r} {other!r}"]


def assert_same(one: StudyResult, other: StudyResult) -> None:
    found = [d for part in COMPARED for d in differences(getattr(one, part), getattr(other, part), part)]
    assert not found, "\n".join(found[:20])
    assert hidden_anywhere(one) == hidden_anywhere(other)


def hidden_anywhere(result: StudyResult) -> set[tuple[str, str]]:
    """Hidden counts of the network: a pooled run has no counts of single sites."""
    return {(cell.cell, cell.reason) for cell in result.masked if not cell.cell.startswith("site ")}


def test_every_number_of_the_federated_result_is_the_pooled_one(
    loaded: LoadedStudy, network: tuple[SitePlace, ...], federated: StudyResult, cache: Path
) -> None:
    pooled = run_study(loaded, network, pooled=True, cache_dir=cache)
    assert (federated.mode, pooled.mode) == ("federated", "pooled")
    assert {record.adjustment for record in federated.records} == {"crude", "overlap", "iptw", "att", "matched"}
    assert_same(federated, pooled)


def test_the_order_of_sites_does_not_matter(
    loaded: LoadedStudy, network: tuple[SitePlace, ...], federated: StudyResult, cache: Path
) -> None:
    backwards = run_study(loaded, tuple(reversed(network)), cache_dir=cache)
    assert_same(federated, backwards)


@pytest.mark.parametrize(("strata", "trim"), [("site", (0.05, 0.95)), ("none", None)])
def test_it_holds_for_other_analyses_too(
    loaded: LoadedStudy, network: tuple[SitePlace, ...], cache: Path, strata: str, trim: tuple[float, float] | None
) -> None:
    study = loaded.study
    assert study.propensity is not None
    changed = study.model_copy(
        update={
            "analysis": study.analysis.model_copy(update={"cox_strata": strata, "ties": "breslow"}),
            "propensity": study.propensity.model_copy(update={"site_intercept_sd": 0.7, "trim": trim}),
        }
    )
    other = replace(loaded, study=changed, hash=study_hash(changed))
    assert_same(run_study(other, network, cache_dir=cache), run_study(other, network, pooled=True, cache_dir=cache))


def test_sites_that_share_sums_only_give_all_but_the_matched_population(
    loaded: LoadedStudy, network: tuple[SitePlace, ...], federated: StudyResult, cache: Path
) -> None:
    closed = tuple(replace(place, policy=Policy(share="secure-sums")) for place in network)
    found = run_study(loaded, closed, cache_dir=cache)
    assert {record.adjustment for record in found.records} == {"crude", "overlap", "iptw", "att"}
    assert [note.code for note in found.notes if "matched" in note.text] == ["EQ-GUARD-002"]
    assert all(site.n_target is None for site in found.sites)
    open_ones = tuple(record for record in federated.records if record.adjustment != "matched")
    assert not differences(open_ones, found.records)

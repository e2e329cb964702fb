"""No result shows a small count, nor lets one be subtracted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from equipoise.guard.policy import Policy
from equipoise.kernel.masked import Masked
from equipoise.network.local import SitePlace, count_study, run_study
from equipoise.results.study_result import StudyResult
from equipoise.study.reading import LoadedStudy

COUNTS = ("n", "excluded", "n_target", "n_comparator", "events_target", "events_comparator", "target_count", "comparator_count", "at_risk")
PARTS = ("sites", "flow", "baseline", "weights", "curves", "code_sets", "records")


def shown_counts(result: Any, parts: tuple[str, ...] = PARTS) -> list[tuple[str, int]]:
    return [count for part in parts for value in getattr(result, part) for f in fields(value) for count in named(value, f.name, part)]


def named(value: Any, name: str, part: str) -> Iterator[tuple[str, int]]:
    entries = getattr(value, name)
    for entry in entries if isinstance(entries, tuple) else (entries,):
        if name in COUNTS and isinstance(entry, int):
            yield f"{part}.{name}", entry


@pytest.mark.parametrize("minimum", [11, 40])
def test_no_small_count_is_shown(loaded: LoadedStudy, network: tuple[SitePlace, ...], cache: Path, minimum: int) -> None:
    strict = tuple(replace(place, policy=Policy("deidentified-rows", minimum)) for place in network)
    found = shown_counts(run_study(loaded, strict, cache_dir=cache))
    assert len(found) > 50
    assert not [(where, n) for where, n in found if 0 < n < minimum]


def test_no_difference_that_a_reader_can_take_is_small(federated: StudyResult) -> None:
    steps = federated.flow
    for name in ("n", "n_target", "n_comparator"):
        pairs = [(getattr(a, name), getattr(b, name)) for a, b in pairwise(steps)]
        left = [a - b for a, b in pairs if isinstance(a, int) and isinstance(b, int)]
        assert not [n for n in left if 0 < n < 11]
    for record in federated.records:
        for n, events in ((record.n_target, record.events_target), (record.n_comparator, record.events_comparator)):
            if isinstance(n, int) and isinstance(events, int):
                assert not 0 < n - events < 11
    for row in federated.baseline:
        assert not (isinstance(row.target_count, Masked) and row.target is not None)
        assert not (isinstance(row.comparator_count, Masked) and row.comparator is not None)
        if row.adjustment in ("crude", "matched") and (isinstance(row.target_count, Masked) or isinstance(row.comparator_count, Masked)):
            assert row.smd is None


def test_every_hidden_count_is_listed(federated: StudyResult) -> None:
    listed = {(cell.cell, cell.reason) for cell in federated.masked}
    for step, box in enumerate(federated.flow, start=1):
        for column, count in (("all", box.n), ("target", box.n_target), ("comparator", box.n_comparator)):
            hidden = {reason for cell, reason in listed if cell == f"flow step {step}: {column}"}
            assert bool(hidden) == isinstance(count, Masked)


def test_where_the_policy_says_so_the_largest_small_count_is_shown(
    loaded: LoadedStudy, network: tuple[SitePlace, ...], cache: Path
) -> None:
    shows = tuple(replace(place, policy=Policy("site-aggregates", 30, masking="show-10")) for place in network)
    result = run_study(loaded, shows, cache_dir=cache)
    both = [count for row in result.baseline for count in (row.target_count, row.comparator_count)]
    small = [count for count in both if isinstance(count, Masked) and not count.complementary]
    assert small
    assert {count.shown_as for count in small} == {29}


def test_the_count_is_the_flow_of_the_run(loaded: LoadedStudy, network: tuple[SitePlace, ...], federated: StudyResult) -> None:
    told: list[tuple[str, int, int]] = []
    counted = count_study(loaded, network, lambda *event: told.append(event))
    final = counted.flow[-1], federated.flow[-1]
    assert (final[0].n, final[0].n_target, final[0].n_comparator) == (final[1].n, final[1].n_target, final[1].n_comparator)
    assert [step.label for step in counted.flow] == [step.label for step in federated.flow]
    assert [site.status for site in counted.sites] == ["contributed"] * 3
    assert told[0] == ("cohorts", 0, 3)
    assert told[-1] == ("cohorts", 3, 3)


def test_curves_are_steps_that_end_where_few_are_at_risk(federated: StudyResult) -> None:
    assert len(federated.curves) == 2 * 5 * len(federated.study.outcomes)
    for curve in federated.curves:
        assert (curve.time[0], curve.survival[0]) == (0.0, 1.0)
        assert len(curve.time) == len(curve.survival) == len(curve.lower) == len(curve.upper)
        assert list(curve.time) == sorted(curve.time)
        assert list(curve.survival) == sorted(curve.survival, reverse=True)
        assert all(low <= value <= high for low, value, high in zip(curve.lower, curve.survival, curve.upper, strict=True))
        assert len(curve.at_risk) == len(curve.at_risk_days) == 6
        assert curve.at_risk_days[:4] == (0.0, 365.0, 731.0, 1096.0)

"""Matching within score bins: where sites share sums only there is a matched population all the same, and it is the pooled one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from equipoise.guard.policy import Policy
from equipoise.network.local import SitePlace, run_study
from equipoise.report.write import write_report
from equipoise.results.study_result import StudyResult
from equipoise.study.fingerprint import study_hash
from equipoise.study.model import ScoreBins
from equipoise.study.reading import LoadedStudy
from network.test_federated_equals_pooled import assert_same


@pytest.fixture(scope="module")
def study(loaded: LoadedStudy) -> LoadedStudy:
    given = {"adjustments": ("crude", "matched", "score-bins"), "main": "score-bins", "score_bins": ScoreBins(bins=20)}
    changed = loaded.study.model_copy(update={"analysis": loaded.study.analysis.model_copy(update=given)})
    return replace(loaded, study=changed, hash=study_hash(changed))


@pytest.fixture(scope="module")
def closed(study: LoadedStudy, network: tuple[SitePlace, ...], cache: Path) -> StudyResult:
    places = tuple(replace(place, policy=Policy(share="secure-sums")) for place in network)
    return run_study(study, places, cache_dir=cache)


def test_sites_that_share_sums_only_are_matched_in_bins(closed: StudyResult) -> None:
    assert {record.adjustment for record in closed.records} == {"crude", "score-bins"}
    sums = {weight.arm: weight.sum_of_weights for weight in closed.weights if weight.adjustment == "score-bins"}
    assert len(sums) == 2
    assert len({round(value, 6) for value in sums.values()}) == 1


def test_the_federated_answer_is_the_pooled_one(study: LoadedStudy, network: tuple[SitePlace, ...], cache: Path) -> None:
    federated = run_study(study, network, cache_dir=cache)
    assert_same(federated, run_study(study, network, pooled=True, cache_dir=cache))
    ratio = {r.adjustment: r for r in federated.records if (r.analysis, r.outcome, r.measure) == ("main", "os", "hazard_ratio")}
    binned, matched = ratio["score-bins"], ratio["matched"]
    assert binned.estimate is not None
    assert matched.estimate is not None
    assert abs(np.log(binned.estimate / matched.estimate)) < np.log(matched.upper / matched.lower) / 3.92


def test_covariates_are_more_alike_than_before(closed: StudyResult) -> None:
    worst = {
        adjustment: np.mean([abs(row.smd) for row in closed.baseline if row.adjustment == adjustment and row.smd is not None])
        for adjustment in ("crude", "score-bins")
    }
    assert worst["score-bins"] < worst["crude"]


def test_the_report_says_what_it_is(closed: StudyResult, tmp_path: Path) -> None:
    write_report(closed, tmp_path)
    assert "Matching within score bins" in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "score-bins,ATM" in (tmp_path / "tables" / "estimands.csv").read_text(encoding="utf-8")

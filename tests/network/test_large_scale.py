"""A study with a large-scale propensity model, from its file to its report, on rows in one place."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from equipoise import __version__
from equipoise.guard.policy import Policy
from equipoise.kernel.errors import EquipoiseError
from equipoise.network.local import SitePlace, open_network, run_study
from equipoise.network.site.service import SiteService
from equipoise.network.site.tables import CdmTables
from equipoise.network.wire.codec import decode, encode
from equipoise.network.wire.messages import Answer, Hello, Prepare, Prepared, Question
from equipoise.report.write import write_report
from equipoise.results.study_result import StudyResult
from equipoise.simulate.network import simulate_network
from equipoise.study.reading import LoadedStudy, parse_study

BLOCK = """
propensity:
  large scale:
    domains: [conditions, drugs, procedures, measurements]
    windows: [any time before index, [-30, -1]]
    minimum persons: 15
    folds: 4
"""


@pytest.fixture(scope="module")
def study(loaded: LoadedStudy) -> LoadedStudy:
    text = loaded.text.replace("adjustments: [crude, overlap, iptw, att, matched]", "adjustments: [crude, overlap, matched, score-bins]")
    return parse_study(without_block(text, "propensity") + BLOCK, Path(__file__).parents[2] / "studies" / "bclm.yaml")


def without_block(text: str, key: str) -> str:
    kept, inside = [], False
    for line in text.splitlines():
        inside = line.startswith(f"{key}:") or (inside and line.startswith((" ", "#")))
        kept += [] if inside else [line]
    return "\n".join(kept) + "\n"


@pytest.fixture(scope="module")
def pooled(study: LoadedStudy, tmp_path_factory: pytest.TempPathFactory) -> StudyResult:
    """Larger hospitals than the other tests have: with few patients cross-validation finds no covariate worth its place."""
    out = tmp_path_factory.mktemp("simulated") / "network"
    simulate_network(out, hospitals=2, patients=2000, seed=3, scenario="flagship")
    return run_study(study, open_network(out), pooled=True)


def test_every_adjustment_is_there(pooled: StudyResult) -> None:
    ratios = {r.adjustment: r for r in pooled.records if (r.analysis, r.outcome, r.measure) == ("main", "os", "hazard_ratio")}
    assert set(ratios) == {"crude", "overlap", "matched", "score-bins"}
    assert all(ratio.estimate is not None for ratio in ratios.values())


def test_the_model_is_told_by_name_and_holds_no_treatment(pooled: StudyResult, study: LoadedStudy) -> None:
    told = [note.text for note in pooled.notes if "covariates" in note.text and note.text.startswith("Large-scale")]
    assert len(told) == 1
    assert "left out as rare" in told[0]
    assert any(note.text.startswith("With the largest coefficients: ") for note in pooled.notes)
    one_armed = next(note.text for note in pooled.notes if note.text.startswith("In one arm only"))
    assert "SPECT of MAA" in one_armed, "the work-up of radioembolisation is simulated for one arm alone"


def test_the_covariates_that_it_holds_are_more_alike_under_overlap_weights(pooled: StudyResult) -> None:
    mean = {}
    for adjustment in ("crude", "overlap"):
        rows = [abs(row.smd) for row in pooled.baseline if row.adjustment == adjustment and row.smd is not None]
        mean[adjustment] = sum(rows) / len(rows)
    assert mean["overlap"] < mean["crude"] * 2 / 3


def test_sites_apart_are_refused_before_they_are_asked(study: LoadedStudy, network: tuple[SitePlace, ...]) -> None:
    with pytest.raises(EquipoiseError) as caught:
        run_study(study, network)
    assert caught.value.code == "EQ-HUB-020"


def test_one_site_alone_is_one_place(study: LoadedStudy, network: tuple[SitePlace, ...]) -> None:
    text = study.study.model_copy(update={"sites": study.study.sites.model_copy(update={"minimum_sites": 1})})
    found = run_study(replace(study, study=text), network[:1])
    assert any(note.text.startswith("Large-scale propensity model") or "large-scale propensity model" in note.text for note in found.notes)


def test_a_site_whose_numbers_leave_under_masks_tells_of_no_model(study: LoadedStudy, network: tuple[SitePlace, ...]) -> None:
    """Whoever asks: a hub that does not keep to its own rule either."""

    def told(policy: Policy) -> Prepared:
        site = SiteService("H01", CdmTables("H01", network[0].cdm), policy)
        ask = (("hello", Hello(study.study.model_dump_json())), ("prepare", Prepare()))
        for number, (kind, body) in enumerate(ask, start=1):
            said = decode(site.answer(encode(Question(__version__, study.hash, number, kind, encode(body)))), Answer)
        return decode(said.body, Prepared)

    assert told(Policy(share="secure-sums")).large is None
    assert told(Policy(share="site-aggregates")).large is not None


def test_the_protocol_says_how_it_is_made(pooled: StudyResult, tmp_path: Path) -> None:
    write_report(pooled, tmp_path)
    assert "under a lasso" in (tmp_path / "protocol.md").read_text(encoding="utf-8")

"""The flagship on simulated hospitals: the planted truth is found, and what was planted to mislead does mislead the crude estimate."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from equipoise.results.records import RECORD_FIELDS
from equipoise.simulate.network import simulate_network

STUDY = Path(__file__).resolve().parents[2] / "studies" / "bclm.yaml"
HOSPITALS, PATIENTS = 7, 12_000


def hazard_ratio(out: Path, adjustment: str) -> dict[str, float]:
    found = json.loads((out / "results.json").read_text(encoding="utf-8"))
    return next(r for r in found if (r["measure"], r["outcome"], r["adjustment"]) == ("hazard_ratio", "os", adjustment))


@pytest.fixture(scope="module", params=["flagship", "null"])
def ran(request, tmp_path_factory, equipoise):
    folder = tmp_path_factory.mktemp(request.param)
    simulate_network(folder / "net", HOSPITALS, PATIENTS, 5, request.param)
    done = equipoise("run", STUDY, "--network", folder / "net", "--out", folder / "out", "--no-cache", "-q")
    assert done.exit_code == 0, done.output
    return request.param, folder


def test_the_adjusted_interval_covers_the_truth_and_the_crude_one_does_not(ran):
    scenario, folder = ran
    truth = json.loads((folder / "net" / "truth.json").read_text(encoding="utf-8"))["estimands"]["overlap"]
    expected = 1.0 if scenario == "null" else truth["hazard_ratio_stratified_by_site"]
    adjusted, crude = hazard_ratio(folder / "out", "overlap"), hazard_ratio(folder / "out", "crude")
    assert adjusted["lower"] < expected < adjusted["upper"]
    assert not crude["lower"] < expected < crude["upper"]


def test_every_study_patient_is_found_and_others_are_not(ran):
    _, folder = ran
    crude = hazard_ratio(folder / "out", "crude")
    assert crude["n_target"] + crude["n_comparator"] == PATIENTS


def test_records_have_the_documented_fields_and_measures(ran):
    _, folder = ran
    found = json.loads((folder / "out" / "results.json").read_text(encoding="utf-8"))
    assert all(tuple(record) == RECORD_FIELDS for record in found)
    assert {"hazard_ratio", "median_survival", "survival", "rmst", "logrank"} <= {record["measure"] for record in found}
    assert {record["adjustment"] for record in found} == {"crude", "overlap", "iptw", "att", "matched"}


def test_the_report_is_whole(ran):
    _, folder = ran
    out = folder / "out"
    assert "<html" in (out / "report.html").read_text(encoding="utf-8")
    for stem in ("flow", "love_plot", "propensity_overlap", "forest", "kaplan_meier_os_overlap"):
        assert (out / "figures" / f"{stem}.svg").stat().st_size > 1000
        assert (out / "figures" / f"{stem}.png").stat().st_size > 1000
    assert len(list((out / "tables").glob("*.csv"))) >= 10


def test_a_corrupt_file_at_one_site_is_named_and_the_rest_go_on(tmp_path, equipoise):
    simulate_network(tmp_path / "net", 4, 800, 3, "flagship")
    table = tmp_path / "net" / "H02" / "procedure_occurrence.parquet"
    whole = table.read_bytes()
    table.unlink()
    table.write_bytes(whole[: len(whole) // 2])
    done = equipoise("run", STUDY, "--network", tmp_path / "net", "--out", tmp_path / "out", "--no-cache", "-q")
    assert done.exit_code == 0, done.output
    assert "H02" in done.output
    strict = tmp_path / "strict.yaml"
    strict.write_text(STUDY.read_text(encoding="utf-8").replace("on failure: continue", "on failure: stop"), encoding="utf-8")
    shutil.copytree(STUDY.parent / "codes", tmp_path / "codes")
    refused = equipoise("run", strict, "--network", tmp_path / "net", "--out", tmp_path / "refused", "--no-cache", "-q")
    assert refused.exit_code not in (0, 1)
    assert "H02" in refused.output
    assert not (tmp_path / "refused").exists()

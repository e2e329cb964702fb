"""The main study's adverse events: codes, windows and washout are the protocol's, and simulated records hold each of them."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from equipoise.engine.open import open_cdm
from equipoise.network.local import open_network
from equipoise.simulate.network import simulate_network
from equipoise.study.event_columns import event_outcomes
from equipoise.study.model import EventOutcome, Study
from equipoise.study.reading import read_study
from equipoise.table.building import build_table

ROOT = Path(__file__).resolve().parents[2]
CODES = ROOT / "studies/codes/adverse-events.csv"
LEFT_OUT = {("AE_RAD_PNEUMONITIS", "205237003")}
"""SNOMED's Pneumonitis: most pneumonias are among its descendants."""
OWN_WINDOW = {"AE_PES": (0, 14), "AE_REILD": (28, 120)}


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def study() -> Study:
    return read_study(ROOT / "studies/bclm/main.yaml").study


@pytest.fixture(scope="module")
def events(study: Study) -> dict[str, EventOutcome]:
    """By the protocol's id."""
    found = {outcome.sets[0]: outcome for outcome in event_outcomes(study) if len(outcome.sets) == 1}
    named = {outcome.name: outcome for outcome in event_outcomes(study)}
    return found | {"AE_PES": named["post_embolisation_syndrome"], "AE_REILD": named["radiation_liver_disease_broad"]}


def test_each_code_is_the_protocols(shared: Path) -> None:
    theirs = rows_of(shared / "clinical/codes.csv")
    protocol = {(row["set_id"], row["vocabulary"], row["code"], row["match"]) for row in theirs}
    groups = {"PES_FEVER": "AE_PES", "PES_PAIN": "AE_PES", "PES_NAUSEA_VOMIT": "AE_PES", "PES_FATIGUE": "AE_PES"}
    groups["BILE_DUCT_OBSTRUCTION"] = "AE_BILIARY"
    ours = [(groups.get(row["set_id"], row["set_id"]), row["vocabulary"], row["code"], row["match"]) for row in rows_of(CODES)]
    finger = [code for code in ours if code[0] == "NC_FRACTURE_FINGER"]
    assert [code[2] for code in finger] == ["S61", "S62.6"]
    assert set(ours) - set(finger) <= protocol
    wanted = {code for code in protocol if code[0].startswith(("AE_", "NC_")) and code[0] != "AE_REILD"}
    assert {(code[0], code[2]) for code in wanted - set(ours)} == LEFT_OUT


def test_windows_and_washout_are_the_protocols(shared: Path, study: Study, events: dict[str, EventOutcome]) -> None:
    for row in rows_of(shared / "clinical/ae_outcomes.csv"):
        if row["ae_id"] == "AE_DEATH30":
            assert study.timed_outcomes[0].report_at == tuple(map(int, row["report_windows_days"].split()))
            continue
        outcome = events[row["ae_id"]]
        window = OWN_WINDOW.get(row["ae_id"]) or tuple(map(int, row["risk_window_days"].split("-")))
        assert (outcome.risk_window.start, outcome.risk_window.end) == window, row["ae_id"]
        assert outcome.report_at == tuple(map(int, row["report_windows_days"].split())), row["ae_id"]
        assert (outcome.washout or 0) == int(row["incident_washout_days"]), row["ae_id"]


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory, study: Study) -> dict[str, np.ndarray]:
    out = tmp_path_factory.mktemp("events") / "network"
    simulate_network(out, hospitals=1, patients=1500, seed=11, scenario="flagship")
    (place,) = open_network(out)
    rows = build_table(open_cdm(place.cdm, place.name), study, place.name).rows
    kept = [name for name in rows.column_names if name.endswith(("_in_window", "_washed_out"))]
    return {name: np.array(rows[name].to_pylist(), dtype=float) for name in kept}


def test_simulated_patients_have_every_event(study: Study, simulated: dict[str, np.ndarray]) -> None:
    lacking = [outcome.name for outcome in event_outcomes(study) if not simulated[f"{outcome.name}_in_window"].any()]
    assert lacking == []


def test_washouts_leave_some_out(simulated: dict[str, np.ndarray]) -> None:
    for name in ("nausea_vomiting", "fever", "abdominal_pain", "new_ascites", "neutropenia", "nc_cataract"):
        assert 0 < simulated[f"{name}_washed_out"].mean() < 0.3

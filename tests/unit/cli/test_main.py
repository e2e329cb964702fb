from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from equipoise.cli.main import app
from equipoise.cli.running import in_words
from equipoise.results.study_result import Note, SiteOutcome, StudyResult

STUDIES = Path(__file__).resolve().parents[3] / "studies"


def call(*words: object):
    return CliRunner().invoke(app, [str(word) for word in words])


def test_version():
    assert call("--version").stdout.startswith("equipoise ")


def test_schema_is_json():
    assert json.loads(call("schema").stdout)["type"] == "object"


def test_a_sound_study_is_described():
    done = call("check", STUDIES / "bclm.yaml")
    assert done.exit_code == 0
    assert "TARE against TACE" in done.stdout


def test_all_mistakes_as_json_with_lines(tmp_path):
    bad = tmp_path / "bad.yaml"
    bad.write_text("equipoise: 1\ntitel: x\nperiod: 2020-01-01\n", encoding="utf-8")
    done = call("check", bad, "--json")
    problems = json.loads(done.stderr)["problems"]
    assert done.exit_code == 2
    assert {2, 3} <= {problem["line"] for problem in problems}
    assert all(problem["code"].startswith("EQ-STUDY-") and problem["remedy"] for problem in problems)


@pytest.mark.parametrize(
    "words",
    [
        ("check", "no-such.yaml"),
        ("run", STUDIES / "bclm.yaml", "--network", "no-such-folder", "--out", "out"),
        ("count", STUDIES / "bclm.yaml", "--network", "no-such-folder"),
    ],
)
def test_what_does_not_exist_is_a_users_mistake(words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = call(*words)
    assert done.exit_code == 2
    assert "EQ-" in done.stderr
    assert "Traceback" not in done.output
    assert list(tmp_path.iterdir()) == []


def test_simulate_leaves_what_it_did_not_make(tmp_path):
    (tmp_path / "mine.txt").write_text("x", encoding="utf-8")
    done = call("simulate", tmp_path, "--patients", 10, "--hospitals", 1)
    assert done.exit_code == 2
    assert (tmp_path / "mine.txt").exists()


def test_a_folder_that_no_report_made_is_refused_before_the_work(tmp_path):
    network, out = tmp_path / "network" / "person.parquet", tmp_path / "out" / "mine.txt"
    for path in (network, out):
        path.parent.mkdir()
        path.write_text("x", encoding="utf-8")
    done = call("run", STUDIES / "bclm.yaml", "--network", network.parent, "--out", out.parent)
    assert done.exit_code == 2
    assert done.stderr.startswith("EQ-REPORT-001"), "the site cannot be read, but nobody was asked"
    assert [path.name for path in out.parent.iterdir()] == ["mine.txt"]


def test_a_site_that_failed_is_named_once():
    parts = {**dict.fromkeys((f.name for f in fields(StudyResult)), ()), "seconds": 1.0, "study": SimpleNamespace(title="T")}
    parts["sites"] = (SiteOutcome("H1", "failed", "EQ-X-001 broken"), SiteOutcome("H2", "contributed"))
    parts["notes"] = (Note("warning", "EQ-X-001", "H1 did not take part: EQ-X-001 broken"),)
    said = in_words(StudyResult(**parts), Path("out"))
    assert said.count("H1 did not take part") == 1
    assert "1 of 2 sites" in said


def test_a_report_is_written_anew_without_a_run(tmp_path):
    (tmp_path / "old").mkdir()
    done = call("report", tmp_path / "old", "--out", tmp_path / "new")
    assert done.exit_code == 2
    assert "EQ-REPORT-006" in done.stderr
    assert not (tmp_path / "new").exists()

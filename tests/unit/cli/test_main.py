from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from equipoise.cli.main import app

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

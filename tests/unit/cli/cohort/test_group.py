"""The commands on cohort definitions, as a person types them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from equipoise.cli.main import app
from equipoise.cohort.circe.reading import read_circe

TESTS = Path(__file__).resolve().parents[2]
GOUT = TESTS / "cohort" / "circe" / "examples" / "gout.json"
STUDIES = TESTS.parents[1] / "studies"


def call(*words: object):
    return CliRunner().invoke(app, ["cohort", *(str(word) for word in words)])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A sound definition, one with a slip, and one cut short."""
    shutil.copy(GOUT, tmp_path / "1.json")
    text = GOUT.read_text(encoding="utf-8")
    (tmp_path / "2.json").write_text(text.replace('"Offset": 365', '"Offset": 0'), encoding="utf-8")
    (tmp_path / "3.json").write_text(text[:700], encoding="utf-8")
    (tmp_path / "notes.txt").write_text("no definition", encoding="utf-8")
    return tmp_path


def test_describe_prints_markdown():
    done = call("describe", GOUT)
    assert done.exit_code == 0
    assert done.stdout.startswith("# gout\n")
    assert "only the person's first ever record of this" in done.stdout


def test_describe_reads_a_study_too():
    done = call("describe", STUDIES / "nsaid-gibleed.yaml")
    assert done.exit_code == 0
    assert done.stdout.count("## Entry") == 2
    assert "## Where this reading differs from the study" in done.stdout


def test_check_goes_on_after_a_definition_that_cannot_be_read(folder):
    done = call("check", folder)
    assert done.exit_code == 2
    assert "3 definitions: 1 findings, 1 cannot be read" in done.stdout
    assert "warning EQ-CIRCE-143 exit: exit is on the day of entry  [$.EndStrategy.DateOffset.Offset]" in done.stdout
    assert "1.json" not in done.stdout
    assert "EQ-CIRCE-002" in done.stderr


def test_check_of_a_sound_definition_leaves_with_0_and_shows_notes_when_asked():
    assert (call("check", GOUT).exit_code, call("check", GOUT).stdout) == (0, "1 definitions: 0 findings, 0 cannot be read\n")
    assert "note EQ-CIRCE-115" in call("check", GOUT, "--notes").stdout


def test_check_as_json(folder):
    done = call("check", folder, "--json")
    first, second, third = json.loads(done.stdout)["definitions"]
    assert (first["findings"], len(first["hash"])) == ([], 64)
    assert [(f["code"], f["path"]) for f in second["findings"]] == [("EQ-CIRCE-143", "$.EndStrategy.DateOffset.Offset")]
    assert (third["hash"], third["problems"][0]["code"]) == (None, "EQ-CIRCE-002")
    assert json.loads(done.stderr)["problems"] == third["problems"]


def test_export_writes_what_can_be_read_and_says_where(tmp_path):
    done = call("export", STUDIES / "nsaid-gibleed.yaml", "--out", tmp_path / "out")
    assert done.exit_code == 0
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["nsaid-gibleed-celecoxib.json", "nsaid-gibleed-diclofenac.json"]
    assert read_circe(tmp_path / "out" / names[0]).title.endswith(": Celecoxib")
    assert "observation periods alone" in done.stdout
    again = call("export", STUDIES / "nsaid-gibleed.yaml", "--out", tmp_path / "out", "--json")
    assert [record["arm"] for record in json.loads(again.stdout)["definitions"]] == ["Celecoxib", "Diclofenac"]


def test_export_leaves_what_it_did_not_make(tmp_path):
    mine = tmp_path / "nsaid-gibleed-diclofenac.json"
    mine.write_text("mine", encoding="utf-8")
    done = call("export", STUDIES / "nsaid-gibleed.yaml", "--out", tmp_path)
    assert (done.exit_code, done.stderr.split()[0]) == (2, "EQ-CLI-004")
    assert [path.name for path in tmp_path.iterdir()] == [mine.name]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("describe", "no-such.json"), "EQ-CIRCE-001"),
        (("check", "no-such.json"), "EQ-CIRCE-001"),
        (("check", "."), "EQ-CLI-002"),
        (("export", "no-such.yaml", "--out", "out"), "EQ-STUDY-001"),
        (("export", STUDIES / "bclm.yaml", "--out", "out"), "EQ-CIRCE-051"),
        (("export", STUDIES / "bclm-classified.yaml", "--out", "out"), "EQ-CIRCE-050"),
        (("describe", STUDIES / "bclm-classified.yaml"), "EQ-CIRCE-050"),
    ],
)
def test_a_users_mistake_has_a_code_and_leaves_nothing(words, code, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = call(*words)
    assert done.exit_code == 2
    assert code in done.stderr
    assert "Traceback" not in done.output
    assert list(tmp_path.iterdir()) == []

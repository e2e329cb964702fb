from __future__ import annotations

from pathlib import Path

import pytest

from equipoise.kernel.errors import EquipoiseError
from equipoise.study.reading import read_study

STUDY = Path(__file__).resolve().parents[4] / "studies" / "bclm.yaml"


def written(tmp_path: Path, block: str) -> Path:
    text = STUDY.read_text(encoding="utf-8").replace("file: codes/", f"file: {STUDY.parent}/codes/")
    path = tmp_path / "study.yaml"
    path.write_text(f"{text}\n{block}\n", encoding="utf-8")
    return path


def test_an_override_holds_the_check_and_the_reason(tmp_path):
    study = read_study(written(tmp_path, "overrides:\n  DC01: The published analysis, kept to show what it does.")).study
    assert study.overrides is not None
    assert [(one.check, one.reason) for one in study.overrides] == [("DC01", "The published analysis, kept to show what it does.")]


def test_a_study_without_overrides_has_none():
    assert read_study(STUDY).study.overrides is None


@pytest.mark.parametrize("line", ["DC1: A reason that is long enough to be one.", "DC01: short", "timing: A reason that is long enough."])
def test_an_override_without_a_check_or_a_reason_is_refused(tmp_path, line):
    with pytest.raises(EquipoiseError) as caught:
        read_study(written(tmp_path, f"overrides:\n  {line}"))
    problem = caught.value.problems[0]
    assert problem.kind.code == "EQ-STUDY-039"
    assert problem.where is not None
    assert problem.where.line

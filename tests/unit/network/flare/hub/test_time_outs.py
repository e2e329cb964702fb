from __future__ import annotations

from pathlib import Path

import pytest

from equipoise.kernel.errors import EquipoiseError
from equipoise.network.flare.hub.asking import Limits
from equipoise.network.flare.hub.time_outs import TIME_OUTS_FILE, time_outs

DEFAULT = Limits(20.0, 3600.0), 60.0


def written(folder: Path, text: str) -> Path:
    (folder / TIME_OUTS_FILE).write_text(text, encoding="utf-8")
    return folder


def test_without_a_file_and_with_an_empty_one_the_defaults_hold(tmp_path: Path) -> None:
    assert time_outs(tmp_path, "bclm") == DEFAULT
    assert time_outs(written(tmp_path, ""), "bclm") == DEFAULT


def test_a_study_has_its_own_then_those_for_all(tmp_path: Path) -> None:
    text = 'silence = 30\nhub = 0\n\n[bclm]\nanswer = 7200.5\n["a study, with a name"]\nsilence = 90\nhub = 600\n'
    folder = written(tmp_path, text)
    assert time_outs(folder, "bclm") == (Limits(30.0, 7200.5), 0.0)
    assert time_outs(folder, "a study, with a name") == (Limits(90.0, 3600.0), 600.0)
    assert time_outs(folder, "another") == (Limits(30.0, 3600.0), 0.0)


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("silence = 4.9\n", 1, "`silence` is no number of seconds from 5 to 3,600"),
        ("# all\nanswer = 604801\n", 2, "`answer` is no number of seconds from 10 to 604,800"),
        ('silence = "20"\n', 1, "`silence` is no number"),
        ("hub = true\n", 1, "`hub` is no number"),
        ("answer = nan\n", 1, "`answer` is no number"),
        ("silence = 20\n[bclm]\nsilence = 20\nanswr = 20\n", 4, "unknown key `answr`"),
        ('silence = 20\n\n["a b"]\nsilence = 1\n', 4, "`silence` is no number"),
        ("[silence]\nbclm = 20\n", None, "`silence` is no number"),
        ("[bclm.more]\nsilence = 20\n", None, "unknown key `more`"),
        ("silence = \n", 1, "this is not TOML"),
    ],
)
def test_what_is_not_clear_is_refused_at_its_line(tmp_path: Path, text: str, line: int | None, what: str) -> None:
    with pytest.raises(EquipoiseError, match="EQ-FLARE-022") as caught:
        time_outs(written(tmp_path, text), "bclm")
    (problem,) = caught.value.problems
    assert what in problem.what
    assert problem.where.line == line


def test_every_problem_is_told_at_once_and_a_neighbour_is_named(tmp_path: Path) -> None:
    with pytest.raises(EquipoiseError) as caught:
        time_outs(written(tmp_path, "silense = 20\nanswer = 0\n[other]\nhub = -1\n"), "bclm")
    assert [(problem.where.line, problem.did_you_mean) for problem in caught.value.problems] == [(1, "silence"), (2, "answer"), (4, "hub")]

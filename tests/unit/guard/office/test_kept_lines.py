from __future__ import annotations

from pathlib import Path

import pytest

from equipoise.guard.office.kept_lines import add_line, read_lines

FIRST, SECOND, THIRD = {"study": "a", "sites": ["A", "B"]}, {"study": "b", "sites": ["ä"]}, {"study": "c", "sites": []}


def test_lines_are_read_as_they_were_added(tmp_path: Path) -> None:
    path = tmp_path / "new" / "kept.jsonl"
    assert read_lines(path) == []
    for line in (FIRST, SECOND, THIRD):
        add_line(path, line)
    assert read_lines(path) == [FIRST, SECOND, THIRD]
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("torn", [1, 5, 20])
def test_a_torn_line_was_not_written_and_the_next_one_is_whole(tmp_path: Path, torn: int) -> None:
    path = tmp_path / "kept.jsonl"
    add_line(path, FIRST)
    whole = path.stat().st_size
    add_line(path, SECOND)
    path.write_bytes(path.read_bytes()[: whole + torn])
    assert read_lines(path) == [FIRST]
    add_line(path, THIRD)
    assert read_lines(path) == [FIRST, THIRD]

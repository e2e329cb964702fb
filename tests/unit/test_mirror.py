"""`tests/unit` mirrors the source: a file lies in the folder of its room and bears the name of a module or folder in it."""

from __future__ import annotations

from pathlib import Path

UNIT = Path(__file__).resolve().parent
SOURCE = UNIT.parents[1] / "src" / "equipoise"


def test_no_unit_test_is_an_orphan():
    orphans = []
    for test in UNIT.glob("*/**/test_*.py"):
        relative = test.relative_to(UNIT)
        room = SOURCE / relative.parent
        subjects = {path.stem for path in (*room.rglob("*.py"), *(path for path in room.rglob("*") if path.is_dir()))}
        if relative.stem.removeprefix("test_") not in subjects:
            orphans.append(str(relative))
    assert orphans == [], "each unit test names the module or folder it tests"

"""`tests/unit` mirrors the source one to one."""

from __future__ import annotations

from pathlib import Path

UNIT = Path(__file__).resolve().parent
SOURCE = UNIT.parents[1] / "src" / "equipoise"


def test_no_unit_test_is_an_orphan():
    orphans = []
    for test in UNIT.rglob("test_*.py"):
        relative = test.relative_to(UNIT)
        subject = relative.stem.removeprefix("test_")
        here = SOURCE / relative.parent
        if relative.parent != Path() and not (here / f"{subject}.py").exists() and not (here / subject).is_dir():
            orphans.append(str(relative))
    assert orphans == [], "each unit test names the module it tests"

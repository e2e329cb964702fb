from __future__ import annotations

from pathlib import Path

import pytest

from equipoise.guard.office.approvals import MOST_WAITING, Approvals
from equipoise.kernel.errors import EquipoiseError

STUDY = "ab" * 32


def test_a_study_waits_is_looked_at_approved_and_withdrawn(tmp_path: Path) -> None:
    office = Approvals(tmp_path)
    with pytest.raises(EquipoiseError, match="EQ-GUARD-016"):
        office.allow(STUDY, "document")
    assert office.waiting() == {STUDY: "document"}
    with pytest.raises(EquipoiseError, match="EQ-GUARD-017"):
        office.approve(STUDY, "study", "the office")
    office.previewed(STUDY)
    made = office.approve(STUDY, "study", "the office", alike=True)
    assert Approvals(tmp_path).allow(STUDY, "document") == made
    assert (made.by, made.alike) == ("the office", True)
    assert office.waiting() == {}
    office.withdraw(STUDY)
    for again in (lambda: office.allow(STUDY, "document"), lambda: office.withdraw(STUDY)):
        with pytest.raises(EquipoiseError, match="EQ-GUARD-016"):
            again()


def test_an_approval_under_another_name_or_damaged_approves_nothing(tmp_path: Path) -> None:
    office = Approvals(tmp_path)
    office.previewed(STUDY)
    office.approve(STUDY, "study", "the office")
    other = "cd" * 32
    (tmp_path / "approved" / f"{STUDY}.json").rename(tmp_path / "approved" / f"{other}.json")
    with pytest.raises(EquipoiseError, match="EQ-GUARD-016"):
        office.allow(other, "")
    (tmp_path / "approved" / f"{other}.json").write_text("{")
    assert office.find(other) is None


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "XYZ", "a" * 65])
def test_what_is_no_hash_names_no_file(tmp_path: Path, name: str) -> None:
    with pytest.raises(EquipoiseError, match="EQ-GUARD-016"):
        Approvals(tmp_path).allow(name, "document")
    assert not list(tmp_path.rglob("*.json"))


def test_nobody_can_fill_the_disk_with_studies_that_wait(tmp_path: Path) -> None:
    office = Approvals(tmp_path)
    for number in range(MOST_WAITING + 5):
        with pytest.raises(EquipoiseError):
            office.allow(f"{number:064x}", "document")
    assert len(office.waiting()) == MOST_WAITING

"""What a study may ask does not begin anew because a process did."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from equipoise.guard.audit import AuditLog, Entry
from equipoise.guard.office.approvals import Approvals
from equipoise.guard.office.budgets import Budgets
from equipoise.guard.policy import Policy
from equipoise.kernel.errors import EquipoiseError

STUDY, OTHER = "a" * 64, "b" * 64
POLICY = Policy(questions_per_study=3, designs_per_study=2)


class Hospital:
    """A site's folder, and the process in front of it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.approvals = folder, Approvals(folder)
        self.restart()

    def restart(self) -> None:
        self.log = AuditLog(self.folder)
        self.budgets = Budgets(POLICY, self.folder, self.approvals)

    def release(self, study: str = STUDY, decision: str = "released") -> None:
        if decision == "released":
            self.budgets.spend(study, self.log)
        self.log.append(Entry(study, 1, "moments", "n[]", 8, decision))
        self.log.flush()

    def approve(self, *, at: str = "") -> None:
        self.approvals.previewed(STUDY)
        self.approvals.approve(STUDY, "a study", "office")
        if at:
            path = self.folder / "approved" / f"{STUDY}.json"
            path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), "when": at}), encoding="utf-8")


@pytest.fixture
def hospital(tmp_path: Path) -> Hospital:
    return Hospital(tmp_path)


def spent(hospital: Hospital, study: str = STUDY) -> bool:
    """Whether the study may ask no more; when it may, it has asked."""
    try:
        hospital.release(study)
    except EquipoiseError as error:
        return error.code == "EQ-GUARD-003"
    return False


@pytest.mark.parametrize("restarts", [0, 1, 3])
def test_a_restart_gives_no_study_more_summaries(hospital: Hospital, restarts: int) -> None:
    for number in range(3):
        if number < restarts:
            hospital.restart()
        assert not spent(hospital)
    hospital.restart()
    assert spent(hospital)
    assert not spent(hospital, OTHER)


def test_refusals_and_answers_without_numbers_cost_nothing(hospital: Hospital) -> None:
    for decision in ("answered", "EQ-GUARD-021", "answered"):
        hospital.release(decision=decision)
    hospital.restart()
    assert [spent(hospital) for _ in range(4)] == [False, False, False, True]


def test_an_approval_gives_the_number_anew(hospital: Hospital) -> None:
    hospital.approve(at="2020-01-01T00:00:00+00:00")
    assert [spent(hospital) for _ in range(4)] == [False, False, False, True]
    hospital.approve(at="2099-01-01T00:00:00+00:00")
    assert [spent(hospital) for _ in range(4)] == [False, False, False, True]


def test_an_approval_of_this_very_second_takes_nothing_back(hospital: Hospital) -> None:
    hospital.approve()
    assert [spent(hospital) for _ in range(3)] == [False] * 3
    hospital.restart()
    assert spent(hospital)


def test_a_restart_gives_no_study_more_cut_points(hospital: Hospital) -> None:
    hospital.budgets.take_design(STUDY, b"1")
    hospital.restart()
    hospital.budgets.take_design(STUDY, b"2")
    hospital.restart()
    for design in (b"1", b"2"):
        hospital.budgets.take_design(STUDY, design)
    with pytest.raises(EquipoiseError, match="EQ-GUARD-020"):
        hospital.budgets.take_design(STUDY, b"3")
    hospital.budgets.take_design(OTHER, b"3")


def test_without_a_folder_budgets_are_those_of_the_process(tmp_path: Path) -> None:
    log = AuditLog(tmp_path)
    for _ in range(2):
        budgets = Budgets(POLICY)
        for _ in range(3):
            budgets.spend(STUDY, log)
            log.append(Entry(STUDY, 1, "moments", "n[]", 8, "released"))
        log.flush()

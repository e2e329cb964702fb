from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from equipoise.kernel.errors import EquipoiseError
from equipoise.report import ReportPaths, write_report
from equipoise.report.write import MARK, written_result
from equipoise.results.study_result import StudyResult


@pytest.fixture
def small(made: StudyResult) -> StudyResult:
    return replace(made, curves=(), baseline=(), flow=(), overlap=())


def files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_every_part_is_written(made: StudyResult, report: ReportPaths) -> None:
    found = files(report.folder)
    assert {"report.html", "results.json", "study.yaml", "run.json", MARK, "figures/forest.svg", "figures/forest.png"} <= set(found)
    assert {p.name for p in report.figures} == {n.split("/")[1] for n in found if n.startswith("figures/")}
    assert {p.name for p in report.tables} == {n.split("/")[1] for n in found if n.startswith("tables/")}
    assert report.study.read_text(encoding="utf-8") == made.study_text
    assert [p.name for p in report.folder.parent.iterdir()] == [report.folder.name]


def test_results_and_run_are_machine_readable(made: StudyResult, report: ReportPaths) -> None:
    records = json.loads(report.results.read_text(encoding="utf-8"))
    assert len(records) == len(made.records)
    run = json.loads(report.run.read_text(encoding="utf-8"))
    assert (run["study_hash"], run["mode"], run["rounds"], run["bytes_received"]) == (made.study_hash, "federated", 37, 5841002)
    assert [s["site"] for s in run["sites"] if s["status"] == "failed"] == ["hospital-67", "hospital-68"]


def test_the_same_result_gives_the_same_bytes(made: StudyResult, report: ReportPaths, tmp_path: Path) -> None:
    assert files(write_report(made, tmp_path / "again").folder) == files(report.folder)


def test_an_earlier_report_is_replaced_and_foreign_files_are_kept(small: StudyResult, report: ReportPaths, tmp_path: Path) -> None:
    out = tmp_path / "out"
    write_report(replace(small, overlap=report_overlap()), out)
    assert (out / "figures" / "propensity_overlap.svg").is_file()
    (out / "comments.txt").write_text("mine")
    (out / "figures" / "mine.svg").write_text("mine")
    write_report(small, out)
    assert not (out / "figures" / "propensity_overlap.svg").exists()
    assert (out / "comments.txt").read_text() == "mine"
    assert (out / "figures" / "mine.svg").read_text() == "mine"
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def report_overlap():
    from equipoise.results.study_result import PropensityOverlap

    return (PropensityOverlap("propensity", (0.0, 0.5, 1.0), (0.5, 1.5), (1.2, 0.8), None, None),)


def test_an_empty_folder_may_be_used(small: StudyResult, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    assert write_report(small, tmp_path / "out").html.is_file()


def test_a_folder_of_others_is_refused_and_left_alone(small: StudyResult, tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").write_text("years of work")
    with pytest.raises(EquipoiseError) as caught:
        write_report(small, tmp_path)
    assert caught.value.code == "EQ-REPORT-001"
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.docx"]


def test_a_file_in_the_way_is_refused(small: StudyResult, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(EquipoiseError) as caught:
        write_report(small, tmp_path / "out")
    assert caught.value.code == "EQ-REPORT-002"


def test_a_failure_half_way_leaves_the_earlier_report(small: StudyResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out"
    before = files(write_report(small, out).folder)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("equipoise.report.write.write_results", full)
    with pytest.raises(EquipoiseError) as caught:
        write_report(replace(small, rounds=99), out)
    assert caught.value.code == "EQ-REPORT-003"
    assert files(out) == before
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_a_failed_last_rename_puts_the_earlier_report_back(small: StudyResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out"
    before = files(write_report(small, out).folder)
    rename = Path.rename

    def refuse(self: Path, target: Path) -> Path:
        if self.name.endswith(".partial"):
            raise OSError(13, "Permission denied")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(EquipoiseError):
        write_report(replace(small, rounds=99), out)
    assert files(out) == before
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_the_folder_has_ordinary_permissions(report: ReportPaths) -> None:
    mask = os.umask(0o022)
    os.umask(mask)
    assert report.folder.stat().st_mode & 0o777 == 0o777 & ~mask


def test_a_report_is_written_anew_from_what_it_holds(made: StudyResult, report: ReportPaths, tmp_path: Path) -> None:
    assert written_result(report.folder) == made
    with pytest.raises(EquipoiseError) as caught:
        written_result(tmp_path)
    assert caught.value.code == "EQ-REPORT-006"

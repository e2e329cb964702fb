"""A run of `equipoise cohort generate` that is cut off at any moment goes on where it stood, and ends in the same bytes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from equipoise.cli.cohort import generating
from equipoise.cli.main import app
from equipoise.cohort.circe.model import CohortExpression, ObservationWindow, PrimaryCriteria, VisitOccurrence
from equipoise.cohort.circe.writing import write_circe
from equipoise.engine.circe.generating import in_batches

DAY = date(2020, 1, 1)
NAMES = ("rows.parquet", "rows.cohort_inclusion_result.parquet", "rows.cohort_censor_stats.parquet")


def definition(prior: int) -> str:
    primary = PrimaryCriteria(criteria_list=(VisitOccurrence(),), observation_window=ObservationWindow(prior_days=prior))
    return write_circe(CohortExpression(primary_criteria=primary))


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "cdm").mkdir()
    (tmp_path / "definitions").mkdir()
    n = 60
    starts = [DAY + timedelta(one) for one in range(n)]
    tables = {
        "person": {"person_id": range(n)},
        "visit_occurrence": {"visit_occurrence_id": range(n), "person_id": range(n), "visit_start_date": starts, "visit_end_date": starts},
        "observation_period": {
            "person_id": range(n),
            "observation_period_start_date": [DAY] * n,
            "observation_period_end_date": [DAY + timedelta(99)] * n,
        },
    }
    for name, columns in tables.items():
        pq.write_table(pa.table({column: list(values) for column, values in columns.items()}), tmp_path / "cdm" / f"{name}.parquet")
    for number in range(8):
        (tmp_path / "definitions" / f"{number}.json").write_text(definition(number * 7), encoding="utf-8")
    return tmp_path


def words(here: Path, out: Path, *more: str) -> list[str]:
    asked = ["cohort", "generate", "--cdm", here / "cdm", "--definitions", here / "definitions", "--out", out, "--batch", "2", "--stats"]
    return [*map(str, asked), *more]


@pytest.fixture
def whole(here: Path) -> dict[str, bytes]:
    assert CliRunner().invoke(app, words(here, here / "whole" / "rows.parquet")).exit_code == 0
    return {name: (here / "whole" / name).read_bytes() for name in NAMES}


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The ids that were really asked of the engine."""
    asked: list[int] = []

    def watched(warehouse, requests, options):
        asked.extend(one.id for one in requests)
        return in_batches(warehouse, requests, options)

    monkeypatch.setattr(generating, "in_batches", watched)
    return asked


def stop_after(batches: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut(warehouse, requests, options):
        for place, one in enumerate(in_batches(warehouse, requests, options)):
            if place == batches:
                raise KeyboardInterrupt
            yield one

    monkeypatch.setattr(generating, "in_batches", cut)


def cut_off(here: Path, batches: int) -> Path:
    out = here / "rows.parquet"
    with pytest.MonkeyPatch.context() as patch:
        stop_after(batches, patch)
        assert CliRunner().invoke(app, words(here, out)).exit_code != 0
    assert not out.exists()
    return out


def test_what_was_finished_is_not_run_again(here: Path, whole: dict[str, bytes], ran: list[int]) -> None:
    out = cut_off(here, 2)
    assert CliRunner().invoke(app, words(here, out)).exit_code == 0
    assert sorted(ran) == [4, 5, 6, 7]
    assert {name: (here / name).read_bytes() for name in NAMES} == whole
    assert not out.with_name("rows.parquet.parts").exists()


def change_a_definition(here: Path) -> list[int]:
    (here / "definitions" / "1.json").write_text(definition(3), encoding="utf-8")
    return [1, 4, 5, 6, 7]


def change_the_cdm(here: Path) -> list[int]:
    os.utime(here / "cdm" / "person.parquet", ns=(1, 1))
    return list(range(8))


def break_a_part(here: Path) -> list[int]:
    for part in (here / "rows.parquet.parts").iterdir():
        (part / "rows.parquet").write_bytes(b"PAR1")
    return list(range(8))


def leave_a_part_unfinished(here: Path) -> list[int]:
    first = sorted((here / "rows.parquet.parts").iterdir())[0]
    left = pq.read_table(first / "rows.parquet")["cohort_definition_id"].unique().to_pylist()
    first.rename(first.with_name(f".{first.name}"))
    return sorted([*left, 4, 5, 6, 7])


@pytest.mark.parametrize("change", [change_a_definition, change_the_cdm, break_a_part, leave_a_part_unfinished])
def test_what_was_changed_since_is_run_again(here: Path, ran: list[int], change: Callable[[Path], list[int]]) -> None:
    out = cut_off(here, 2)
    expected = change(here)
    assert CliRunner().invoke(app, words(here, out)).exit_code == 0
    assert sorted(ran) == expected


def test_fresh_runs_all_again(here: Path, ran: list[int]) -> None:
    out = cut_off(here, 2)
    assert CliRunner().invoke(app, words(here, out, "--fresh")).exit_code == 0
    assert sorted(ran) == list(range(8))


@pytest.mark.parametrize("parts", [0, 1, 3])
def test_killed_without_a_word(here: Path, whole: dict[str, bytes], parts: int) -> None:
    """SIGKILL as soon as so many parts are there (0: in the middle of the start)."""
    out = here / "rows.parquet"
    command = [sys.executable, "-c", "from equipoise.cli.main import run_app; run_app()", *words(here, out, "--batch", "1")]
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    folder, until = here / "rows.parquet.parts", time.monotonic() + 60
    while running.poll() is None and time.monotonic() < until:
        there = [one for one in folder.iterdir() if not one.name.startswith(".")] if folder.is_dir() else []
        if len(there) >= parts and (parts or folder.exists()):
            running.send_signal(signal.SIGKILL)
            break
        time.sleep(0.001)
    running.wait()
    assert CliRunner().invoke(app, words(here, out)).exit_code == 0
    assert {name: (here / name).read_bytes() for name in NAMES} == whole

"""`equipoise cohort generate`, as a person types it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from equipoise.cli.main import app
from equipoise.cohort.circe.model import (
    CohortExpression,
    CorrelatedCriteria,
    CountColumn,
    CriteriaGroup,
    Death,
    Endpoint,
    InclusionRule,
    Occurrence,
    OccurrenceType,
    PrimaryCriteria,
    VisitOccurrence,
    Window,
)
from equipoise.cohort.circe.writing import write_circe

DAY = date(2020, 1, 1)


def visits(*rules: InclusionRule) -> str:
    return write_circe(CohortExpression(primary_criteria=PrimaryCriteria(criteria_list=(VisitOccurrence(),)), inclusion_rules=rules))


def deaths_by(column: CountColumn) -> InclusionRule:
    window = Window(start=Endpoint(coeff=-1), end=Endpoint(coeff=1))
    counted = Occurrence(type=OccurrenceType.AT_LEAST, count=1, is_distinct=True, count_column=column)
    criteria = CorrelatedCriteria(criteria=Death(), start_window=window, occurrence=counted)
    return InclusionRule(name="a death", expression=CriteriaGroup(criteria_list=(criteria,)))


@pytest.fixture
def cdm(tmp_path: Path) -> Path:
    folder = tmp_path / "cdm"
    folder.mkdir()
    tables = {
        "person": {"person_id": [7]},
        "visit_occurrence": {"visit_occurrence_id": [1], "person_id": [7], "visit_start_date": [DAY], "visit_end_date": [DAY]},
        "observation_period": {"person_id": [7], "observation_period_start_date": [DAY], "observation_period_end_date": [date(2021, 1, 1)]},
    }
    for name, columns in tables.items():
        pq.write_table(pa.table(columns), folder / f"{name}.parquet")
    return folder


@pytest.fixture
def definitions(tmp_path: Path) -> Path:
    folder = tmp_path / "definitions"
    folder.mkdir()
    (folder / "12.json").write_text(visits(), encoding="utf-8")
    (folder / "3.json").write_text(visits(deaths_by("DURATION")), encoding="utf-8")
    return folder


def call(*words: object):
    return CliRunner().invoke(app, ["cohort", "generate", *(str(word) for word in words)])


def test_rows_and_statistics(cdm: Path, definitions: Path, tmp_path: Path):
    out = tmp_path / "new" / "rows.parquet"
    done = call("--cdm", cdm, "--definitions", definitions, "--out", out, "--stats", "--memory-limit", "1GB")
    assert done.exit_code == 0, done.stderr
    assert pq.read_table(out).to_pylist() == [
        {"cohort_definition_id": 12, "subject_id": 7, "cohort_start_date": DAY, "cohort_end_date": date(2021, 1, 1)}
    ]
    summary = pq.read_table(out.with_name("rows.cohort_summary_stats.parquet")).to_pylist()
    assert summary[0] == {"cohort_definition_id": 3, "base_count": 1, "final_count": 0, "mode_id": 0}
    assert "1 rows of 2 definitions" in done.stdout
    assert "- no table death: taken as empty" in done.stdout


def test_the_reference_gives_the_same(cdm: Path, definitions: Path, tmp_path: Path):
    for engine in ("duckdb", "reference"):
        done = call("--cdm", cdm, "--definitions", definitions, "--out", tmp_path / f"{engine}.parquet", "--stats", "--engine", engine)
        assert done.exit_code == 0, done.stderr
    for name in ("", ".cohort_inclusion_result", ".cohort_inclusion_stats", ".cohort_summary_stats", ".cohort_censor_stats"):
        ours, others = (pq.read_table(tmp_path / f"{engine}{name}.parquet") for engine in ("duckdb", "reference"))
        assert ours.equals(others), name


def test_one_definition(cdm: Path, definitions: Path, tmp_path: Path):
    assert call("--cdm", cdm, "--definitions", definitions / "12.json", "--out", tmp_path / "rows.parquet").exit_code == 0


def test_what_fails_is_told_and_the_rest_runs(cdm: Path, definitions: Path, tmp_path: Path):
    (definitions / "4.json").write_text("{", encoding="utf-8")
    (definitions / "first.json").write_text(visits(), encoding="utf-8")
    (definitions / "5.json").write_text(visits(deaths_by("GAP_DAYS")), encoding="utf-8")
    out = tmp_path / "rows.parquet"
    done = call("--cdm", cdm, "--definitions", definitions, "--out", out)
    assert done.exit_code == 2
    assert all(code in done.stderr for code in ("EQ-CIRCE-002", "EQ-CLI-005", "EQ-CIRCE-013"))
    assert str(definitions / "5.json") in done.stderr
    assert pq.read_table(out)["cohort_definition_id"].to_pylist() == [12]


def test_an_earlier_answer_may_be_replaced_and_nothing_else(cdm: Path, definitions: Path, tmp_path: Path):
    out = tmp_path / "rows.parquet"
    for _ in range(2):
        assert call("--cdm", cdm, "--definitions", definitions, "--out", out).exit_code == 0
    out.write_text("mine", encoding="utf-8")
    done = call("--cdm", cdm, "--definitions", definitions, "--out", out)
    assert done.exit_code == 2
    assert "EQ-CLI-004" in done.stderr
    assert out.read_text(encoding="utf-8") == "mine"


def test_no_such_cdm_or_definitions(cdm: Path, definitions: Path, tmp_path: Path):
    out = tmp_path / "rows.parquet"
    assert "EQ-ENGINE-001" in call("--cdm", tmp_path / "none", "--definitions", definitions, "--out", out).stderr
    assert "EQ-CLI-002" in call("--cdm", cdm, "--definitions", tmp_path / "none", "--out", out).stderr


@pytest.mark.parametrize("name", ["012.json", "99999999999999999999.json"])
def test_a_number_twice_or_too_large_is_told(cdm: Path, definitions: Path, tmp_path: Path, name: str):
    (definitions / name).write_text(visits(), encoding="utf-8")
    done = call("--cdm", cdm, "--definitions", definitions, "--out", tmp_path / "rows.parquet")
    assert (done.exit_code, "EQ-CLI-005" in done.stderr) == (2, True)

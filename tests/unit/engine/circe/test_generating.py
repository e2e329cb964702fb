"""Batches that the database cannot do at once are halved; one definition that fails alone is told."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from equipoise.cohort.circe.model import CohortExpression, PrimaryCriteria, VisitOccurrence
from equipoise.engine.circe import generating
from equipoise.engine.circe.batch import Batch
from equipoise.engine.circe.generating import Request, generate, open_for_cohorts
from equipoise.engine.circe.running import Found, run_batch
from equipoise.engine.errors import OUT_OF_MEMORY
from equipoise.engine.sql.warehouse import Warehouse

DAY = date(2020, 1, 1)
VISITS = CohortExpression(primary_criteria=PrimaryCriteria(criteria_list=(VisitOccurrence(),)))


@pytest.fixture
def cdm(tmp_path: Path) -> Path:
    tables = {
        "visit_occurrence": {"visit_occurrence_id": [1], "person_id": [7], "visit_start_date": [DAY], "visit_end_date": [DAY]},
        "observation_period": {"person_id": [7], "observation_period_start_date": [DAY], "observation_period_end_date": [DAY]},
    }
    for name, columns in tables.items():
        pq.write_table(pa.table(columns), tmp_path / f"{name}.parquet")
    return tmp_path


@pytest.mark.parametrize(("most", "failed"), [(5, set()), (2, set()), (1, {3})])
def test_what_does_not_fit_is_halved(cdm: Path, monkeypatch: pytest.MonkeyPatch, most: int, failed: set[int]):
    def small_only(batch: Batch, warehouse: Warehouse, **options: object) -> Found:
        if len(batch.definitions) > most or {one.id for one in batch.definitions} <= failed:
            raise OUT_OF_MEMORY.error("out of memory")
        return run_batch(batch, warehouse)

    monkeypatch.setattr(generating, "run_batch", small_only)
    warehouse = open_for_cohorts(cdm, "here")
    made = generate(warehouse, [Request(number, VISITS, Path(f"{number}.json")) for number in range(1, 6)])
    warehouse.close()
    assert made.rows["cohort_definition_id"].to_pylist() == [one for one in range(1, 6) if one not in failed]
    assert {one.id for one in made.failed} == failed
    assert all(str(one.problems[0].where.file) == "3.json" for one in made.failed)

"""Pooled rows keep their site; counts add."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from equipoise.engine.contract import CodeSetFound, StepCount
from equipoise.kernel.errors import EquipoiseError
from equipoise.study.model import CategoryCovariate, CategoryLevel, EventCriterion, Study
from equipoise.table.analysis_table import AnalysisTable, DeathCount, ValueCount
from equipoise.table.building import build_table
from equipoise.table.pooling import pool

PEOPLE = [(1, date(2020, 1, 1), 0), (2, date(2019, 5, 5), 1)]
POSITIVE = EventCriterion(sets=("a",))


@pytest.fixture
def tables(fake_engine: Callable[..., Any], study_of: Callable[..., Study]) -> list[AnalysisTable]:
    study = study_of(covariates=(CategoryCovariate(name="c", levels=(CategoryLevel(level="P", criterion=POSITIVE),)),))
    first, second = fake_engine(PEOPLE, holds={POSITIVE: {1}}), fake_engine(PEOPLE[:1], deaths={1: 4})
    return [build_table(first, study, "A"), build_table(second, study, "B")]


def test_rows_and_counts(tables: list[AnalysisTable]) -> None:
    found = [CodeSetFound("s", 3, 10, 4, ("x:1", "x:2")), CodeSetFound("s", 5, 1, 1, ("x:2",))]
    values = [ValueCount("m", 10, 1, 2), ValueCount("m", 5, 0, 1)]
    pooled = pool([replace(t, code_report=(f,), value_report=(v,)) for t, f, v in zip(tables, found, values, strict=True)])
    assert pooled.rows["person_id"].to_pylist() == [1, 2, 1]
    assert pooled.rows["site"].to_pylist() == ["A", "A", "B"]
    assert pooled.rows["c"].to_pylist() == ["P", "unknown", "unknown"]
    assert pooled.rows.schema == tables[0].rows.schema
    assert pooled.attrition == (StepCount("index event", 3, 1, 2),)
    assert pooled.code_report == (CodeSetFound("s", 5, 11, 5, ("x:2",)),)
    assert pooled.value_report == (ValueCount("m", 15, 1, 3),)
    assert pooled.death_report == DeathCount(1, 0, 0)


def test_one_table_is_itself(tables: list[AnalysisTable]) -> None:
    pooled = pool(tables[:1])
    assert pooled.rows.equals(tables[0].rows)
    assert pooled.attrition == tables[0].attrition


def test_other_columns_or_none_are_refused(tables: list[AnalysisTable]) -> None:
    for wrong in (
        [tables[0], replace(tables[1], rows=tables[1].rows.drop_columns(["c"]))],
        [],
        [tables[0], replace(tables[1], attrition=())],
    ):
        with pytest.raises(EquipoiseError) as caught:
            pool(wrong)
        assert caught.value.code == "EQ-TABLE-004"

"""Inclusion statistics. Rule 0: a drug b ever; rule 1: a drug c ever. Mask 1 is rule 0 alone, 2 rule 1 alone, 3 both."""

from __future__ import annotations

from datetime import date

from equipoise.cohort.circe.model import ConditionOccurrence, DateOffset, DrugExposure, Period
from equipoise.engine.circe.generating import Options

A, B, C = 1, 2, 3
TABLES = """
    condition_occurrence
    id | person | concept | start
    1  | 1      | A       | 0
    2  | 1      | A       | 10
    3  | 2      | A       | 0
    4  | 3      | A       | 0
    5  | 4      | A       | 0
    6  | 4      | A       | 50

    drug_exposure
    id | person | concept | start
    1  | 1      | B       | 5
    2  | 1      | C       | 20
    3  | 2      | C       | 5
    4  | 4      | B       | 60
    5  | 4      | C       | 5
"""
WITH_STATISTICS = Options(with_statistics=True)


def test_events_and_best_events_by_the_rules_they_meet(run, say):
    rules = [say.every(say.some(DrugExposure(codeset_id=one), say.window(0, None))) for one in (B, C)]
    found = run(TABLES, say.define(ConditionOccurrence(codeset_id=A), rules=rules), options=WITH_STATISTICS)
    result, stats, summary = (
        [tuple(row.values())[1:] for row in found.statistics.tables[f"cohort_{name}"].to_pylist()]
        for name in ("inclusion_result", "inclusion_stats", "summary_stats")
    )
    assert result == [(0, 1, 0), (1, 1, 0), (2, 2, 0), (3, 2, 0), (0, 1, 1), (2, 1, 1), (3, 2, 1)]
    assert stats == [(0, 3, 2, 6, 0), (1, 4, 1, 6, 0), (0, 2, 1, 4, 1), (1, 3, 0, 4, 1)]
    assert summary == [(6, 2, 0), (4, 2, 1)]


def test_the_best_event_meets_the_earliest_rule_and_then_comes_first(run, say):
    """Of person 4's events the first meets both rules; without it, ties go to rule 0."""
    tables = """
        condition_occurrence
        id | person | concept | start
        1  | 1      | A       | 0
        2  | 1      | A       | 50

        drug_exposure
        id | person | concept | start
        1  | 1      | B       | 50
        2  | 1      | C       | 0
    """
    rules = [say.every(say.some(DrugExposure(codeset_id=one), say.window(0, 0))) for one in (B, C)]
    found = run(tables, say.define(ConditionOccurrence(codeset_id=A), rules=rules), options=WITH_STATISTICS)
    best = [row for row in found.statistics.tables["cohort_inclusion_result"].to_pylist() if row["mode_id"] == 1]
    assert [row["inclusion_rule_mask"] for row in best] == [1]


def test_rules_that_hold_by_absence(run, say):
    absent = say.every(say.some(DrugExposure(codeset_id=B), say.window(0, None), n=("exactly", 0)))
    found = run(TABLES, say.define(ConditionOccurrence(codeset_id=A), rules=[absent]), options=WITH_STATISTICS)
    result = found.statistics.tables["cohort_inclusion_result"].to_pylist()
    assert [(row["inclusion_rule_mask"], row["person_count"]) for row in result if row["mode_id"] == 0] == [(0, 3), (1, 3)]


def test_a_definition_without_rules_has_no_rule_statistics(run, say):
    found = run(TABLES, say.define(ConditionOccurrence(codeset_id=A)), options=WITH_STATISTICS)
    assert {name: rows.num_rows for name, rows in found.statistics.tables.items()} == {
        "cohort_inclusion_result": 0,
        "cohort_inclusion_stats": 0,
        "cohort_summary_stats": 0,
        "cohort_censor_stats": 0,
    }


def test_persons_lost_to_the_censor_window(run, say):
    window = Period(start_date=date(2020, 1, 5))
    expression = say.define(ConditionOccurrence(codeset_id=A), end_strategy=DateOffset(offset=1), censor_window=window)
    found = run(TABLES, expression, options=WITH_STATISTICS)
    assert found.statistics.tables["cohort_censor_stats"].to_pylist() == [{"cohort_definition_id": 1, "lost_count": 2}]

from __future__ import annotations

from dataclasses import replace

from equipoise.report.tables.risks import shown_risks
from equipoise.results.records import Record
from equipoise.results.study_result import StudyResult


def test_risks_stand_by_arm_and_compared(made: StudyResult) -> None:
    base = Record("main", "all", "ascites", "", adjustment="crude", time_days=90.0)
    records = (
        replace(base, measure="cumulative_incidence", target="TARE", estimate=0.12, lower=0.08, upper=0.17),
        replace(base, measure="cumulative_incidence", target="TACE", estimate=0.05, lower=0.02, upper=0.1),
        replace(base, measure="risk_difference", target="TARE", comparator="TACE", estimate=0.07, lower=-0.01, upper=0.15),
        replace(base, measure="risk_ratio", target="TARE", comparator="TACE", estimate=2.4, lower=0.9, upper=6.6),
    )
    table = shown_risks(replace(made, records=records), "ascites")
    assert table is not None
    assert table.rows[0].cells == (
        "Unadjusted",
        "3",
        "12.0% (8.0%–17.0%)",
        "5.0% (2.0%–10.0%)",
        "7.0% (−1.0% to 15.0%)",
        "2.40 (0.90–6.60)",
    )


def test_an_outcome_without_risks_has_no_table(made: StudyResult) -> None:
    assert shown_risks(made, "os") is None

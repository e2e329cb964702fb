"""Sensitivity analyses as a reader sees them."""

from __future__ import annotations

from dataclasses import replace

from equipoise.report.tables.sensitivity import match_orders_table, sensitivity_table, shown_sensitivity
from equipoise.results.analyses import E_VALUES, MATCH_ORDER, MISSED_DEATHS, TIPPING_POINT
from equipoise.results.records import Record
from equipoise.results.study_result import MatchOrderEstimate, StudyResult

HAZARD = "Hazard of the censored, times their arm's"
BASE = Record("", "", "os", "", "TARE", "TACE", "overlap")
RECORDS = (
    replace(BASE, analysis=E_VALUES, population="hazard ratio of a common outcome", measure="e_value", estimate=1.547),
    replace(BASE, analysis=TIPPING_POINT, population="censored in TARE, estimate to 1", measure="tipping_hazard", estimate=1.86),
    replace(BASE, analysis=TIPPING_POINT, population="censored in TACE, estimate to 1", measure="tipping_hazard"),
    replace(
        BASE, analysis=MISSED_DEATHS, population="66% of deaths recorded", measure="median_survival", comparator=None, target="TACE",
        estimate=600.0, lower=400.0, upper=700.0,
    ),
    replace(BASE, analysis=MATCH_ORDER, population="3 random orders", measure="share_leaving_out_one", estimate=0.333),
)  # fmt: skip


def test_each_analysis_has_its_table(made: StudyResult) -> None:
    tables = shown_sensitivity(replace(made, records=(*made.records, *RECORDS)))
    assert [table.id for table in tables] == [
        "sensitivity-e-values", "sensitivity-missed-deaths", "sensitivity-tipping-point", "sensitivity-match-order",
    ]  # fmt: skip
    cells = [row.cells for table in tables for row in table.rows]
    assert cells == [
        ("Overall survival", "Hazard ratio of a common outcome", "Overlap weighting", "E-value", "1.55", ""),
        ("Overall survival", "66% of deaths recorded", "Overlap weighting", "Median, months, TACE", "19.7 (13.1–23.0)", ""),
        ("Overall survival", "Censored in TARE, estimate to 1", "Overlap weighting", HAZARD, "1.86", ""),
        (
            "Overall survival", "Censored in TACE, estimate to 1", "Overlap weighting", HAZARD,
            "none does", "",
        ),
        ("Overall survival", "3 random orders", "Overlap weighting", "Intervals that leave out 1", "33.3%", ""),
    ]  # fmt: skip
    assert all(table.note for table in tables)


def test_data_tables_hold_every_record_and_order(made: StudyResult) -> None:
    orders = (MatchOrderEstimate("os", 1, 0.8, 0.6, 1.1), MatchOrderEstimate("os", 2, 0.82, 0.61, 1.12))
    result = replace(made, records=(*made.records, *RECORDS), match_orders=orders)
    assert len(sensitivity_table(result).rows) == len(RECORDS)
    assert match_orders_table(result).rows == (("os", 1, 0.8, 0.6, 1.1), ("os", 2, 0.82, 0.61, 1.12))


def test_without_any_there_is_nothing_but_the_heads(made: StudyResult) -> None:
    assert shown_sensitivity(made) == ()
    assert (sensitivity_table(made).rows, match_orders_table(made).rows) == ((), ())

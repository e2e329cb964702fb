from __future__ import annotations

import csv
import io
from dataclasses import replace

from equipoise.kernel.masked import Masked
from equipoise.report.tables.all_tables import all_tables, curves_table
from equipoise.report.tables.baseline import baseline_table, shown_baseline
from equipoise.report.tables.csv_file import csv_text
from equipoise.report.tables.estimates import estimate_text, shown_estimates, shown_summary
from equipoise.report.tables.table import Column, Table
from equipoise.results.columns import FILES
from equipoise.results.records import Record
from equipoise.results.study_result import BaselineRow, Population, StudyResult
from equipoise.study import model as m


def read(table: Table) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(csv_text(table))))


def test_every_table_has_the_columns_of_the_results_dictionary(made: StudyResult) -> None:
    documented = {f.path: [c.name for c in f.columns] for f in FILES}
    assert {f"tables/{t.name}.csv": [c.name for c in t.columns] for t in all_tables(made)} == documented


def test_empty_results_give_headed_files(hard: dict[str, StudyResult]) -> None:
    for table in (table for table in all_tables(hard["nothing at all"]) if table.name != "codes"):
        assert csv_text(table).splitlines() == [",".join(c.name for c in table.columns)]


def test_text_is_no_formula_and_numbers_stay_numbers() -> None:
    columns = (Column("text", "Text"), Column("number", "Number"), Column("count", "Count"))
    table = Table(
        "t",
        "T",
        columns,
        (("=1+1", -0.5, Masked()), (" @x", 1e-9, Masked(shown_as=10)), ("a-b", None, 1204), ("+", float("nan"), 0), ("-", 1, 2)),
    )
    rows = [list(row.values()) for row in read(table)]
    assert rows == [["'=1+1", "-0.5", "<11"], ["' @x", "1e-09", "≤10"], ["a-b", "", "1204"], ["'+", "", "0"], ["'-", "1", "2"]]


def test_numbers_keep_full_precision(made: StudyResult) -> None:
    curve = made.curves[0]
    rows = read(curves_table(made))[: len(curve.time)]
    assert tuple(float(row["survival"]) for row in rows) == curve.survival


def test_a_masked_count_takes_its_share_with_it(hard: dict[str, StudyResult]) -> None:
    result = hard["all masked"]
    assert any(row.target is not None for row in result.baseline if row.kind == "share")
    shares = [row for row in read(baseline_table(result)) if row["kind"] == "share"]
    assert shares
    assert {row["target_value"] + row["comparator_value"] for row in shares} == {""}
    shown = shown_baseline(result, ("crude",))
    assert shown is not None
    assert next(row.cells for row in shown.rows if row.cells[0] == "Female")[1:3] == ("<11", "<11")


def test_table_1_prints_before_and_after_side_by_side(made: StudyResult) -> None:
    table = shown_baseline(made, ("crude", "overlap"))
    assert table is not None
    assert table.heads[:4] == ("Characteristic", "TARE\nn = 334", "TACE\nn = 84", "SMD")
    assert table.heads[4] == "TARE\nn = 334\neffective 301"
    rows = {row.cells[0]: row for row in table.rows}
    assert rows["Age, years"].cells[:4] == ("Age, years", "57.2 (11.1)", "58.9 (10.6)", "−0.157")
    assert rows["Receptor subtype"].kind == "group"
    assert rows["HR−/HER2+"].cells[1:3] == ("34 (10.2%)", "<11")
    assert rows["HR−/HER2+"].kind == "level"


def test_estimates_in_the_units_of_readers() -> None:
    def text(measure: str, *numbers: float | None) -> str:
        return estimate_text(Record("a", "p", "os", measure, "TARE", "TACE", "overlap", *numbers))

    assert text("hazard_ratio", 0.8, 0.65, 0.98) == "0.80 (0.65–0.98)"
    assert text("median_survival", 1095.75, 913.125, None) == "36.0 (30.0 to not reached)"
    assert text("median_survival", None, None, None) == "not reached"
    assert text("rmst_difference", 60.875, -30.4375, 152.1875) == "2.0 (−1.0 to 5.0)"
    assert text("survival", 0.5, 0.4, 0.6) == "50.0% (40.0%–60.0%)"
    assert text("logrank", 4.123) == "4.12"
    assert text("hazard_ratio", None, None, None) == "not estimated"


def test_estimates_show_each_record_once_the_main_one_set_off(made: StudyResult) -> None:
    table = shown_estimates(made, "os")
    assert table is not None
    assert len(table.rows) == len(made.records)
    assert [row.cells[:2] for row in table.rows if row.kind == "main"] == [("Hazard ratio", "Overlap weighting")]
    lone = next(row.cells for row in table.rows if row.cells[0] == "Median, months" and row.cells[2] == "TACE")
    assert lone[-2:] == ("–", "42")


def test_summary_has_one_row_an_adjustment(made: StudyResult) -> None:
    table = shown_summary(made, "os")
    assert table is not None
    assert [row.cells[:3] for row in table.rows][1] == ("Overlap weighting", "0.80 (0.65–0.98)", "0.03")
    assert table.rows[1].cells[3] == "34.6 (29.1–42.2)"
    assert shown_summary(made, "unheard") is None


def test_arms_have_their_size_without_weights_too(made: StudyResult) -> None:
    bare = replace(made, weights=())
    tables = [shown_baseline(bare, (name,)) for name in ("crude", "matched")]
    assert [table.heads[1:3] for table in tables if table] == [("TARE\nn = 334", "TACE\nn = 84"), ("TARE\nn = 79", "TACE\nn = 79")]
    table = shown_baseline(replace(bare, records=()), ("crude",))
    assert table is not None
    assert table.heads[2] == "TACE\nn = 84"


def test_table_1_has_the_size_of_its_population_not_of_an_outcome_that_leaves_people_out(made: StudyResult) -> None:
    fewer = tuple(replace(record, n_target=300, n_comparator=70) if record.comparator else record for record in made.records)
    of_whom = replace(made, records=fewer, populations=(Population("crude", 334, 84), Population("matched", 79, 79)))
    tables = [shown_baseline(of_whom, (name,)) for name in ("crude", "matched")]
    assert [table.heads[1:3] for table in tables if table] == [("TARE\nn = 334", "TACE\nn = 84"), ("TARE\nn = 79", "TACE\nn = 79")]


def test_what_is_withheld_is_not_called_not_reached() -> None:
    few = Record("a", "p", "os", "median_survival", "TACE", n_target=Masked(11), events_target=Masked(11))
    assert estimate_text(few) == "not shown"
    assert estimate_text(replace(few, n_target=90)) == "not reached"
    assert estimate_text(replace(few, n_target=90, measure="survival")) == "not shown"


def test_an_empty_arm_has_no_median_and_no_mean(hard: dict[str, StudyResult]) -> None:
    assert estimate_text(Record("a", "p", "os", "median_survival", "TACE", n_target=0)) == "not estimated"
    table = shown_baseline(hard["an empty arm"], ("crude",))
    assert table is not None
    assert [row.cells[2] for row in table.rows[:2]] == ["–", "0"]


def test_years_have_no_commas_and_logarithms_say_so(made: StudyResult) -> None:
    year = m.IndexYearCovariate(name="year", label="Index year")
    bilirubin = m.MeasurementCovariate(name="tbili", label="Bilirubin, mg/dL", sets=("tbili",), transform="log")
    rows = [
        BaselineRow("year", "Index year", "", "number", "crude", 2019.94, 2.5, None, 2019.4, 2.5, None, 0.19),
        BaselineRow("tbili", "Bilirubin, mg/dL", "", "number", "crude", -0.52, 0.5, None, -0.46, 0.5, None, -0.12),
    ]
    result = replace(made, study=made.study.model_copy(update={"covariates": (year, bilirubin)}), baseline=tuple(rows))
    table = shown_baseline(result, ("crude",))
    assert table is not None
    first_two = [row.cells[:2] for row in table.rows]
    assert first_two == [("Index year", "2019.9 (2.5)"), ("Bilirubin, mg/dL, geometric mean", "0.59 (×/÷ 1.65)")]

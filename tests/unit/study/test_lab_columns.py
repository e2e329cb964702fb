from __future__ import annotations

from equipoise.study.lab_columns import lab_measures, shift_cells, stored_columns

LAB = "lab: lab, windows: {acute: [8, 29], late: [30, 90]}"


def test_measures_follow_the_outcomes_and_their_windows(read):
    study = read(outcomes=f"outcomes:\n  os: death\n  x: {{{LAB}, upper limit: 40, ctcae: ALT}}\n  y: {{{LAB}}}")
    graded, plain = study.labs
    assert [column.name for column in stored_columns(plain)] == [
        *("y_baseline", "y_baseline_fold"),
        *("y_acute", "y_acute_fold", "y_acute_draws", "y_late", "y_late_fold", "y_late_draws"),
    ]
    assert len(stored_columns(graded)) == len(stored_columns(plain)) + 3
    measures = [(m.outcome, m.window, m.measure) for m in lab_measures(study)]
    assert measures[:4] == [("x", "baseline", name) for name in ("measured", "value", "fold", "grade_3_or_more")]
    assert measures[-5:] == [("y", "late", name) for name in ("measured", "draws", "value", "change", "fold")]
    cells = shift_cells(study)
    assert len(cells) == 2 * 25
    assert {cell.outcome for cell in cells} == {"x"}


def test_a_study_without_laboratory_outcomes_has_none(read):
    assert lab_measures(read()) == shift_cells(read()) == ()

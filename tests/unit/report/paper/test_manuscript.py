"""What the draft paper holds, and what it leaves to the page."""

from __future__ import annotations

from dataclasses import replace

from equipoise.report.blocks import Grid, Heading, Paragraph, Plate
from equipoise.report.figures.all_figures import all_figures
from equipoise.report.paper.manuscript import manuscript
from equipoise.results.analyses import E_VALUES
from equipoise.results.records import Record
from equipoise.results.study_result import Note, StudyResult
from equipoise.study.model import Override


def test_many_outcomes_have_one_forest_and_the_others_are_named(hard: dict[str, StudyResult]) -> None:
    figures = all_figures(hard["twenty outcomes"])
    blocks = manuscript(hard["twenty outcomes"], figures)
    assert len(figures.forest) > 1
    assert [block.figure.name for block in blocks if isinstance(block, Plate) and block.figure.name.startswith("forest")] == ["forest"]
    assert any(isinstance(block, Paragraph) and "Hazard ratios of further outcomes" in block.text for block in blocks)


def test_sensitivity_analyses_stand_in_the_paper(made: StudyResult) -> None:
    record = Record(E_VALUES, "hazard ratio", "os", "e_value", "TARE", "TACE", "overlap", 1.81)
    result = replace(made, records=(*made.records, record))
    blocks = manuscript(result, all_figures(result))
    start = blocks.index(Heading(3, "Sensitivity analyses"))
    assert any(isinstance(block, Grid) and "1.81" in str(block.table.rows) for block in blocks[start:])


def test_the_checks_come_first_and_overridden_errors_are_called_so(made: StudyResult) -> None:
    study = made.study.model_copy(update={"overrides": (Override(check="DC01", reason="As published."),)})
    result = replace(made, study=study, notes=(Note("warning", "DC01", "After zero."),))
    texts = [block for block in manuscript(result, all_figures(result)) if not isinstance(block, Plate)]
    first = next(block for block in texts if isinstance(block, Paragraph) and block.lead == "Read first.")
    assert texts.index(first) < texts.index(Heading(2, "Summary in numbers"))
    assert any("Overridden error DC01: After zero." in str(block) for block in texts)

"""`protocol.md` of a made result."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from equipoise.report import ReportPaths
from equipoise.report.figures.all_figures import all_figures
from equipoise.report.formats.markdown import markdown_text
from equipoise.report.protocol.document import protocol
from equipoise.report.protocol.rest import TOLD, rest_of_study
from equipoise.report.protocol.trial import COMPONENTS, target_trial
from equipoise.results.study_result import StudyResult
from equipoise.study import model as m
from equipoise.study.model import Study


def test_the_protocol_lies_beside_the_page_and_shows_the_diagram(made: StudyResult, report: ReportPaths) -> None:
    text = report.protocol.read_text(encoding="utf-8")
    for words in (
        "# Protocol: TARE versus TACE for breast cancer liver metastasis",
        made.study_hash,
        "![Design diagram](figures/design_diagram.svg)",
        "| 1 | age at index \\>= 18 | age at index of at least 18 years |",
        "- TARE (target): a record of “tare” on the index day.",
        "| tare | 1 | CPT4 1 (exact) |",
        "Overlap weighting (main).",
        "## Ethics and protection of persons\n\nTo be filled by the authors.",
    ):
        assert words in text, words
    assert (report.folder / "figures" / "design_diagram.svg").is_file()


def test_the_target_trial_has_both_columns_for_each_component(made: StudyResult) -> None:
    table = target_trial(made.study)
    assert [row.cells[0] for row in table.rows] == list(COMPONENTS)
    assert all(len(row.cells) == 3 and all(row.cells) for row in table.rows)
    assert "each person's first day with a record of “tare” or “tace”" in table.rows[3].cells[2]


def test_a_study_without_adjustment_does_not_claim_exchangeable_arms(made: StudyResult) -> None:
    crude = made.study.model_copy(
        update={"propensity": None, "covariates": (), "analysis": m.Analysis(adjustments=("crude",), main="crude")}
    )
    assert "nothing stands in for randomisation" in target_trial(crude).rows[2].cells[2]


def test_every_block_of_a_study_is_told(made: StudyResult) -> None:
    evidence = m.EventCriterion(sets=("e",), window=m.Window(start=-1, end=3))
    treatments = tuple(m.Treatment(name=name, evidence=evidence) for name in ("TARE", "TACE"))
    study = made.study.model_copy(update={"classification": m.Classification(treatments=treatments, unspecified="TACE")})
    told = replace(made, study=study)
    text = markdown_text(protocol(told, all_figures(made).design))
    assert "## Classification\n\n- treatments: name TARE, evidence sets e, window start -1, end 3" in text
    assert "- unspecified: TACE" in text
    assert rest_of_study(made.study) == ()
    assert set(Study.model_fields) >= TOLD


def test_text_of_the_study_stays_in_its_cell(made: StudyResult) -> None:
    step = m.Step(label="a | b\n<script>*x*", criterion=m.AgeCriterion(at_least=18))
    study = made.study.model_copy(update={"steps": (step,), "period_end": date(2024, 7, 31)})
    text = markdown_text(protocol(replace(made, study=study), all_figures(made).design))
    assert "| 1 | a \\| b<br>\\<script\\>\\*x\\* | age at index of at least 18 years |" in text

"""The rows of the design diagram, against windows typed in."""

from __future__ import annotations

from itertools import pairwise

import pytest

from equipoise.report.figures import design
from equipoise.report.protocol.windows import WindowRow, window_rows
from equipoise.results.study_result import StudyResult
from equipoise.study import model as m
from equipoise.study.model import Window


def study_of(made: StudyResult) -> m.Study:
    bleed = m.EventOutcome(name="bleed", label="Bleed", sets=("b",), risk_window=Window(start=1, end=90), washout=180)
    ascites = m.EventOutcome(name="ascites", label="Ascites", sets=("c",), risk_window=Window(start=1), washout=36_525)
    alt = m.LabOutcome(name="alt", label="ALT", sets=("alt",), windows=(m.LabWindow(name="acute", start=8, end=29, target=18),))
    covariates = (m.AgeCovariate(), m.EventCovariate(name="x", label="X", sets=("x",)), m.EventCovariate(name="y", label="Y", sets=("y",)))
    update = {"outcomes": (*made.study.outcomes, bleed, ascites, alt), "covariates": covariates}
    return made.study.model_copy(update=update)


def test_one_row_a_window(made: StudyResult) -> None:
    whole, now, before = Window(start=1, end=1826), Window(start=0, end=0), Window(end=0)
    assert window_rows(study_of(made)) == (
        WindowRow("Eligibility", "age at index >= 18", (now,)),
        WindowRow("Washout of outcomes", "Bleed", (Window(start=-180, end=0),)),
        WindowRow("Washout of outcomes", "Ascites", (Window(start=-36_525, end=0),)),
        WindowRow("Covariates", "Age, years", (now,)),
        WindowRow("Covariates", "X; Y", (before,)),
        WindowRow("Laboratory values", "ALT", (Window(start=-45, end=0), Window(start=8, end=29))),
        WindowRow("Follow-up", "Time at risk, until death, the last record or day 1,826", (whole,)),
        WindowRow("Follow-up", "Risk window: Bleed", (Window(start=1, end=90),)),
        WindowRow("Follow-up", "Risk window: Ascites", (whole,)),
    )


def test_treatments_that_share_a_code_have_windows_of_evidence(made: StudyResult) -> None:
    evidence = m.EventCriterion(sets=("e",), window=Window(start=-1, end=3))
    treatments = tuple(m.Treatment(name=name, evidence=evidence, weak_evidence=evidence) for name in ("TARE", "TACE"))
    study = made.study.model_copy(update={"classification": m.Classification(treatments=treatments)})
    assert WindowRow("Treatment", "Evidence of TARE", (Window(start=-1, end=3),)) in window_rows(study)


def test_the_axis_keeps_order_and_hides_no_end(made: StudyResult) -> None:
    scale = design.scale_of(window_rows(study_of(made)))
    assert (scale.first, scale.last) == (-730, 1826)
    places = [scale.at(days) for days in range(scale.first, scale.last)]
    assert all(later > earlier for earlier, later in pairwise(places))
    assert scale.at(scale.first) == pytest.approx(design.LEFT)
    assert scale.at(scale.last) == pytest.approx(design.LEFT + design.PLOT)
    assert {0, -730, 1826} <= set(design.ticks(scale))


def test_the_diagram_says_every_window_and_opens_lifelong_ones(made: StudyResult) -> None:
    text = design.describe(window_rows(study_of(made)))
    for words in ("Washout of outcomes: Bleed, days [−180,", "Washout of outcomes: Ascites, days […,", "ALT, days [−45,", "[8,"):
        assert words in text, words


def test_a_list_that_is_too_long_says_how_many_more_there_are() -> None:
    assert design.shortened("Bleed; Ascites") == "Bleed; Ascites"
    text = design.shortened("; ".join(f"An outcome with a rather long name, number {n}" for n in range(12)))
    assert text.count("\n") == 1
    assert text.endswith("and 11 more")

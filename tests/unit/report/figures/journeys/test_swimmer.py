"""A swimmer plot of patients typed in."""

from __future__ import annotations

from xml.etree import ElementTree

from equipoise.report.figures.journeys.swimmer import draw_swimmers
from equipoise.results.study_result import StudyResult
from equipoise.simulate.swimmers import SimulatedPatient

PATIENTS = (
    SimulatedPatient("TARE", 700, ((30, "systemic drug"), (700, "death"))),
    SimulatedPatient("TARE", 0, ((0, "death"),)),
    SimulatedPatient("TACE", 1461, ((90, "embolised again"),)),
)


def test_every_arm_and_kind_of_event_is_named() -> None:
    figure = draw_swimmers(PATIENTS)
    assert figure is not None
    words = {"".join(text.itertext()).strip() for text in ElementTree.fromstring(figure.svg).iter("{http://www.w3.org/2000/svg}text")}  # noqa: S314
    assert {"TARE", "TACE", "systemic drug", "embolised again", "death", "Months since index date"} <= words
    assert figure.description == "3 simulated patients; the longest was followed 48 months."


def test_nobody_is_nothing() -> None:
    assert draw_swimmers(()) is None


def test_a_result_of_a_study_has_no_place_for_single_patients() -> None:
    assert not [name for name in StudyResult.__dataclass_fields__ if "swim" in name or "patient" in name]

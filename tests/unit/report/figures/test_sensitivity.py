"""Figures of sensitivity analyses: what they say in words, and that nothing is drawn without them."""

from __future__ import annotations

from dataclasses import replace

from equipoise.report.figures.sensitivity import draw_sensitivity
from equipoise.report.look import drawing
from equipoise.results.analyses import GRIDS, MISSED_DEATHS, NEGATIVE_CONTROLS
from equipoise.results.records import Record
from equipoise.results.study_result import MatchOrderEstimate, StudyResult
from equipoise.study.model import EventOutcome, Sensitivity

BASE = Record("", "", "os", "hazard_ratio", "TARE", "TACE", "overlap")


def sensitive(made: StudyResult, settings: int) -> StudyResult:
    controls = tuple(EventOutcome(name=name, label=name.capitalize(), sets=("ascites",)) for name in ("cataract", "cerumen"))
    study = made.study.model_copy(
        update={"outcomes": (*made.study.outcomes, *controls), "sensitivity": Sensitivity(negative_controls=("cataract", "cerumen"))}
    )
    first = made.records[0]
    calibration = replace(BASE, analysis=NEGATIVE_CONTROLS, population="2 negative controls")
    control = replace(BASE, analysis=first.analysis, population=first.population, estimate=1.2, lower=0.9, upper=1.6)
    end = replace(BASE, analysis=GRIDS, estimate=0.8, lower=0.6, upper=1.1)
    records = (
        *(replace(control, outcome=one.name) for one in controls),
        replace(calibration, measure="systematic_error", estimate=1.2, lower=1.0, upper=1.4),
        replace(calibration, measure="calibrated_hazard_ratio", estimate=0.67, lower=0.5, upper=0.9),
        *(replace(end, population=f"follow-up to day {day}") for day in range(settings)),
        replace(BASE, analysis=MISSED_DEATHS, population="10% of deaths recorded in TARE, 100% in TACE"),
    )
    orders = tuple(MatchOrderEstimate("os", seed, 0.8 + seed / 100, 0.5, 1.2) for seed in range(1, 21))
    return replace(made, study=study, records=(*made.records, *records), match_orders=orders)


def test_settings_controls_and_orders_are_drawn(made: StudyResult) -> None:
    with drawing():
        ratios, controls, orders = draw_sensitivity(sensitive(made, 3))
    assert (ratios.name, controls.name, orders.name) == ("sensitivity", "negative_controls", "match_orders")
    assert "Overall survival: 0.80 (95% CI 0.65–0.98)." in ratios.description
    assert "Overall survival, calibrated (before: 0.80): 0.67 (95% CI 0.50–0.90)." in ratios.description
    assert "10% of deaths" not in ratios.description  # without an estimate it has no row
    assert controls.description.endswith("Cataract 1.20; Cerumen 1.20.")
    assert "in 20 random orders: 0.81 to 1.00" in orders.description


def test_many_settings_take_several_figures(made: StudyResult) -> None:
    with drawing():
        names = [figure.name for figure in draw_sensitivity(sensitive(made, 40))]
    assert names == ["sensitivity", "sensitivity_2", "negative_controls", "match_orders"]


def test_nothing_is_drawn_without_them(made: StudyResult) -> None:
    with drawing():
        assert draw_sensitivity(made) == ()

"""Curves of cumulative incidence typed in, drawn and told."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

import pytest

from equipoise.kernel.masked import Masked
from equipoise.report.figures.all_figures import all_figures
from equipoise.report.figures.curves.incidence import draw_incidence
from equipoise.report.look import drawing
from equipoise.report.page.html import html_text
from equipoise.report.page.page import page_of
from equipoise.report.tables.journeys.events import shown_events
from equipoise.report.tables.journeys.incidence import incidence_points
from equipoise.results.journeys import IncidenceCurve
from equipoise.results.records import Record
from equipoise.results.study_result import StudyResult
from equipoise.study import model as m


def curve(arm: str, adjustment: str, last: float) -> IncidenceCurve:
    days, n = (0.0, 30.0, 60.0, 90.0), (100, 80, 40, Masked())
    return IncidenceCurve("ascites", adjustment, arm, (0.0, 10.0, 60.0, 75.0), (0.0, last / 2, last, last), (0.0,) * 4, (0.2,) * 4, days, n)


def records() -> tuple[Record, ...]:
    base = Record("primary", "all", "ascites", "risk_difference", "TARE", "TACE", "overlap", -0.05, -0.1, 0.01, time_days=90.0)
    arms = [
        replace(base, measure="cumulative_incidence", target=arm, comparator=None, estimate=risk, lower=None, upper=None)
        for arm, risk in (("TARE", 0.05), ("TACE", 0.1))
    ]
    counted = replace(base, n_target=334, n_comparator=84, events_target=17, events_comparator=Masked())
    return (counted, replace(base, measure="risk_ratio", estimate=0.5, lower=0.2, upper=1.1), *arms)


@pytest.fixture
def result(made: StudyResult) -> StudyResult:
    outcome = m.EventOutcome(name="ascites", label="Ascites", sets=("tare",), risk_window=m.Window(start=1, end=90))
    study = made.study.model_copy(update={"outcomes": (*made.study.outcomes, outcome)})
    curves = tuple(curve(arm, name, last) for name in ("overlap", "crude") for arm, last in (("TARE", 0.05), ("TACE", 0.1)))
    return replace(made, study=study, incidence_curves=curves, records=(*made.records, *records()))


def test_it_is_drawn_for_the_main_adjustment_and_without(result: StudyResult) -> None:
    figures = all_figures(result)
    assert [figure.name for figure in figures.incidence.values()] == ["incidence_ascites_overlap", "incidence_ascites_crude"]
    assert ("ascites", "overlap") not in figures.survival
    assert ("os", "overlap") in figures.survival
    drawn = figures.incidence["ascites", "overlap"]
    ElementTree.fromstring(drawn.svg)  # noqa: S314
    assert "Days since index date" in drawn.svg
    assert "Ascites: cumulative incidence with death competing, overlap weighting" in drawn.title
    assert drawn.description == "TARE: 5.0% by day 90. TACE: 10.0% by day 90. Risk difference by day 90: −5.0% (−10.0% to 1.0%)."


def test_a_curve_that_is_withheld_is_not_drawn(result: StudyResult) -> None:
    bare = tuple(replace(c, time=(0.0, 0.0), incidence=(0.0, 0.0), lower=(0.0, 0.0), upper=(0.0, 0.0)) for c in result.incidence_curves)
    with drawing():
        assert draw_incidence(replace(result, incidence_curves=bare), "ascites", "overlap") is None


def test_the_curve_in_numbers_ends_where_the_curve_does(result: StudyResult) -> None:
    rows = incidence_points(result, "ascites", "overlap").rows
    assert rows[:4] == (
        ("TARE", 0.0, 0.0, 100),
        ("TARE", 30.0, 0.025, 80),
        ("TARE", 60.0, 0.05, 40),
        ("TARE", 90.0, None, Masked()),
    )


def test_one_table_has_all_events(result: StudyResult) -> None:
    table = shown_events(result)
    assert table is not None
    assert table.heads[4:] == ("Risk %,\nTARE", "Risk %,\nTACE", "Difference, %\n(95% CI)", "Ratio\n(95% CI)")
    assert [row.cells for row in table.rows] == [("Ascites", "90", "17", "<11", "5.0", "10.0", "−5.0 (−10.0 to 1.0)", "0.50 (0.20–1.10)")]


def test_days_with_the_same_numbers_share_a_row_and_what_is_hidden_is_named_once(result: StudyResult) -> None:
    """Three outcomes: one whose risks stand still after day 30, one shown in one arm alone, one of which nothing is shown."""
    outcomes = tuple(m.EventOutcome(name=name, label=name.capitalize(), sets=("tare",)) for name in ("still", "alone", "hidden"))
    study = result.study.model_copy(update={"outcomes": outcomes})
    base = records()
    made = [
        replace(r, outcome="still", time_days=day, estimate=r.estimate if day < 90 or r.estimate is None else r.estimate * factor)
        for day, factor in ((14.0, 1), (30.0, 1), (90.0, 1.5))
        for r in base
    ]
    for outcome, shown in (("alone", {"TARE"}), ("hidden", set())):
        for day in (30.0, 90.0):
            for r in base:
                known = r.measure == "cumulative_incidence" and r.target in shown
                made.append(replace(r, outcome=outcome, time_days=day, n_target=Masked(), **({} if known else NOTHING)))
    table = shown_events(replace(result, study=study, records=tuple(made)))
    assert table is not None
    assert [(row.kind, row.cells[:2]) for row in table.rows] == [
        ("group", ("Compared", "")),
        ("", ("Still", "14, 30")),
        ("", ("Still", "90")),
        ("group", ("Too few events to compare: the risk in an arm, by the last day", "")),
        ("", ("Alone", "90")),
    ]
    assert all(all(row.cells) for row in table.rows if not row.kind), "no cell is blank"
    assert "Too few events to show more than their number (TARE, TACE): Hidden (17, <11)." in table.note


NOTHING = {"estimate": None, "lower": None, "upper": None, "p_value": None}


def test_the_page_has_a_section_of_events(result: StudyResult, made: StudyResult) -> None:
    page = html_text(page_of(result, all_figures(result)))
    assert '<section id="events"' in page
    assert 'id="incidence_ascites_overlap"' in page
    assert '<section id="events"' not in html_text(page_of(made, all_figures(made)))

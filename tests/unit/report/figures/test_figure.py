"""Every figure stands on a printed page: no wider, no taller, and no letter smaller than can be read."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from equipoise.report.figures.all_figures import all_figures, every
from equipoise.report.figures.figure import TALLEST, Drawn, sheets
from equipoise.report.figures.parts.forest import draw_parts
from equipoise.report.figures.sensitivity import draw_sensitivity
from equipoise.report.look import drawing
from equipoise.results.analyses import GRIDS, LEFT_OUT, MISSED_DEATHS, SITES
from equipoise.results.records import Record
from equipoise.results.study_result import FlowStep, StudyResult
from equipoise.study import model as m

WIDE, TALL = 182 / 25.4, 228 / 25.4
"""Inches of a printed A4 page for a figure beside its heading and caption, as the page's style has them."""
SMALLEST = 6.5
"""Points."""
BASE = Record("", "", "os", "hazard_ratio", "TARE", "TACE", "overlap", 0.8, 0.6, 1.1, 0.2)


def printed(figure: Drawn) -> float:
    """The size of the smallest letter on paper, points: the figure is made smaller where it would not fit."""
    found = re.search(r'width="([\d.]+)pt" height="([\d.]+)pt"', figure.svg)
    assert found is not None
    width, height = (float(size) / 72 for size in found.groups())
    letters = [float(size) for size in re.findall(r"font-size: ([\d.]+)px", figure.svg)]
    return min(letters) * min(1.0, WIDE / width, TALL / height)


def many_windows(made: StudyResult) -> StudyResult:
    """A study of forty outcomes, each with a washout and a risk window of its own."""
    outcomes = tuple(
        m.EventOutcome(
            name=f"o{n}", label=f"Radioembolisation-induced liver disease, kind {n}", sets=("tare",),
            risk_window=m.Window(start=n, end=90 + n), washout=180 + n,
        )
        for n in range(40)
    )  # fmt: skip
    return replace(made, study=made.study.model_copy(update={"outcomes": (*made.study.outcomes, *outcomes)}))


def test_no_figure_of_a_plain_or_a_hard_result_is_too_small_to_read(made: StudyResult, hard: dict[str, StudyResult]) -> None:
    results = {"made": made, **{name: hard[name] for name in ("long names", "sixty covariates", "twenty outcomes")}}
    small = {(name, f.name): printed(f) for name, result in results.items() for f in every(all_figures(result)) if printed(f) < SMALLEST}
    assert small == {}


def test_a_design_of_many_windows_takes_several_sheets(made: StudyResult) -> None:
    bare = replace(many_windows(made), records=(), curves=(), baseline=(), overlap=())
    design = all_figures(bare).design
    assert len(design) > 2
    assert [figure.name for figure in design[:2]] == ["design_diagram", "design_diagram_2"]
    assert min(map(printed, design)) >= SMALLEST
    said = " ".join(figure.description for figure in design)
    assert all(f"kind {n}, days [{n}," in said for n in range(40))


def test_long_forests_are_cut_into_pages(made: StudyResult) -> None:
    settings = [replace(BASE, analysis=GRIDS, population=f"setting {n}") for n in range(90)]
    settings += [replace(BASE, analysis=MISSED_DEATHS, population=f"{n}% of deaths recorded") for n in range(9)]
    sites = [replace(BASE, analysis=SITES, population=f"H{n:02}") for n in range(68)]
    sites += [replace(BASE, analysis=LEFT_OUT, population=f"without H{n:02}") for n in range(68)]
    study = made.study.model_copy(update={"sensitivity": m.Sensitivity()})
    with drawing():
        figures = [*draw_sensitivity(replace(made, study=study, records=(*made.records, *settings)))]
        figures += draw_parts(replace(made, records=(*made.records, *sites)))
    assert len(figures) > 7
    assert min(map(printed, figures)) >= SMALLEST
    said = " ".join(figure.description for figure in figures)
    assert all(said.count(f"setting {n}:".capitalize()) == 1 for n in range(90))
    assert all(said.count(f"  H{n:02}:") + said.count(f" H{n:02}:") >= 1 for n in range(68))


def test_a_flow_of_a_dozen_steps_can_be_read(made: StudyResult) -> None:
    steps = tuple(FlowStep(f"A criterion whose words take more than a single line, number {n}", 500 - n, 1, 300, 100) for n in range(12))
    flow = all_figures(replace(made, flow=steps, records=(), curves=(), baseline=(), overlap=())).flow
    assert flow is not None
    assert printed(flow) >= SMALLEST


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [((3, 3), [8]), ((3, 6), [8, 4]), ((5, 4), [8, 4]), ((6, 4), [7, 5]), ((12,), [8, 6]), ((3, 12), [8, 8, 3]), ((0, 3), [4]), ((), [])],
)
def test_groups_are_kept_whole_where_a_sheet_has_room(sizes: tuple[int, ...], expected: list[int]) -> None:
    groups = [[f"group {place}", *(f"{place}.{line}" for line in range(size))] for place, size in enumerate(sizes)]
    made = sheets(groups, 8, lambda heading: f"{heading}, continued")
    assert [len(lines) for lines in made] == expected
    assert [line for lines in made for line in lines if "." in line] == [line for group in groups for line in group[1:]]
    assert all(lines[0].startswith("group") for lines in made)


def test_the_tallest_figure_has_room_for_its_heading() -> None:
    assert TALLEST <= TALL

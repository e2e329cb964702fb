"""Sankey and sunburst of pathways typed in: nobody is drawn twice, nobody few is drawn, nothing overlaps."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from equipoise.kernel.masked import Masked
from equipoise.report.figures.all_figures import all_figures
from equipoise.report.figures.journeys import sankey
from equipoise.report.figures.journeys.counted import OTHERS, PALETTE, counted, describe
from equipoise.report.figures.journeys.sankey import LEAST, TALL, changes, draw_sankey, layout
from equipoise.report.figures.journeys.sunburst import arcs, draw_sunburst
from equipoise.report.look import drawing
from equipoise.report.page.html import html_text
from equipoise.report.page.page import page_of
from equipoise.report.tables.journeys.pathways import pathways_table
from equipoise.results.journeys import PathwayStep
from equipoise.results.study_result import StudyResult

STEPS = (
    PathwayStep((), "A", 100),
    PathwayStep((), "B", 60),
    PathwayStep((), "C", Masked()),
    PathwayStep(("A",), "B", 40),
    PathwayStep(("A",), "C", 20),
    PathwayStep(("A",), "", 40),
    PathwayStep(("B",), "A", 30),
    PathwayStep(("B",), "C", Masked()),
    PathwayStep(("A", "B"), "C", 15),
    PathwayStep(("C",), "A", 12),
)


@pytest.fixture
def result(made: StudyResult) -> StudyResult:
    return replace(made, pathways=STEPS)


def test_small_pathways_and_what_follows_them_are_left_out() -> None:
    found = counted(STEPS)
    assert found.prefixes == {("A",): 100, ("B",): 60, ("A", "B"): 40, ("A", "C"): 20, ("B", "A"): 30, ("A", "B", "C"): 15}
    assert found.hidden == 3
    assert found.regimens == ("A", "B", "C")
    assert describe(found) == (
        "First line: A 100, B 60. Largest changes: A to B at line 2 40; B to A at line 2 30; A to C at line 2 20; B to C at line 3 15. "
        "3 pathways of few persons are not drawn."
    )


def test_what_follows_a_hidden_pathway_is_left_out_however_far(result: StudyResult) -> None:
    steps = (*STEPS, PathwayStep(("C", "A"), "B", 11), PathwayStep(("C", "A", "B"), "A", 11))
    found = counted(steps)
    assert found.prefixes == counted(STEPS).prefixes
    assert found.hidden == 5
    assert draw_sankey(replace(result, pathways=steps)) is not None


def test_hidden_first_lines_are_drawn_together_and_what_follows_them_too() -> None:
    steps = (*STEPS, PathwayStep((), "D", Masked()), PathwayStep(("D",), "A", 14), PathwayStep(("D",), "B", Masked()))
    found = counted(steps, persons=205)
    assert found.prefixes[OTHERS,] == 205 - 100 - 60
    assert found.prefixes[OTHERS, "A"] == 12 + 14
    assert {prefix: n for prefix, n in found.prefixes.items() if prefix[0] != OTHERS} == counted(STEPS).prefixes
    assert found.hidden == 2, "B then C, and D then B"
    untold = (*steps, PathwayStep((), "", Masked()))
    assert (OTHERS,) not in counted(untold, persons=205).prefixes, "those without a line may be among the rest"


def test_many_regimens_are_taken_together_and_nobody_is_lost() -> None:
    many = tuple(PathwayStep((), f"R{i:02d}", 20 + i) for i in range(20))
    found = counted(many)
    assert len(found.regimens) == 9
    assert found.regimens[-1] == OTHERS
    assert sum(found.prefixes.values()) == sum(20 + i for i in range(20))
    assert found.colour(OTHERS) == PALETTE[-1]
    assert len({found.colour(name) for name in found.regimens}) == 9


def test_ribbons_carry_the_persons_who_went_on() -> None:
    found = counted(STEPS)
    assert changes(found, 2) == {("A", "B"): 40, ("A", "C"): 20, ("B", "A"): 30}
    assert changes(found, 3) == {("B", "C"): 15}


def test_blocks_of_a_line_do_not_overlap_and_are_as_tall_as_their_persons() -> None:
    nodes, scale = layout(counted(STEPS))
    assert scale == pytest.approx(TALL / 160)
    for level in (1, 2, 3):
        column = sorted((node for node in nodes.values() if node.level == level), key=lambda node: node.top)
        assert all(later.top - earlier.top >= max(earlier.height, LEAST) for earlier, later in pairwise(column))
        assert all(node.height == pytest.approx(node.persons * scale) for node in column)
    assert sankey.left_of(3, 3) + sankey.LABEL <= sankey.WIDTH


def test_rings_hold_the_rings_outside_them() -> None:
    found = {arc.prefix: arc for arc in arcs(counted(STEPS))}
    assert found["A",].start == 0
    assert found["B",].end == pytest.approx(360)
    assert found["A",].end == pytest.approx(360 * 100 / 160)
    for prefix, arc in found.items():
        if len(prefix) > 1:
            inside = found[prefix[:-1]]
            assert inside.start <= arc.start < arc.end <= inside.end + 1e-9
            assert (arc.end - arc.start) / (inside.end - inside.start) == pytest.approx(arc.persons / inside.persons)


def test_no_masked_number_is_in_the_files(result: StudyResult) -> None:
    with drawing():
        drawings = (draw_sankey(result), draw_sunburst(result))
    for figure in drawings:
        ElementTree.fromstring(figure.svg)  # noqa: S314
        first_lines = figure.description.split(".")[0]
        assert OTHERS in first_lines
        assert " C " not in first_lines, "a hidden first line is not told apart"
    assert [figure.name for figure in all_figures(result).pathways] == ["pathways_sankey", "pathways_sunburst"]


def test_nothing_to_show_draws_nothing(made: StudyResult) -> None:
    with drawing():
        assert draw_sankey(made) is None
        assert draw_sunburst(replace(made, pathways=(PathwayStep((), "A", Masked()),))) is None


def test_arms_have_figures_of_their_own(made: StudyResult) -> None:
    steps = (PathwayStep((), "A", 30, "TARE"), PathwayStep((), "A", 20, "TACE"))
    names = [figure.name for figure in all_figures(replace(made, pathways=steps)).pathways]
    assert names == [f"pathways_{kind}_{arm}" for arm in ("TACE", "TARE") for kind in ("sankey", "sunburst")]


def test_the_page_shows_them_with_their_numbers(result: StudyResult) -> None:
    page = html_text(page_of(result, all_figures(result)))
    assert '<section id="pathways"' in page
    assert 'href="#pathways"' in page
    rows = pathways_table(result).rows
    assert ("all", 3, "A → B", "C", 15) in rows
    assert ("all", 2, "A", "no further line", 40) in rows
    assert len(rows) == len(STEPS)

"""Forest plots of subgroups and sites."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

from equipoise.kernel.masked import Masked
from equipoise.report.figures.figure import Drawn
from equipoise.report.figures.parts.forest import draw_parts
from equipoise.report.look import drawing
from equipoise.results.analyses import FIXED, LEFT_OUT, SITES, SUBGROUPS
from equipoise.results.records import Record
from equipoise.results.study_result import StudyResult
from equipoise.study.model import LevelSubgroup

SVG = "{http://www.w3.org/2000/svg}"


def record(analysis: str, population: str, measure: str = "hazard_ratio", estimate: float | None = 0.8, **more: object) -> Record:
    limits = {} if estimate is None or measure != "hazard_ratio" else {"lower": estimate / 2, "upper": estimate * 2}
    blank = Record(analysis, population, "os", measure, "TARE", "TACE", "overlap", estimate)
    return replace(blank, **limits, **more)  # type: ignore[arg-type]


def with_parts(made: StudyResult, *records: Record) -> StudyResult:
    subgroups = (LevelSubgroup(name="subtype", label="Tumour subtype", covariate="subtype"),)
    return replace(made, study=made.study.model_copy(update={"subgroups": subgroups}), records=(*made.records, *records))


def texts(svg: str) -> list[str]:
    return ["".join(node.itertext()) for node in ElementTree.fromstring(svg).iter(f"{SVG}text")]  # noqa: S314


def plots(result: StudyResult) -> tuple[Drawn, ...]:
    with drawing():
        return draw_parts(result)


def test_nothing_is_drawn_without_parts(made: StudyResult) -> None:
    assert plots(made) == ()


def test_each_level_stands_under_its_subgroup_with_the_test_of_interaction(made: StudyResult) -> None:
    few = Masked(11)
    result = with_parts(
        made,
        record(SUBGROUPS, "subtype: HR+", n_target=40, n_comparator=30),
        record(SUBGROUPS, "subtype: HER2+", estimate=None, n_target=40, n_comparator=few),
        record(SUBGROUPS, "subtype", "interaction_test", 2.0, p_value=0.157),
    )
    (figure,) = plots(result)
    assert figure.name == "forest_subgroups"
    found = texts(figure.svg)
    for text in (
        "Tumour subtype",
        "interaction p = 0.16",
        "HR+",
        "0.80 (0.40\N{EN DASH}1.60)",
        "<11",
        "not shown",
        "All patients, all sites",
    ):
        assert any(text in one for one in found), text
    assert "HER2+: not shown." in figure.description


def test_sites_their_meta_analysis_and_what_is_left_without_them(made: StudyResult) -> None:
    result = with_parts(
        made,
        record(SITES, "H01", n_target=40, n_comparator=30),
        record(FIXED, "all sites"),
        record(FIXED, "all sites", "i_squared", 0.25),
        record(FIXED, "all sites", "heterogeneity_test", 4.0, p_value=0.4),
        record(LEFT_OUT, "without H01"),
        record(LEFT_OUT, "without H02 and H03 and H04"),
        record(LEFT_OUT, "all sites", "hazard_ratio_range"),
    )
    (figure,) = plots(result)
    assert figure.name == "forest_sites"
    found = texts(figure.svg)
    for text in ("H01", "Two-stage, fixed effect", "I² 25%, p = 0.40", "without H01", "without H02 and 2 more"):
        assert any(text in one for one in found), text


def test_many_levels_take_several_pages_and_long_groups_go_on_under_their_heading(made: StudyResult) -> None:
    records = [record(SITES, f"H{k:02}") for k in range(30)] + [record(LEFT_OUT, f"without H{k:02}") for k in range(30)]
    figures = plots(with_parts(made, *records))
    assert [figure.name for figure in figures] == ["forest_sites", "forest_sites_2", "forest_sites_3"]
    assert "One stage, without a site or a group of sites, continued" in figures[2].description

from __future__ import annotations

import re
from dataclasses import replace
from hashlib import sha256
from math import log
from xml.etree import ElementTree

import pytest

from equipoise.report import look
from equipoise.report.figures.all_figures import all_figures, every
from equipoise.report.figures.figure import pages, wrapped
from equipoise.report.figures.forest import PLOT_LEFT, PLOT_RIGHT, Scale
from equipoise.report.figures.love import differences
from equipoise.report.figures.survival import figure_name, thinned
from equipoise.results.study_result import StudyResult

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def drawings(made: StudyResult) -> dict[str, object]:
    return {figure.name: figure for figure in every(all_figures(made))}


def texts(svg: str) -> list[str]:
    return ["".join(node.itertext()) for node in ElementTree.fromstring(svg).iter(f"{SVG}text")]  # noqa: S314


def test_the_figures_of_a_study(drawings) -> None:
    curves = {f"kaplan_meier_os_{name}" for name in ("crude", "overlap", "iptw", "att", "matched")}
    assert set(drawings) == {"design_diagram", "flow", "propensity_overlap", "love_plot", "forest"} | curves


def test_equal_results_give_equal_bytes(made: StudyResult, drawings) -> None:
    again = {figure.name: figure for figure in every(all_figures(made))}
    assert {name: (f.svg, f.png) for name, f in again.items()} == {name: (f.svg, f.png) for name, f in drawings.items()}


def test_svg_has_text_alternative_own_ids_and_no_trace_of_when_or_where(drawings) -> None:
    for name, figure in drawings.items():
        root = ElementTree.fromstring(figure.svg)  # noqa: S314
        assert root.find(f"{SVG}title").text == figure.title
        assert root.find(f"{SVG}desc").text == figure.description
        assert root.get("role") == "img"
        ids = [node.get("id") for node in root.iter() if node.get("id")]
        assert len(ids) == len(set(ids))
        assert all(i.startswith(f"{name}-") for i in ids)
        used = re.findall(r'(?:xlink:href="|url\()#([^")]+)', figure.svg)
        assert set(used) <= set(ids)
        assert "<metadata" not in figure.svg
        assert figure.svg.count("<text ") == figure.svg.count(look.FONT_STACK), "letters are found on any machine"
        assert "matplotlib.org" not in figure.svg


def test_png_is_300_dots_an_inch(drawings) -> None:
    png = drawings["forest"].png
    width = int.from_bytes(png[16:20], "big")
    assert width == round(7.2 * 300)
    assert b"Software" not in png


def test_survival_figure_shows_the_numbers_at_risk_and_the_hazard_ratio(drawings) -> None:
    words = texts(drawings["kaplan_meier_os_overlap"].svg)
    assert "HR 0.80 (95% CI 0.65–0.98)" in words
    assert {"Number at risk", "TARE", "TACE", "334", "84", "<11", "60"} <= set(words)
    assert "50.0% at 36 months" in drawings["kaplan_meier_os_crude"].description


def test_flow_figure_shows_every_step(made: StudyResult, drawings) -> None:
    words = texts(drawings["flow"].svg)
    assert {"n = 4,211", "n = 418", "Excluded n = 3,593", "Excluded n < 11", "n = 334", "n = 84"} <= set(words)


def test_forest_scale_is_logarithmic() -> None:
    scale = Scale(0.5, 2.0)
    assert scale.at(0.5) == pytest.approx(PLOT_LEFT)
    assert scale.at(1.0) == pytest.approx((PLOT_LEFT + PLOT_RIGHT) / 2)
    assert scale.at(0.8) == pytest.approx(PLOT_LEFT + (PLOT_RIGHT - PLOT_LEFT) * log(1.6) / log(4))
    assert scale.at(100.0) == PLOT_RIGHT


def test_love_plot_orders_by_the_difference_before(made: StudyResult) -> None:
    rows = differences(made)
    before = [row.before for row in rows]
    assert before == sorted(before, reverse=True)
    assert rows[0].label == "ALBI score"
    assert rows[0].before == pytest.approx(0.504, abs=5e-4)
    assert "ECOG 1 or more" not in {row.label for row in rows}


def test_long_lists_are_split_over_figures(hard: dict[str, StudyResult]) -> None:
    assert [f.name for f in all_figures(hard["sixty covariates"]).love] == ["love_plot", "love_plot_2"]
    assert pages((6,) * 20, 30) == ((0, 5), (5, 10), (10, 15), (15, 20))
    assert pages((50, 1), 30) == ((0, 1), (1, 2))
    assert pages((), 30) == ()


def test_mathematical_signs_in_labels_stay_text(made: StudyResult) -> None:
    step = replace(made.flow[0], label="cost > $5 and < $9")
    assert "cost > $5 and < $9" in texts(all_figures(replace(made, flow=(step,), curves=(), baseline=())).flow.svg)


def test_file_names_hold_plain_letters_only() -> None:
    assert (
        figure_name("liver failure/90 d", "overlap")
        == "kaplan_meier_liver-failure-90-d-" + sha256(b"liver failure/90 d").hexdigest()[:6] + "_overlap"
    )
    assert figure_name("os", "overlap") == "kaplan_meier_os_overlap"
    assert figure_name("a b", "crude") != figure_name("a/b", "crude")


def test_marks_are_thinned_evenly() -> None:
    assert list(thinned((3.0, 1.0, 3.0), 5)) == [1.0, 3.0]
    kept = thinned(tuple(float(i) for i in range(1000)), 5)
    assert list(kept) == [0.0, 249.0, 499.0, 749.0, 999.0]


def test_wrapped_text_says_where_it_was_cut() -> None:
    assert wrapped("one two three", 8, 2) == "one two\nthree"
    assert wrapped("one two three four five", 8, 1).endswith("…")
    assert wrapped("", 8) == ""


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("colour", [look.TARGET, look.COMPARATOR, look.INK, look.QUIET])
@pytest.mark.parametrize("ground", ["#ffffff", look.STRIPE])
def test_text_colours_reach_the_contrast_of_wcag_aa(colour: str, ground: str) -> None:
    assert (luminance(ground) + 0.05) / (luminance(colour) + 0.05) >= 4.5

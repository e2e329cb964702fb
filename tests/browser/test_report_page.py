"""The report's page as a browser shows it, with the network off."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from equipoise.report import write_report
from equipoise.report.figures.all_figures import all_figures
from equipoise.report.page.html import html_text
from equipoise.report.page.page import page_of

HARD = ("long names", "sixty covariates", "twenty outcomes", "an empty arm", "all masked", "no curves", "nothing at all", "hostile text")


@pytest.fixture(scope="module")
def page(made, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_report(made, tmp_path_factory.mktemp("browser") / "report").html


def requested(log: Path) -> set[str]:
    """Addresses that a page asked for, from a Chromium network log; the browser's own traffic has no origin as its initiator."""
    events = json.loads(log.read_text(encoding="utf-8", errors="replace"))["events"]
    asked = [event["params"] for event in events if {"url", "initiator"} <= event.get("params", {}).keys()]
    return {params["url"] for params in asked if params["initiator"] != "not an origin"}


def console(stderr: str) -> list[str]:
    return [line for line in stderr.splitlines() if ":CONSOLE" in line]


def test_nothing_but_the_file_itself_is_asked_for(chromium, page: Path, tmp_path: Path) -> None:
    done = chromium.run(f"--log-net-log={tmp_path}/log.json", f"--screenshot={tmp_path}/report.png", page.as_uri())
    assert console(done.stderr) == []
    assert {url for url in requested(tmp_path / "log.json") if not url.startswith("data:")} == set()
    assert (tmp_path / "report.png").stat().st_size > 10_000


def test_a_page_that_does_ask_is_caught(chromium, tmp_path: Path) -> None:
    guilty = tmp_path / "guilty.html"
    guilty.write_text("<!DOCTYPE html><img src='http://example.org/x.png'><script>console.error('oh')</script>", encoding="utf-8")
    done = chromium.run(f"--log-net-log={tmp_path}/log.json", f"--screenshot={tmp_path}/x.png", guilty.as_uri())
    assert any("oh" in line for line in console(done.stderr))
    assert "http://example.org/x.png" in requested(tmp_path / "log.json")


@pytest.mark.parametrize("width", [1280, 400])
def test_the_page_fits_its_view(chromium, page: Path, width: int) -> None:
    seen = chromium.measure(page.read_text(encoding="utf-8"), width, unfold=True)
    assert seen["wide"] == []
    assert seen["width"] <= seen["view"]
    assert (seen["figures"], seen["flat"]) == (10, 0), "the design diagram is one of them"


def test_a_page_too_wide_is_caught(chromium) -> None:
    seen = chromium.measure("<!DOCTYPE html><body><p id=x style='width:700px'>wide</p>", 400, unfold=False)
    assert seen["wide"] == ["P#x.null"]
    assert seen["width"] > seen["view"]


@pytest.mark.parametrize("name", HARD)
def test_hard_results_fit_a_telephone(chromium, hard, name: str) -> None:
    result = hard[name]
    seen = chromium.measure(html_text(page_of(result, all_figures(result))), 400, unfold=True)
    assert seen["wide"] == []
    assert seen["width"] <= seen["view"]
    assert seen["flat"] == 0


def test_it_prints(chromium, page: Path, tmp_path: Path) -> None:
    out = tmp_path / "report.pdf"
    chromium.run("--no-pdf-header-footer", f"--print-to-pdf={out}", page.as_uri())
    assert out.read_bytes()[:5] == b"%PDF-"


A4_TEXT = 688
"""CSS pixels between the margins of the printed page: 182 mm."""


def as_printed(page: str) -> str:
    """The page with its rules for paper in force on the screen."""
    assert "@media print {" in page
    return page.replace("@media print {", "@media all {")


@pytest.mark.parametrize("name", ["made", *HARD])
def test_nothing_printed_is_wider_than_the_page(chromium, made, hard, name: str) -> None:
    """A browser that meets something wider prints every page smaller, letters and all."""
    result = made if name == "made" else hard[name]
    seen = chromium.measure(as_printed(html_text(page_of(result, all_figures(result)))), A4_TEXT, unfold=False)
    assert seen["width"] <= A4_TEXT


def test_a_printed_page_too_wide_is_caught(chromium) -> None:
    page = "<!DOCTYPE html><style>@media print { p { width: 900px } }</style><p>wide</p>"
    assert chromium.measure(as_printed(page), A4_TEXT, unfold=False)["width"] > A4_TEXT

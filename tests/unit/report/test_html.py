from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from equipoise.checks.all_checks import CHECKS
from equipoise.report import ReportPaths
from equipoise.report.figures.all_figures import all_figures
from equipoise.report.page.against import checks_in_short, objections
from equipoise.report.page.html import html_text
from equipoise.report.page.page import page_of
from equipoise.results.study_result import Note, StudyResult
from equipoise.study.model import Override

VOID = {"meta", "link", "br", "img", "input", "hr"}
HARD = ("long names", "sixty covariates", "twenty outcomes", "an empty arm", "all masked", "no curves", "nothing at all", "hostile text")


class Seen(HTMLParser):
    """Collects start tags with attributes and checks that tags nest."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag) -> None:
        assert self.open.pop() == tag


def seen(text: str) -> Seen:
    found = Seen(text)
    assert found.open == []
    return found


def check(text: str) -> None:
    tags = seen(text).tags
    names = [tag for tag, _ in tags]
    assert "script" not in names
    assert "img" not in names
    assert not [a for _, attrs in tags for a in attrs if a.startswith("on")]
    ids = [attrs["id"] for _, attrs in tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    links = [attrs[a] or "" for _, attrs in tags for a in ("href", "src", "xlink:href") if a in attrs]
    assert all(link.startswith(("#", "data:")) for link in links)
    assert {link[1:] for link in links if link.startswith("#")} <= set(ids)
    labels = " ".join(attrs.get("aria-labelledby") or "" for _, attrs in tags).split()
    assert set(labels) <= set(ids)
    assert not re.search(r"@import|url\((?!#)", text)
    levels = [int(name[1]) for name in names if re.fullmatch(r"h[1-6]", name)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert names.count("table") == names.count("caption")
    assert all("scope" in attrs for tag, attrs in tags if tag == "th")


def test_the_report_is_one_accessible_file_without_script(report: ReportPaths) -> None:
    check(report.html.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", HARD)
def test_hard_results_render(hard: dict[str, StudyResult], name: str) -> None:
    assert set(hard) == set(HARD)
    result = hard[name]
    check(html_text(page_of(result, all_figures(result))))


def test_sections_come_in_the_order_of_a_paper(report: ReportPaths) -> None:
    ids = [a["id"] for tag, a in seen(report.html.read_text(encoding="utf-8")).tags if tag == "section"]
    assert ids == [
        "against", "key", "notes", "design", "patients", "characteristics", "overlap", "balance", "survival", "ratios", "estimates",
        "weights", "hazards", "model", "sites", "masked", "codes", "checklists", "study", "rerun",
    ]  # fmt: skip


def test_the_page_says_what_a_reader_must_know(made: StudyResult, report: ReportPaths) -> None:
    text = report.html.read_text(encoding="utf-8")
    for words in (
        "HR 0.80 (95% CI 0.65–0.98), p = 0.03",
        "34.6 (29.1–42.2)",
        "61 contributed; 2 failed; 5 had no eligible patient",
        "EQ-NETWORK-003 no answer within 120 seconds",
        made.study_hash,
        "arms: {TARE: index is tare, TACE: index is tace}",
        "equipoise run study.yaml --network NET --out DIR",
        "37 rounds, 2,442 messages, 5.8 MB received",
    ):
        assert words in text, words
    assert text.index("DC07") < text.index("DC12")


def test_text_from_the_study_is_escaped(hard: dict[str, StudyResult]) -> None:
    result = hard["hostile text"]
    text = html_text(page_of(result, all_figures(result)))
    assert "&lt;script&gt;alert(1)" in text
    assert "<script" not in text


def test_pooled_runs_are_rerun_pooled(hard: dict[str, StudyResult]) -> None:
    result = replace(hard["nothing at all"], mode="pooled")
    assert "--out DIR --pooled" in html_text(page_of(result, all_figures(result)))


def test_the_checks_stand_before_the_result_and_say_what_is_overridden(made: StudyResult) -> None:
    study = made.study.model_copy(update={"overrides": (Override(check="DC01", reason="As published."),)})
    notes = (Note("warning", "DC40", "Short."), Note("warning", "DC01", "After zero."), Note("info", "DC21", "Quiet."))
    result = replace(made, study=study, notes=notes)
    assert [(one.title, one.degree) for one in objections(result)] == [
        ("Immortal time", "error, overridden"),
        ("Follow-up shorter than the median", "warning"),
    ]
    text = html_text(page_of(result, all_figures(result)))
    assert (
        text.index("<b>Immortal time</b> (error, overridden)")
        < text.index("HR 0.80 (95% CI")
        < text.index("<b>Error, overridden.</b> After zero.")
    )
    assert checks_in_short(result).startswith(f"2 of {len(CHECKS)} checks")
    assert checks_in_short(result).endswith("1 of them is an error that the study file overrides with a reason.")
    assert "None of the" in checks_in_short(replace(result, notes=()))


def test_print_leaves_folded_tables_out(report: ReportPaths) -> None:
    style = report.html.read_text(encoding="utf-8").partition("@media print")[2].partition("</style>")[0]
    assert "details:not([open])" in style
    assert "details-content" not in style

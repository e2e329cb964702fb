"""Renders the page: one HTML file that needs nothing else."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from equipoise.report.page.page import Page
from equipoise.report.wording import decimal, lowered


@cache
def environment() -> Environment:
    """Templates of the report; text is escaped."""
    loader = PackageLoader("equipoise.report", "templates")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def html_text(page: Page) -> str:
    """The whole document. Text is escaped; only our own style sheet and our own figures go in as they are."""
    style = files("equipoise.report").joinpath("templates/style.css").read_text(encoding="utf-8")
    return environment().get_template("report.html.j2").render(page=page, style=Markup(style), decimal=decimal, lowered=lowered)  # noqa: S704

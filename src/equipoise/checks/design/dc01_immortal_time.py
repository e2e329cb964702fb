"""DC01: arms that only those can reach who live long enough."""

from __future__ import annotations

from collections.abc import Iterator

from equipoise.checks.check import Check
from equipoise.study.model import Combination, CombinationAnalysis, Study

HONEST: frozenset[CombinationAnalysis] = frozenset({"landmark", "time-varying", "clone-censor-weight"})
"""Analyses that give nobody a label before the day on which it was earned."""


def design(study: Study) -> tuple[str, ...]:
    """The main window, when it reaches past the index day; other windows that do, when nothing honest stands beside them."""
    return tuple(_findings(study.combination)) if study.combination else ()


def _findings(combination: Combination) -> Iterator[str]:
    main = combination.main
    earned = f"to count as exposed a person must live to the first dose, and who dies before it is “{combination.otherwise}”"
    if main.end > 0:
        yield f"The main window {main.name} [{main.start}, {main.end}] decides arms after time zero: {earned}."
    late = [window for window in combination.shown_windows if window.end > 0 and window != main]
    if late and not HONEST & set(combination.analyses):
        named = ", ".join(f"{window.name} [{window.start}, {window.end}]" for window in late)
        yield f"Arms by {named} are decided after time zero, and no analysis beside them allows for it: {earned}."


CHECK = Check(
    "DC01",
    "immortal time",
    "days that a person had to live through to earn a label are counted for the label, and early deaths against the others",
    "Define exposure up to the index day, or add the landmark, time-varying and clone-censor-weight analyses and read those.",
    "error",
    design=design,
)

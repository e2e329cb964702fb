"""A chapter of the result: a part of the analysis that stands beside survival by arm, with its own questions, counts and records.

A chapter asks the network once everything is known that it may need (`Stage`), enters its counts into the one table, so that they are
masked together with all others, and adds what may be shown to the result. To add one: a folder beside `labs/`, a line in `chapters.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from equipoise.guard.counts import MaskedCounts
from equipoise.network.hub.analysis.census import Census
from equipoise.network.hub.analysis.effects import Effects, Plan
from equipoise.network.hub.analysis.learning import Lesson
from equipoise.network.hub.analysis.people import People
from equipoise.network.hub.conversation import Conversation
from equipoise.network.wire.views import Setting
from equipoise.results.study_result import StudyResult


@dataclass(frozen=True, slots=True)
class Stage:
    """What a chapter may ask with: the sites that are left, what was learned of them, the setting with scores and matched pairs."""

    talk: Conversation
    census: Census
    lesson: Lesson
    setting: Setting
    plan: Plan
    effects: Effects


class Chapter(Protocol):
    """What a chapter found over one fixed set of sites."""

    def enter(self, people: People) -> None:
        """Enter the counts that it shows into `people.table`, tied to those that they could be worked out from."""
        ...

    def write(self, people: People, masked: MaskedCounts, result: StudyResult) -> StudyResult:
        """The result with the chapter's records, notes and tables; of counts only what `masked` shows."""
        ...


Opening: TypeAlias = Callable[[Stage], Chapter | None]
"""Asks the network what the chapter needs. None when the study has nothing of it: then nothing is asked."""

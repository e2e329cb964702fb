"""What a check is: it looks at a design or at a result and either is content or has a finding with a remedy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from equipoise.results.study_result import Note, StudyResult
from equipoise.study.model import Study


def content(_: object) -> tuple[str, ...]:
    """No finding: for a check that does not look at this stage."""
    return ()


@dataclass(frozen=True, slots=True)
class Check:
    """One check. `design` looks before a run, `result` after it; each returns sentences, one a finding, empty when content."""

    code: str
    title: str
    why: str
    remedy: str
    severity: str
    """`warning` or `error`."""
    design: Callable[[Study], tuple[str, ...]] = content
    result: Callable[[StudyResult], tuple[str, ...]] = content

    def note(self, finding: str) -> Note:
        """The finding as the reader sees it."""
        return Note(self.severity, self.code, f"{finding} {self.remedy}")

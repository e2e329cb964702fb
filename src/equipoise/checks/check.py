"""What a check is: it looks at a design or at a result and either is content or has a finding with a remedy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from equipoise.results.study_result import Note, StudyResult
from equipoise.study.model import Study


def content(_: object) -> tuple[str, ...]:
    """No finding: for a check that does not look at this stage."""
    return ()


def outcome_words(study: Study, name: str) -> str:
    """An outcome inside a sentence: its label, `overall survival` for death without one, else its name with spaces."""
    one = next((outcome for outcome in study.outcomes if outcome.name == name), None)
    label = name.replace("_", " ") if one is None else one.label or ("overall survival" if one.kind == "death" else name.replace("_", " "))
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


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

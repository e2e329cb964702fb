"""What stands before the result: which checks found something, in words that a reader needs no list of codes for."""

from __future__ import annotations

from dataclasses import dataclass

from equipoise.checks.all_checks import CHECKS
from equipoise.results.study_result import Note, StudyResult


@dataclass(frozen=True, slots=True)
class Objection:
    """One check that found something. `kind`: `error`, `overridden` or `warning`; `times`: how many findings it has."""

    code: str
    title: str
    why: str
    kind: str
    times: int

    @property
    def degree(self) -> str:
        """Kind and number in brackets behind the title."""
        word = {"error": "error", "overridden": "error, overridden"}.get(self.kind, "warning")
        return word if self.times == 1 else f"{word}, {self.times} findings"


def objections(result: StudyResult) -> tuple[Objection, ...]:
    """Checks with an error or a warning: open errors first, then those that the study overrides, then warnings."""
    found = []
    for check in CHECKS:
        loud = [note for note in result.notes if note.code == check.code and note.severity in ("error", "warning")]
        if loud:
            found.append(Objection(check.code, _sentence(check.title), _sentence(check.why), kind_of(result, loud[0]), len(loud)))
    return tuple(sorted(found, key=lambda one: ("error", "overridden", "warning").index(one.kind)))


def kind_of(result: StudyResult, note: Note) -> str:
    """The severity of a note; `overridden` for an error that the study file answers with a reason."""
    errors = {check.code for check in CHECKS if check.severity == "error"}
    answered = {override.check for override in result.study.overrides or ()}
    return "overridden" if note.code in errors & answered and note.severity == "warning" else note.severity


def checks_in_short(result: StudyResult) -> str:
    """How many checks ran, how many found something, and how many warnings the analyses themselves gave."""
    found = objections(result)
    checks = {check.code for check in CHECKS}
    others = [note.code for note in result.notes if note.severity in ("error", "warning") and note.code not in checks]
    kinds = len(set(others))
    several = f"{len(others)} warnings of {kinds} {'kind' if kinds == 1 else 'kinds'}" if len(others) > 1 else "1 warning"
    more = f" The analyses themselves gave {several}, below with the notes." if others else ""
    if not found:
        return f"None of the {len(CHECKS)} checks of design and result found anything to object to.{more}"
    text = f"{len(found)} of {len(CHECKS)} checks of design and result object."
    overridden = sum(one.kind == "overridden" for one in found)
    if overridden:
        are = "is an error that the study file overrides" if overridden == 1 else "are errors that the study file overrides"
        text += f" {overridden} of them {are} with a reason."
    return text + more


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]

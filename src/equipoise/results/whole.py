"""A whole study result as text and back: what a report is written from, so that it can be written anew without a run."""

from __future__ import annotations

from functools import cache

from pydantic import TypeAdapter

from equipoise.results.study_result import StudyResult


@cache
def _adapter() -> TypeAdapter[StudyResult]:
    return TypeAdapter(StudyResult)


def whole_text(result: StudyResult) -> str:
    """JSON of everything; masked counts stay masked. Outside the study what has its default is left out."""
    rest = _adapter().dump_json(result, exclude={"study"}, exclude_defaults=True).decode()
    return f'{{"study":{result.study.model_dump_json()},{rest[1:]}\n'


def read_whole(text: str | bytes) -> StudyResult:
    """The result; equal to the one that was written. Raises pydantic's ValidationError for a text of another kind or version."""
    return _adapter().validate_json(text)

"""Code sets: concepts are named by vocabulary and code."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from equipoise.study.model.base import Model, absent


class Code(Model):
    """One row of a code list: concepts are found at each site by vocabulary and code, never shipped as ids alone."""

    vocabulary: str
    code: str
    match: Literal["exact", "prefix", "omop_descendants"]
    """`prefix` ignores dots. `omop_descendants` takes the standard concept and all its descendants in concept_ancestor."""
    concept_id: int | None = None
    """A hint: used only when `code` is empty or the vocabulary does not hold it."""
    description: str = ""


class CodeSet(Model):
    """A named set of codes."""

    name: str
    codes: tuple[Code, ...]
    circe: str | None = Field(default=None, exclude_if=absent)
    """A cohort definition in Circe's language, as JSON text: then there are no codes, and the set's records are the cohort's entries,
    each with the days on which it begins and ends, without a concept and without a value."""

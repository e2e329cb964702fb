"""The JSON Schema of study files as people write them, made by the definitions that read them."""

from __future__ import annotations

from equipoise.study.grammar.document import STUDY
from equipoise.study.grammar.shapes.values import DEFINITIONS, Schema


def study_schema() -> Schema:
    """A JSON Schema (draft 2020-12) for `study.yaml`. What it refuses, `read_study` refuses; phrases and names are checked there alone."""
    body = STUDY.schema()
    definitions = {name: shape.find().schema() for name, shape in sorted(DEFINITIONS.items())}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Equipoise study",
        **body,
        "$defs": definitions,
    }

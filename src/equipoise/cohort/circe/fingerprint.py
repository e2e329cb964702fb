"""The hash of a definition: of what it means, not of how it is written."""

from __future__ import annotations

from datetime import date
from typing import Any

from equipoise.cohort.circe.language import attributes
from equipoise.cohort.circe.model import CohortExpression, Concept, ConceptSet, InclusionRule
from equipoise.kernel.canonical import content_hash

SAID_TO_PEOPLE: dict[type, tuple[str, ...]] = {
    CohortExpression: ("title", "cdm_version_range"),
    ConceptSet: ("name",),
    InclusionRule: ("name", "description"),
}
"""Attributes that change no row of the cohort."""


def fingerprint(expression: CohortExpression) -> str:
    """SHA-256 of what decides who is in the cohort, and when.

    Names, descriptions, titles, everything of a concept but its id, unknown keys, and whether a default was written out do not count.
    """
    return content_hash({"circe": 1, "cohort": _meaning(expression)})


def _meaning(node: Any) -> Any:
    if isinstance(node, tuple):
        return [_meaning(item) for item in node]
    if isinstance(node, Concept):
        return node.concept_id
    if not hasattr(type(node), "__dataclass_fields__"):
        return node.isoformat() if isinstance(node, date) else node
    silent = SAID_TO_PEOPLE.get(type(node), ())
    told = {a.name: getattr(node, a.name) for a in attributes(type(node)) if a.name not in silent and not _is_default(node, a)}
    return {"": type(node).__name__} | {name: _meaning(value) for name, value in told.items()}


def _is_default(node: Any, attribute: Any) -> bool:
    return not attribute.required and getattr(node, attribute.name) == attribute.default

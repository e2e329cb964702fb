"""The model becomes Circe JSON that ATLAS and OHDSI's reference read; reading it again gives the same model."""

from __future__ import annotations

import json
from datetime import date
from enum import IntEnum
from typing import Any

from equipoise.cohort.circe.language import NESTED, Attribute, Many, One, Wrapped, attributes
from equipoise.cohort.circe.model import CohortExpression, Concept, Criterion, DemographicCriteria, Unknown

STANDARD = {"S": "Standard", "N": "Non-Standard", "C": "Classification"}
INVALID = {"V": "Valid", "D": "Invalid", "U": "Invalid"}
ONLY_WHEN_TRUE = ("first", "abnormal")


def write_circe(expression: CohortExpression) -> str:
    """The definition as JSON text, indented as ATLAS does, with a newline at its end."""
    return json.dumps(to_tree(expression), indent=2, ensure_ascii=False) + "\n"


def to_tree(expression: CohortExpression) -> dict[str, Any]:
    """The definition as plain values."""
    tree = _object(expression)
    tree.setdefault("CensorWindow", {})
    for unknown in expression.unknown:
        _put_back(tree, unknown)
    return tree


def _object(node: Any) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for attribute in attributes(type(node)):
        value = getattr(node, attribute.name)
        if _is_written(node, attribute, value):
            nested = NESTED.get((type(node), attribute.name))
            holder = tree.setdefault(nested, {}) if nested else tree
            holder[attribute.key] = _value(attribute, value)
    return _with_captions(node, tree) if isinstance(node, Concept) else tree


def _is_written(node: Any, attribute: Attribute, value: Any) -> bool:
    """Lists stand even when empty, except lists that filter; what is null is left out, except in concepts."""
    if value is None:
        return isinstance(node, Concept)
    if value == ():
        return not isinstance(node, Criterion | DemographicCriteria)
    return value is not False or attribute.name not in ONLY_WHEN_TRUE


def _value(attribute: Attribute, value: Any) -> Any:
    kind = attribute.kind
    if value is None:
        return None
    if isinstance(kind, Many):
        return [_item(kind.of, item) for item in value]
    if isinstance(kind, One | Wrapped):
        return _item(kind, value)
    if isinstance(value, date):
        return value.isoformat()
    return int(value) if isinstance(value, IntEnum) else value


def _item(kind: One | Wrapped, value: Any) -> dict[str, Any]:
    return {type(value).__name__: _object(value)} if isinstance(kind, Wrapped) else _object(value)


def _with_captions(concept: Concept, tree: dict[str, Any]) -> dict[str, Any]:
    tree["STANDARD_CONCEPT_CAPTION"] = STANDARD.get(concept.standard_concept or "", "Unknown")
    tree["INVALID_REASON_CAPTION"] = INVALID.get(concept.invalid_reason or "", "Unknown")
    return tree


def _put_back(tree: dict[str, Any], unknown: Unknown) -> None:
    holder: Any = tree
    for step in unknown.place:
        holder = holder[step] if isinstance(step, int) else holder.setdefault(step, {})
    holder[unknown.key] = json.loads(unknown.value)

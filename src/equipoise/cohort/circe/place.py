"""A place inside a definition, and its path in words that jq and JSONPath know."""

from __future__ import annotations

Place = tuple[str | int, ...]


def path_of(place: Place) -> str:
    """`$.PrimaryCriteria.CriteriaList[0].Death`."""
    return "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" if step.isidentifier() else f"[{step!r}]" for step in place)

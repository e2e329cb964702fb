"""Blocks of a study that the protocol has no words of its own for: told by their keys, so that none is left out."""

from __future__ import annotations

from collections.abc import Iterator

from equipoise.report.blocks import Block, Bullets, Heading
from equipoise.study.model import Model, Study

TOLD = frozenset(
    {
        "equipoise", "name", "title", "period_start", "period_end", "code_sets", "index", "steps", "arms", "follow", "outcomes",
        "covariates", "propensity", "analysis", "sites", "claims",
    }
)  # fmt: skip
"""Fields of a study that other parts of the protocol tell."""


def rest_of_study(study: Study) -> tuple[Block, ...]:
    """One section a block that is there and not told elsewhere."""
    blocks: list[Block] = []
    for name in type(study).model_fields:
        value = getattr(study, name)
        if name in TOLD or value is None or value == ():
            continue
        blocks += [Heading(2, name.replace("_", " ").capitalize()), Bullets(tuple(_lines(value)))]
    return tuple(blocks)


def _lines(value: object) -> Iterator[str]:
    if isinstance(value, Model):
        for name in type(value).model_fields:
            inner = getattr(value, name)
            if inner is not None and inner != ():
                yield f"{name.replace('_', ' ')}: {_short(inner)}"
    elif isinstance(value, tuple):
        yield from (_short(one) for one in value)
    else:
        yield _short(value)


def _short(value: object) -> str:
    if isinstance(value, Model):
        return ", ".join(
            f"{name.replace('_', ' ')} {_short(inner)}"
            for name in type(value).model_fields
            if (inner := getattr(value, name)) is not None and inner != () and name != "kind"
        )
    if isinstance(value, tuple):
        return "; ".join(_short(one) for one in value)
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)

"""What lines of therapy are called where courses of treatment are counted: a closed list, the same at every site and at the hub."""

from __future__ import annotations

from collections.abc import Collection
from itertools import combinations

from equipoise.study.model.lines.pack import Pack

LONGEST = 6
"""Lines of a person that are followed."""
SEVERAL = "three or more classes"
OTHER = "other"
NO_FURTHER = "no further line"


def regimen_labels(pack: Pack) -> tuple[str, ...]:
    """Each class, each two of them, and `three or more classes`, in the pack's order."""
    names = [name.replace("_", " ") for name in pack.classes]
    return (*names, *(f"{one} + {other}" for one, other in combinations(names, 2)), SEVERAL)


def regimen_label(pack: Pack, drugs: Collection[str]) -> str:
    """The label of a regimen; its drugs must be the pack's."""
    classes = [name.replace("_", " ") for name, one in pack.classes.items() if not set(one.drugs).isdisjoint(drugs)]
    return " + ".join(classes) if len(classes) < 3 else SEVERAL


def sources_of(told_apart: tuple[str, ...]) -> tuple[str, ...]:
    """What a step of a course may lead from."""
    return (*told_apart, OTHER)


def targets_of(told_apart: tuple[str, ...]) -> tuple[str, ...]:
    """What it may lead to."""
    return (*told_apart, OTHER, NO_FURTHER)

"""A rule pack: all rules of one disease, and what its names stand for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field

from equipoise.kernel.errors import closest
from equipoise.study.lines.errors import UNKNOWN_DRUG
from equipoise.study.model.base import Model
from equipoise.study.model.lines.rules import (
    Addition,
    Advance,
    AfterStop,
    Anchor,
    Days,
    DrugClass,
    Local,
    Maintenance,
    Names,
    Never,
    Orders,
    Substitution,
)


class Pack(Model):
    """How one disease's treatments become lines.

    A line begins with its first drug; drugs that begin up to `window` days later belong to it. It runs until every drug's last covered day
    is more than its route's `gap` ago. A drug that comes back is the line's own for `rechallenge` days after its last covered day (flagged
    when its gap had passed). Any other drug begins a new line unless a rule lets it join.

    Misleads when lines are read as progressions: a drug can change for cost, toxicity or a patient's wish, and records do not say why.
    """

    lines: Literal[1]
    """Version of the format."""
    name: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
    title: str
    window: Days
    gap: Annotated[dict[str, Days], Field(min_length=1)]
    """By route."""
    rechallenge: Days
    current: Days
    """A line is current at the index when it covers that day or ended at most so many days before."""
    classes: Annotated[dict[str, DrugClass], Field(min_length=1)]
    groups: dict[str, Names] = Field(default_factory=dict)
    """Names for several classes or drugs at once."""
    products: dict[str, Names] = Field(default_factory=dict)
    """Other names of drugs, and products of several: each stands for the drugs listed."""
    never: tuple[Never, ...] = ()
    local: tuple[Local, ...] = ()
    orders: Orders | None = None
    substitutions: tuple[Substitution, ...] = ()
    additions: tuple[Addition, ...] = ()
    after_stop: tuple[AfterStop, ...] = ()
    advances: tuple[Advance, ...] = ()
    maintenance: Maintenance | None = None
    anchor: Anchor | None = None

    def drugs(self) -> tuple[str, ...]:
        """All drugs that make lines, sorted."""
        return tuple(sorted(drug for one in self.classes.values() for drug in one.drugs))

    def class_of(self) -> dict[str, DrugClass]:
        """The class of each drug."""
        return {drug: one for one in self.classes.values() for drug in one.drugs}

    def drugs_of(self, names: Iterable[str]) -> frozenset[str]:
        """The drugs that names of drugs, classes and groups stand for. Raises EQ-STUDY-061 for a name that the pack does not have."""
        return frozenset(drug for name in names for drug in self._drugs_of_one(name))

    def _drugs_of_one(self, name: str) -> frozenset[str]:
        if name in self.groups:
            return self.drugs_of(inner for inner in self.groups[name] if inner not in self.groups)
        if name in self.classes:
            return frozenset(self.classes[name].drugs)
        if name in self.class_of():
            return frozenset((name,))
        known = self.names()
        raise UNKNOWN_DRUG.error(f"the pack `{self.name}` has no drug, class or group `{name[:60]}`", did_you_mean=closest(name, known))

    def contained(self) -> dict[str, frozenset[str]]:
        """Every name that a record may carry, and the drugs of lines that it stands for."""
        own = {drug: frozenset((drug,)) for drug in self.drugs()}
        return own | {product: self.drugs_of(inside) for product, inside in self.products.items()}

    def names(self) -> tuple[str, ...]:
        """Names that rules may use."""
        return (*self.drugs(), *self.classes, *self.groups)

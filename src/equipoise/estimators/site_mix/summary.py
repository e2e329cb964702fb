"""What crosses the border for the mixture of arms over sites, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass

from equipoise.estimators.data import Ints
from equipoise.estimators.shape import Additive, disclosed


@dataclass(frozen=True)
class SiteMixAsk:
    """Count sites and persons. `above` (2,) int64: sites with more persons than this in the comparator (0) or target arm (1) are
    counted; None in the first round, when the arms' sizes are not yet known."""

    above: Ints | None = None


@dataclass(frozen=True)
class SiteMixSummary(Additive):
    """0 or 1 for the site itself, and its people by arm (0 comparator, 1 target)."""

    sites: Ints = disclosed("none", "(1,)", "1 if the site has anyone")
    both: Ints = disclosed("none", "(1,)", "1 if it has people of both arms")
    persons: Ints = disclosed("count", "(2,)", "people by arm")
    alone: Ints = disclosed("count", "(2,)", "people by arm, if the site has one arm only")
    above: Ints = disclosed("none", "(2,)", "1 if the site is above the asked number of people, by arm")


@dataclass(frozen=True)
class SiteMixResult:
    """Sites with anyone, with both arms, and by arm those that hold more than `share` of its persons; persons by arm, and of them those
    at sites with one arm only. Arms: 0 comparator, 1 target.

    Misleads when one hospital's records lie in several CDMs, or several hospitals' in one.
    """

    sites: int
    both: int
    persons: tuple[int, int]
    alone: tuple[int, int]
    above: tuple[int, int]
    share: float

    @property
    def share_alone(self) -> float:
        """Share of all persons who are at a site with one arm only: they add nothing to a comparison within sites. NaN of nobody."""
        return sum(self.alone) / sum(self.persons) if sum(self.persons) else float("nan")

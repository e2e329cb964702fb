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
    """sites, both: (1,) sites with anyone, and with persons of both arms. persons, alone: (2,) persons by arm (0 comparator, 1 target), all
    and at sites with one arm only. above: (2,) sites above the asked number."""

    sites: Ints = disclosed("none")
    both: Ints = disclosed("none")
    persons: Ints = disclosed("count")
    alone: Ints = disclosed("count")
    above: Ints = disclosed("none")


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

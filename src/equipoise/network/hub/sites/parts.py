"""Which sites may be shown alone, and which are left out together with others, so that no difference shows one of them.

A site that shares its own aggregates and has the minimum in both arms stands alone. All others are drawn into groups at random, once for
each study (from its hash, so that no second drawing can be set against the first): at least three sites and the minimum in both arms.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from equipoise.guard.alone import FEWEST_SITES, may_stand_alone
from equipoise.guard.policy import Policy
from equipoise.network.hub.analysis.census import Census
from equipoise.network.wire.messages import Part

MOST_GROUPS = 10


@dataclass(frozen=True, slots=True)
class SiteParts:
    """alone: sites that may be shown alone, by name. left_out: what is left out each time, such sites, then groups. never: the others."""

    alone: tuple[Part, ...]
    left_out: tuple[tuple[str, ...], ...]
    never: tuple[str, ...]

    @property
    def groups(self) -> tuple[tuple[str, ...], ...]:
        """The sites that are left out together."""
        return tuple(names for names in self.left_out if len(names) > 1)


def parts_of(census: Census) -> tuple[Part, ...]:
    """The sites with anybody in the analysis, by name; of pooled rows the sites that they came from."""
    found = [part for prepared in census.prepared.values() for part in prepared.parts]
    if not found:
        last = {site: prepared.attrition[-1].tolist() for site, prepared in census.prepared.items()}
        found = [Part(site, int(target), int(comparator)) for site, (_, target, comparator) in last.items()]
    return tuple(sorted((part for part in found if part.target + part.comparator), key=lambda part: part.site))


def site_parts(sites: tuple[Part, ...], policy: Policy, seed: str) -> SiteParts:
    """How the sites are shown. policy: what breaks none of the sites' terms. seed: of the study."""
    alone = tuple(part for part in sites if may_stand_alone(policy, (part.comparator, part.target)))
    rest = [part for part in sites if part not in alone]
    random.Random(seed).shuffle(rest)  # noqa: S311 - a partition, not a secret
    named = {part.site for part in alone}
    units = (*((part.site,) for part in alone), *grouped(rest, policy.minimum_count))
    left_out = tuple(names for names in units if leaves_enough({part.site for part in sites} - set(names), named))
    inside = {site for names in left_out for site in names}
    return SiteParts(alone, left_out, tuple(sorted(part.site for part in sites if part.site not in inside)))


def leaves_enough(left: set[str], alone: set[str]) -> bool:
    """Whether those that are left may be shown: three sites, or only such as may stand alone."""
    return len(left) >= FEWEST_SITES or bool(left and left <= alone)


def grouped(sites: list[Part], minimum: int) -> tuple[tuple[str, ...], ...]:
    """As many groups as can be made, ten at most, each of three sites or more with the minimum in both arms; none where one cannot."""
    for number in range(min(MOST_GROUPS, len(sites) // FEWEST_SITES), 0, -1):
        dealt = [sites[first::number] for first in range(number)]
        if all(min(sum(p.target for p in group), sum(p.comparator for p in group)) >= minimum for group in dealt):
            return tuple(tuple(sorted(part.site for part in group)) for group in dealt)
    return ()

"""Which sites are left out together where none says its own numbers: dealt once, by number; how many persons each group has is then asked.

A second dealing could be set against the first, so groups are only ever put together, and what was dealt stays when a site fails.
"""

from __future__ import annotations

from collections.abc import Sequence

from equipoise.estimators.site_mix.hub import SiteMixHub
from equipoise.guard.alone import FEWEST_SITES
from equipoise.guard.secure_sums.site_sets import parts
from equipoise.network.hub.chapter import Stage
from equipoise.network.hub.rounds import Job, run_jobs
from equipoise.network.hub.sites.parts import MOST_GROUPS, SiteParts
from equipoise.network.wire.messages import Part
from equipoise.network.wire.views import View

Persons = tuple[int, int]


def masked_parts(stage: Stage) -> tuple[tuple[Part, ...], SiteParts]:
    """The sites that share sums only, and the groups in which they are left out; none alone."""
    talk, policy = stage.talk, stage.census.policy
    secure = frozenset(talk.secure())
    sites = tuple(Part(site, 0, 0) for site in sorted(secure))
    known = [part for part in parts(talk.added) if part <= secure]
    fewest = max(FEWEST_SITES, policy.minimum_sites)
    groups = [tuple(sorted(part)) for part in known] if len(known) > 1 else dealt(talk.shuffled(secure), fewest)
    left_out = merged(groups, _persons(stage, groups), policy.minimum_count) if len(groups) > 1 else ()
    inside = {site for names in left_out for site in names}
    return sites, SiteParts((), left_out, tuple(sorted(secure - inside)))


def dealt(order: Sequence[str], fewest: int) -> list[tuple[str, ...]]:
    """Sites dealt into groups of at least so many, ten groups at most."""
    number = max(1, min(MOST_GROUPS, len(order) // fewest))
    return [tuple(sorted(order[first::number])) for first in range(number)]


def merged(groups: Sequence[tuple[str, ...]], persons: Sequence[Persons], minimum: int) -> tuple[tuple[str, ...], ...]:
    """Groups put together, one after the other, until each has the minimum in both arms. persons: by group and arm.

    () where one group alone would be left: nothing stands against it.
    """
    found: list[tuple[tuple[str, ...], Persons]] = []
    names: tuple[str, ...] = ()
    n = 0, 0
    for group, more in zip(groups, persons, strict=True):
        names, n = tuple(sorted((*names, *group))), (n[0] + more[0], n[1] + more[1])
        if min(n) >= minimum:
            found.append((names, n))
            names, n = (), (0, 0)
    if names and found:
        found[-1] = tuple(sorted((*found[-1][0], *names))), n
    return tuple(names for names, _ in found) if len(found) > 1 else ()


def _persons(stage: Stage, groups: Sequence[tuple[str, ...]]) -> list[Persons]:
    """Persons of each group by arm: all less those without it."""
    jobs = [Job("site_mix", SiteMixHub(), View()), *(Job("site_mix", SiteMixHub(), View(without=group)) for group in groups)]
    whole, *without = run_jobs(stage.talk, stage.setting, jobs)
    return [(whole.persons[0] - left.persons[0], whole.persons[1] - left.persons[1]) for left in without]

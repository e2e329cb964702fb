"""Which sets of sites may be asked, so that no sums over different sets can be set against each other to show a few sites.

All sets that a study was asked over cut the sites into parts: those that were always in together or out together. Whatever is added and
subtracted, only whole parts come out. So every part must have the least number of sites, and a set that would cut one smaller is refused.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from equipoise.guard.errors import SETS_TOO_CLOSE

Sites = frozenset[str]


def parts(sets: Iterable[Collection[str]]) -> tuple[Sites, ...]:
    """The parts into which sets cut their union, in the order of their first names."""
    asked = [frozenset(one) for one in sets]
    by_membership: dict[tuple[bool, ...], set[str]] = {}
    for site in frozenset[str]().union(*asked):
        by_membership.setdefault(tuple(site in one for one in asked), set()).add(site)
    return tuple(sorted(map(frozenset, by_membership.values()), key=min))


def allow_set(new: Collection[str], before: Sequence[Collection[str]], fewest: int) -> None:
    """Raise EQ-GUARD-012 when a set of sites, beside those asked before, cuts a part smaller than the least number of sites."""
    smallest = min((len(part) for part in parts([*before, new])), default=0)
    if new and smallest < fewest:
        what = f"{smallest} sites would be told apart from the others by what was asked before, {fewest} at least must be"
        raise SETS_TOO_CLOSE.error(what)


def left_with(lost: Collection[str], before: Sequence[Collection[str]], fewest: int, order: Sequence[str]) -> Sites:
    """The largest set without the lost sites that `allow_set` allows, given the sets before: of each part that lost some, others go too.

    order: all sites; of a part the first in this order go first.
    """
    kept: set[str] = set()
    for part in parts(before):
        here = [site for site in order if site in part]
        gone = [site for site in here if site in lost]
        others = [site for site in here if site not in lost]
        others = others[max(0, fewest - len(gone)) :] if gone else others
        kept |= set(others) if len(others) >= fewest else set()
    return frozenset(kept)

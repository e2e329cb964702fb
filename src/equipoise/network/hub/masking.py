"""The hub's side of sums under masks: it carries offers, sees that all sites took the same set, adds words, and reads the total.

Which sites may be left out together is planned here and held at the sites (`guard.secure_sums.site_sets`): a site that is lost after
answers were added takes others with it, or the difference between the sums before and after would be its own numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from equipoise.estimators.shape import Additive
from equipoise.guard.secure_sums.fixed_point import Layout, Words, from_words
from equipoise.guard.secure_sums.site_sets import left_with
from equipoise.kernel.errors import EquipoiseError
from equipoise.network.hub.conversation import Conversation, SitesLostError
from equipoise.network.hub.errors import MASKS_LEFT, ODD_SUMMARY, TOGETHER
from equipoise.network.wire.masked import Agree, Agreed, CohortTotals, Join, MaskedEstimates, Offer, Totals
from equipoise.network.wire.messages import Welcome


def open_session(talk: Conversation, welcomes: Mapping[str, Welcome]) -> None:
    """Have the sites that are left join a session and agree on each other; nothing where no site needs masks."""
    while any(masked(welcomes[site]) for site in talk.sites):
        keep_apart(talk, welcomes)
        talk.session, name = b"", talk.new_name()
        offers = talk.ask("join", Join(name), Offer)
        before = talk.sites
        agreed = talk.ask("agree", Agree(name, tuple(offers[site] for site in before)), Agreed)
        usual = Counter(one.digest for one in agreed.values()).most_common(1)[0][0]
        for site in [site for site, one in agreed.items() if one.digest != usual]:
            talk.drop(site, ODD_SUMMARY.error("it took another set of sites"))
        if talk.sites == before:
            talk.session = name
            return
    talk.session = b""


def masked(welcome: Welcome) -> bool:
    """Whether a site answers under masks only; as `Policy.masked`."""
    return welcome.share == "secure-sums" and welcome.minimum_sites > 1


def keep_apart(talk: Conversation, welcomes: Mapping[str, Welcome]) -> None:
    """After a loss, leave out others with the lost, so that none of them is told by the difference. Raises EQ-HUB-001 when few are left."""
    if not talk.added:
        return
    secure = [site for site in talk.transport.sites if site in welcomes and welcomes[site].share == "secure-sums"]
    lost = [site for site in secure if site not in talk.sites]
    fewest = max((welcomes[site].minimum_sites for site in secure), default=1)
    kept = left_with(lost, talk.added, fewest, talk.shuffled(secure))
    for site in secure:
        if site in talk.sites and site not in kept:
            talk.apart[site] = TOGETHER.error(f"left out with {', '.join(sorted(lost))}").problems[0].what
            talk.leave_out(site)


def cohort_totals(talk: Conversation) -> CohortTotals:
    """What the sites counted, added under masks. Raises SitesLostError when a site fails."""
    before = talk.sites
    note_sets(talk, ())
    answers = talk.ask("totals", Totals(), MaskedEstimates)
    (total,) = added(talk, before, answers, [(CohortTotals,)])
    assert isinstance(total, CohortTotals)  # noqa: S101 - a declared type, as from_words has checked
    return total


def note_sets(talk: Conversation, without: Sequence[tuple[str, ...]]) -> None:
    """Remember the sets of sites that are about to be added over."""
    for left_out in ((), *without):
        over = frozenset(talk.secure(left_out))
        if over not in talk.added:
            talk.added.append(over)


def added(
    talk: Conversation, before: tuple[str, ...], answers: Mapping[str, MaskedEstimates], declared: Sequence[Sequence[type[Additive]]]
) -> list[Additive]:
    """The totals. Raises SitesLostError where a site's answer is missing or laid out otherwise, EQ-HUB-015 where masks are left."""
    laid: dict[str, tuple[tuple[Layout, ...], int]] = {site: (one.layouts, one.words.size) for site, one in answers.items()}
    usual = Counter(laid.values()).most_common(1)[0][0]
    for site in [site for site, layouts in laid.items() if layouts != usual]:
        talk.drop(site, ODD_SUMMARY.error("the layout of its summary differs from the other sites'"))
    if talk.sites != before:
        raise SitesLostError
    words = np.zeros(usual[1], dtype=np.uint64)
    for one in answers.values():
        words += one.words
    if not words.size or words[-1] != 0 or len(usual[0]) != len(declared):
        raise MASKS_LEFT.error("the sum of the sites' answers is not a sum")
    try:
        return _read(usual[0], words, declared, len(before))
    except EquipoiseError as error:
        raise MASKS_LEFT.error(error.problems[0].what) from None


def _read(layouts: Sequence[Layout], words: Words, declared: Sequence[Sequence[type[Additive]]], sites: int) -> list[Additive]:
    found, start = [], 0
    for layout, kinds in zip(layouts, declared, strict=True):
        found.append(from_words(layout, words[start : start + layout.words], kinds, sites))
        start += layout.words
    return found

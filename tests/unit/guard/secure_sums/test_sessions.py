"""The rules of a masked session, each broken by a hub that would see more than sums."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from equipoise.guard.policy import Policy
from equipoise.guard.secure_sums.agreement import Offer, offer
from equipoise.guard.secure_sums.identity import Identity, Roster
from equipoise.guard.secure_sums.sessions import MaskedSessions
from equipoise.kernel.errors import EquipoiseError

STUDY, NAME = "a" * 64, b"session 00000001"


def network(names: str, policy: Policy = Policy()) -> dict[str, MaskedSessions]:  # noqa: B008 - frozen
    sites = {name: MaskedSessions(name, Identity.of(None), policy, "1.0") for name in names}
    roster = Roster({name: site.identity.public for name, site in sites.items()})
    for site in sites.values():
        site.roster = roster
    return sites


def offers(sites: dict[str, MaskedSessions], name: bytes = NAME) -> list[Offer]:
    return [site.join(STUDY, name) for site in sites.values()]


def agreed(names: str) -> dict[str, MaskedSessions]:
    sites = network(names)
    made = offers(sites)
    assert len({site.agree(STUDY, NAME, made) for site in sites.values()}) == 1
    return sites


def test_masks_cancel_over_all_sites_and_over_no_fewer() -> None:
    sites = agreed("abcde")
    said = []
    for number, site in enumerate(sites.values()):
        assert site.again(STUDY, NAME, 1, b"question") is None
        site.ask_over(STUDY, NAME, [])
        said.append(site.hide(STUDY, NAME, np.full(4, number, dtype=np.uint64)))
    assert sum(said, np.zeros(4, dtype=np.uint64)).tolist() == [10, 10, 10, 10]
    assert (sum(said[:4], np.zeros(4, dtype=np.uint64)) > 1000).all()


def test_nothing_cancels_when_one_site_is_asked_another_question() -> None:
    sites = agreed("abc")
    total = np.zeros(4, dtype=np.uint64)
    for name, site in sites.items():
        site.again(STUDY, NAME, 1, b"a question that is 0 elsewhere" if name == "a" else b"question")
        total += site.hide(STUDY, NAME, np.zeros(4, dtype=np.uint64))
    assert (total > 1000).all()


def forge(made: list[Offer]) -> list[Offer]:
    return [made[0], replace(made[1], key=X25519PrivateKey.generate().public_key().public_bytes_raw()), *made[2:]]


def sign_oneself(made: list[Offer]) -> list[Offer]:
    own = X25519PrivateKey.generate()
    return [made[0], offer(Identity.of(None), own, (STUDY, NAME), ("b", "1.0", "secure-sums")), *made[2:]]


def add_a_stranger(made: list[Offer]) -> list[Offer]:
    return [*made, offer(Identity.of(None), X25519PrivateKey.generate(), (STUDY, NAME), ("stranger", "1.0", "secure-sums"))]


def call_open_closed(made: list[Offer]) -> list[Offer]:
    return [made[0], replace(made[1], share="site-aggregates"), *made[2:]]


def name_twice(made: list[Offer]) -> list[Offer]:
    return [*made, made[1]]


def leave_out_the_site_itself(made: list[Offer]) -> list[Offer]:
    return made[1:]


def null_key(made: list[Offer]) -> list[Offer]:
    return [made[0], replace(made[1], key=bytes(32)), *made[2:]]


@pytest.mark.parametrize("change", [forge, sign_oneself, add_a_stranger, call_open_closed, name_twice, leave_out_the_site_itself, null_key])
def test_a_set_with_a_key_that_the_site_does_not_believe_is_refused(change: Callable[[list[Offer]], list[Offer]]) -> None:
    sites = network("abcd")
    made = change(offers(sites))
    with pytest.raises(EquipoiseError, match="EQ-GUARD-010"):
        sites["a"].agree(STUDY, NAME, made)


def test_an_offer_made_for_another_session_is_refused() -> None:
    sites = network("abcd")
    old = offers(sites, b"session 00000000")
    new = offers(sites)
    with pytest.raises(EquipoiseError, match="EQ-GUARD-010"):
        sites["a"].agree(STUDY, NAME, [new[0], *old[1:]])


def test_a_peer_of_another_version_is_refused() -> None:
    sites = network("abcd")
    sites["b"].version = "0.9"
    with pytest.raises(EquipoiseError, match=r"EQ-GUARD-010 b runs version 0.9, this site runs 1.0"):
        sites["a"].agree(STUDY, NAME, offers(sites))


def test_a_key_of_small_order_is_refused_even_when_signed() -> None:
    sites = network("abcd")
    made = offers(sites)
    bad = replace(made[1], key=bytes(32))
    from equipoise.guard.secure_sums.agreement import statement

    bad = replace(bad, signature=sites["b"].identity.sign(statement((STUDY, NAME), bad)))
    with pytest.raises(EquipoiseError, match="EQ-GUARD-010"):
        sites["a"].agree(STUDY, NAME, [made[0], bad, *made[2:]])


@pytest.mark.parametrize(("names", "open_ones"), [("ab", ""), ("abcd", "bc")])
def test_a_sum_over_fewer_than_three_sites_that_share_sums_only_is_refused(names: str, open_ones: str) -> None:
    sites = network(names)
    for name in open_ones:
        sites[name].policy = Policy("site-aggregates")
    with pytest.raises(EquipoiseError, match="EQ-GUARD-011"):
        sites["a"].agree(STUDY, NAME, offers(sites))


def test_a_question_of_the_past_is_refused_and_the_last_one_answered_with_the_same_bytes() -> None:
    site = agreed("abc")["a"]
    assert site.again(STUDY, NAME, 5, b"five") is None
    site.keep_reply(STUDY, NAME, b"answer")
    assert site.again(STUDY, NAME, 5, b"five") == b"answer"
    for number, message in ((5, b"another five"), (4, b"four")):
        with pytest.raises(EquipoiseError, match="EQ-GUARD-014"):
            site.again(STUDY, NAME, number, message)
    assert site.again(STUDY, NAME, 6, b"six") is None
    with pytest.raises(EquipoiseError, match="EQ-GUARD-014"):
        site.again(STUDY, NAME, 6, b"six")  # it was let in and not answered: it may be half said


def test_the_same_study_over_all_sites_but_one_is_refused_once_something_was_answered() -> None:
    sites = network("abcdefg")
    made = offers(sites)
    for site in sites.values():
        site.agree(STUDY, NAME, made)
        site.ask_over(STUDY, NAME, [])
    for left, allowed in (("abcdef", False), ("abcde", False), ("abcd", True), ("abcdefg", True)):
        again = b"session " + left.encode().ljust(8)
        made = [sites[name].join(STUDY, again) for name in left]
        if allowed:
            sites["a"].agree(STUDY, again, made)
        else:
            with pytest.raises(EquipoiseError, match="EQ-GUARD-012"):
                sites["a"].agree(STUDY, again, made)


def test_groups_left_out_that_overlap_are_refused() -> None:
    site = agreed("abcdefghi")["a"]
    site.ask_over(STUDY, NAME, [("a", "b", "c"), ("d", "e", "f")])
    with pytest.raises(EquipoiseError, match="EQ-GUARD-012"):
        site.ask_over(STUDY, NAME, [("c", "d", "e")])


def test_no_answer_without_a_session() -> None:
    site = network("abc")["a"]
    with pytest.raises(EquipoiseError, match="EQ-GUARD-013"):
        site.needed(b"")
    with pytest.raises(EquipoiseError, match="EQ-GUARD-013"):
        site.again(STUDY, NAME, 1, b"")
    site.join(STUDY, NAME)
    with pytest.raises(EquipoiseError, match="EQ-GUARD-013"):
        site.size(STUDY, NAME)


def test_a_session_goes_on_while_others_of_the_study_are_opened_beside_it() -> None:
    sites = agreed("abc")
    for number in range(20):
        beside = f"count {number:010}".encode()
        made = offers(sites, beside)
        for site in sites.values():
            site.agree(STUDY, beside, made)
            assert site.again(STUDY, beside, 1, b"count") is None
            assert site.again(STUDY, NAME, number + 1, b"run") is None
    with pytest.raises(EquipoiseError, match="EQ-GUARD-013"):
        sites["a"].again(STUDY, b"count 0000000000", 2, b"count")


def test_two_sessions_of_a_study_may_no_more_differ_by_a_site_than_one_after_the_other() -> None:
    sites = agreed("abcde")
    for site in sites.values():
        site.ask_over(STUDY, NAME, [])
    fewer = {name: site for name, site in sites.items() if name != "c"}
    made = offers(fewer, b"beside")
    for site in fewer.values():
        with pytest.raises(EquipoiseError, match="EQ-GUARD-012"):
            site.agree(STUDY, b"beside", made)


def test_the_same_set_twice_is_one_set_and_another_one_is_refused() -> None:
    sites = network("abcd")
    made = offers(sites)
    site = sites["a"]
    assert site.agree(STUDY, NAME, made) == site.agree(STUDY, NAME, made)
    with pytest.raises(EquipoiseError, match="EQ-GUARD-014"):
        site.agree(STUDY, NAME, made[:3])
    site.again(STUDY, NAME, 1, b"question")
    with pytest.raises(EquipoiseError, match="EQ-GUARD-014"):
        site.agree(STUDY, NAME, made)

from __future__ import annotations

import pytest

from equipoise.guard.policy import Policy
from equipoise.network.hub.sites.parts import site_parts
from equipoise.network.wire.messages import Part

SUMS, OWN = Policy("secure-sums"), Policy("site-aggregates")


def sites(*persons: tuple[int, int]) -> tuple[Part, ...]:
    return tuple(Part(f"s{place:02}", *arms) for place, arms in enumerate(persons))


def test_large_sites_stand_alone_small_ones_go_in_groups() -> None:
    made = site_parts(sites((50, 20), (30, 11), *[(20, 5)] * 6), OWN, "seed")
    assert [part.site for part in made.alone] == ["s00", "s01"]
    assert made.left_out[:2] == (("s00",), ("s01",))
    assert sorted(map(len, made.groups)) == [3, 3]
    assert sorted(site for group in made.groups for site in group) == [f"s{place:02}" for place in range(2, 8)]
    assert made.never == ()


def test_a_group_has_the_minimum_in_both_arms() -> None:
    made = site_parts(sites((50, 20), (50, 20), *[(20, 2)] * 8), OWN, "seed")
    assert [len(group) for group in made.groups] == [8]
    none = site_parts(sites((50, 20), (50, 20), *[(20, 1)] * 8), OWN, "seed")
    assert none.groups == ()
    assert none.never == tuple(f"s{place:02}" for place in range(2, 10))


def test_under_sums_only_all_go_in_groups_the_same_each_time() -> None:
    network = sites(*[(100, 50)] * 68)
    made = site_parts(network, SUMS, "seed")
    assert made.alone == ()
    assert [len(group) for group in made.groups] == [7] * 8 + [6] * 2
    assert len({site for group in made.groups for site in group}) == 68
    assert site_parts(network, SUMS, "seed") == made
    assert site_parts(network, SUMS, "another") != made


@pytest.mark.parametrize(
    ("policy", "persons", "left_out"),
    [
        (SUMS, [(90, 90)] * 5, 0),
        (SUMS, [(90, 90)] * 6, 2),
        (OWN, [(90, 90), (5, 5)], 0),
        (OWN, [(90, 90), (90, 90)], 2),
        (OWN, [(90, 90), (90, 90), (5, 5)], 0),
        (OWN, [(90, 90)] * 3 + [(5, 5)], 3),
        (OWN, [(90, 90)], 0),
    ],
)
def test_what_is_left_shows_no_site_that_may_not_be_shown(policy: Policy, persons: list[tuple[int, int]], left_out: int) -> None:
    made = site_parts(sites(*persons), policy, "seed")
    assert len(made.left_out) == left_out
    outside = {f"s{place:02}" for place in range(len(persons))} - {site for names in made.left_out for site in names}
    assert set(made.never) == outside

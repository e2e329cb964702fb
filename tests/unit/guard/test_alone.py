from __future__ import annotations

import pytest

from equipoise.guard.alone import allow_leaving_out, may_stand_alone
from equipoise.guard.policy import Policy
from equipoise.kernel.errors import EquipoiseError

SUMS, OWN = Policy("secure-sums"), Policy("site-aggregates")


@pytest.mark.parametrize(
    ("policy", "persons", "may"),
    [
        (OWN, (11, 11), True),
        (OWN, (10, 200), False),
        (OWN, (200, 10), False),
        (OWN, (200, 0), False),
        (SUMS, (200, 200), False),
        (Policy("deidentified-rows", minimum_count=3), (3, 4), True),
    ],
)
def test_a_site_stands_alone_only_with_enough_in_both_arms_and_on_its_own_terms(
    policy: Policy, persons: tuple[int, int], may: bool
) -> None:
    assert may_stand_alone(policy, persons) is may


@pytest.mark.parametrize(("policy", "sites", "persons"), [(SUMS, 1, (99, 99)), (SUMS, 2, (99, 99)), (OWN, 1, (5, 99)), (OWN, 2, (99, 0))])
def test_leaving_out_one_or_two_is_refused(policy: Policy, sites: int, persons: tuple[int, int]) -> None:
    with pytest.raises(EquipoiseError, match="EQ-GUARD-005"):
        allow_leaving_out(policy, sites, persons)


@pytest.mark.parametrize(("policy", "sites", "persons"), [(SUMS, 0, (1, 1)), (SUMS, 3, (1, 1)), (OWN, 1, (11, 11)), (OWN, 3, (0, 1))])
def test_leaving_out_nobody_a_group_or_a_large_open_site_is_allowed(policy: Policy, sites: int, persons: tuple[int, int]) -> None:
    allow_leaving_out(policy, sites, persons)

"""When a number may be shown that speaks of one site alone, or from which one site's part could be worked out by subtraction."""

from __future__ import annotations

from collections.abc import Sequence

from equipoise.guard.errors import ALONE_REFUSED
from equipoise.guard.policy import Policy

FEWEST_SITES = 3
"""Sites whose sum may be shown under `secure-sums`: of two, each would learn the other's part."""


def may_stand_alone(policy: Policy, persons: Sequence[int]) -> bool:
    """Whether a site's own estimate may be shown: its terms allow it, and each arm has the minimum. persons: by arm."""
    return policy.share != "secure-sums" and all(n >= policy.minimum_count for n in persons)


def allow_leaving_out(policy: Policy, sites: int, persons: Sequence[int]) -> None:
    """Raise EQ-GUARD-005 when so few sites are left out that the difference to all of them shows this one, which may not stand alone."""
    if 0 < sites < FEWEST_SITES and not may_stand_alone(policy, persons):
        raise ALONE_REFUSED.error(f"{sites} sites are left out together, {FEWEST_SITES} at least must be")

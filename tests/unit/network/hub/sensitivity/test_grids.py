"""What may be told of sites that are left when the small ones are not asked."""

from __future__ import annotations

import pytest

from equipoise.estimators.site_mix.summary import SiteMixResult
from equipoise.guard.policy import Policy
from equipoise.network.hub.sensitivity.grids import tellable


@pytest.mark.parametrize(
    ("sites", "persons", "expected"),
    [(3, (40, 80), True), (2, (11, 11), True), (1, (400, 800), False), (5, (10, 800), False), (0, (0, 0), False)],
)
def test_no_single_site_and_no_handful(sites: int, persons: tuple[int, int], expected: bool) -> None:
    assert tellable(SiteMixResult(sites, sites, persons, (0, 0), (0, 0), 0.25), Policy()) is expected

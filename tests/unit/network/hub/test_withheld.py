from __future__ import annotations

import pytest

from equipoise.guard.policy import Policy
from equipoise.network.hub.withheld import may_be_shown
from equipoise.results.records import Record


@pytest.mark.parametrize(("persons", "shown"), [(22, True), (21, False), (500, True)])
def test_a_median_with_fewer_on_a_side_than_the_minimum_is_an_extreme(persons: int, shown: bool) -> None:
    record = Record(
        "main", "all", "os", "median_survival", "A", adjustment="crude", estimate=400.0, n_target=persons, events_target=persons
    )
    assert (may_be_shown(record, Policy()).estimate is not None) == shown
    assert may_be_shown(record, Policy(minimum_count=2)).estimate == 400.0

from __future__ import annotations

import pytest

from equipoise.guard.policy import Policy
from equipoise.kernel.masked import Masked
from equipoise.network.hub.withheld import may_be_shown
from equipoise.results.records import Record


@pytest.mark.parametrize(("persons", "shown"), [(22, True), (21, False), (500, True)])
def test_a_median_with_fewer_on_a_side_than_the_minimum_is_an_extreme(persons: int, shown: bool) -> None:
    record = Record(
        "main", "all", "os", "median_survival", "A", adjustment="crude", estimate=400.0, n_target=persons, events_target=persons
    )
    assert (may_be_shown(record, Policy()).estimate is not None) == shown
    assert may_be_shown(record, Policy(minimum_count=2)).estimate == 400.0


APART, FEW = Masked(11, complementary=True), Masked(11)


def risk_ratio(adjustment: str, persons: int | Masked, events: int | Masked) -> Record:
    return Record(
        *("main", "all", "fever", "risk_ratio", "A", "B", adjustment, 1.4, 1.1, 1.8, 0.01),
        n_target=persons,
        n_comparator=300,
        events_target=events,
        events_comparator=40,
        time_days=30.0,
    )


@pytest.mark.parametrize(
    ("adjustment", "persons", "events", "shown"),
    [
        ("overlap", APART, 60, True),
        ("iptw", APART, 60, True),
        # Under these each person of the target counts 1, so that events over the share are the hidden persons.
        ("crude", APART, 60, False),
        ("att", APART, 60, False),
        ("matched", APART, 60, False),
        # Steps of a weighted share can be counted where they are few.
        ("overlap", APART, FEW, False),
        ("overlap", 310, FEW, False),
        ("overlap", FEW, 60, False),
    ],
)
def test_a_share_under_weights_that_nobody_knows_tells_no_number_of_persons(
    adjustment: str, persons: int | Masked, events: int | Masked, shown: bool
) -> None:
    record = risk_ratio(adjustment, persons, events)
    assert (may_be_shown(record, unknown_weights=True).estimate is not None) == shown
    if persons == APART:
        assert may_be_shown(record).estimate is None, "weights of few kinds can be tried out"

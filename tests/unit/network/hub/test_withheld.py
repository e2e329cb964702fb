from __future__ import annotations

from math import sqrt

import pytest

from equipoise.guard.policy import Policy
from equipoise.kernel.masked import Masked
from equipoise.network.hub.withheld import balance_without_rare, may_be_shown
from equipoise.results.records import Record
from equipoise.results.study_result import BaselineRow


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


TREATED, OTHERS = 334, 83


def rows_of_a_rare_share(men: int, other_men: int, hidden: tuple[bool, bool]) -> tuple[BaselineRow, ...]:
    """The share of women, which four men and one would follow from; differences in units of the SD before adjustment."""
    shares = 1 - men / TREATED, 1 - other_men / OTHERS
    sd = sqrt(sum(p * (1 - p) * n / (n - 1) for p, n in zip(shares, (TREATED, OTHERS), strict=True)) / 2)
    counts = [APART if hide else round(p * n) for hide, p, n in zip(hidden, shares, (TREATED, OTHERS), strict=True)]
    crude = [None if hide else p for hide, p in zip(hidden, shares, strict=True)]
    weighted = {"overlap": (0.9795, 0.9913), "iptw": (0.9854, 0.9951), "att": (shares[0], 0.9970), "score-bins": (0.981, 0.992)}
    first = BaselineRow("female", "Female", "", "share", "crude", crude[0], None, counts[0], crude[1], None, counts[1], None)
    others = (
        BaselineRow("female", "Female", "", "share", name, one, None, None, two, None, None, (one - two) / sd)
        for name, (one, two) in weighted.items()
    )
    return (first, *others)


@pytest.mark.parametrize(
    ("hidden", "shown"),
    [
        ((True, True), {"overlap": (True, True), "iptw": (True, True), "att": (False, True), "score-bins": (False, False)}),
        ((False, True), {"overlap": (True, True), "iptw": (True, True), "att": (True, True), "score-bins": (True, False)}),
        ((False, False), dict.fromkeys(("overlap", "iptw", "att", "score-bins"), (True, True))),
    ],
)
def test_no_hidden_count_of_table_1_can_be_worked_out(hidden: tuple[bool, bool], shown: dict[str, tuple[bool, bool]]) -> None:
    crude, *weighted = balance_without_rare(rows_of_a_rare_share(4, 1, hidden), unknown_weights=True)
    assert {row.adjustment: (row.target is not None, row.comparator is not None) for row in weighted} == shown
    assert all((row.smd is None) == (row.target is None or row.comparator is None) for row in weighted)
    for row in weighted:
        if row.smd is None or row.target is None or row.comparator is None or not any(hidden):
            continue
        # What a reader would do: the variance that the difference was divided by, beside those of all numbers of men.
        variance = ((row.target - row.comparator) / row.smd) ** 2
        assert variance == pytest.approx((row.target * (1 - row.target) + row.comparator * (1 - row.comparator)) / 2)
        assert abs(variance - variance_before(4, 1)) > 1e-6
    assert crude.target_count == (APART if hidden[0] else 330)


def variance_before(men: int, other_men: int) -> float:
    shares = men / TREATED, other_men / OTHERS
    return sum(p * (1 - p) * n / (n - 1) for p, n in zip(shares, (TREATED, OTHERS), strict=True)) / 2


def test_the_variance_before_adjustment_tells_both_numbers_of_men() -> None:
    """Why: of all pairs of numbers, theirs alone (and their complements) has that variance."""
    pairs = [(a, b) for a in range(TREATED // 2) for b in range(OTHERS // 2) if abs(variance_before(a, b) - variance_before(4, 1)) < 1e-9]
    assert pairs == [(4, 1)]


def test_weights_of_few_kinds_hide_the_share_too() -> None:
    _, overlap, *_ = balance_without_rare(rows_of_a_rare_share(4, 1, (True, True)), unknown_weights=False)
    assert (overlap.target, overlap.comparator, overlap.smd) == (None, None, None)

"""Which counts of an arm are shown beside those that are known: literal arms, smallest count 11."""

from __future__ import annotations

import pytest

from equipoise.guard.policy import Policy
from equipoise.kernel.masked import Count, Masked
from equipoise.network.hub.events.counting import ArmCounts, Known

SMALL, BESIDE = Masked(11), Masked(11, complementary=True)


@pytest.mark.parametrize(
    ("arm", "known", "expected"),
    [
        # persons, washed out, in window, new; size, at risk, events; washed out, kept, in window, new
        ((500, 50, 110, 80), (500, 430, 60), (50, 450, 110, 80)),
        ((500, 0, 80, 80), (500, 430, 60), (0, 500, 80, 80)),
        ((500, 0, 80, 80), (500, 500, 80), (0, 500, 80, 80)),
        ((500, 7, 120, 118), (500, 430, 60), (SMALL, BESIDE, BESIDE, BESIDE)),
        ((500, 50, 110, 80), (500, 445, 60), (BESIDE, BESIDE, 110, 80)),
        ((500, 50, 110, 80), (500, 430, 75), (50, 450, BESIDE, BESIDE)),
        ((500, 50, 120, 80), (500, 430, 60), (50, 450, BESIDE, BESIDE)),
        ((500, 50, 45, 6), (500, 430, Masked(11)), (50, 450, BESIDE, SMALL)),
        ((500, 50, 120, 80), (500, 430, BESIDE), (50, 450, BESIDE, BESIDE)),
        ((500, 50, 495, 450), (500, 430, 430), (50, 450, BESIDE, BESIDE)),
        ((9, 0, 3, 3), (Masked(11), Masked(11), Masked(11)), (0, SMALL, SMALL, SMALL)),
        ((500, 50, 120, 80), (BESIDE, BESIDE, 60), (BESIDE, BESIDE, BESIDE, BESIDE)),
        ((500, 0, 0, 0), (500, 430, 0), (0, 500, 0, 0)),
    ],
)
def test_counts_of_an_arm(
    arm: tuple[int, int, int, int], known: tuple[Count, Count, Count], expected: tuple[Count, Count, Count, Count]
) -> None:
    shown = ArmCounts(*arm).shown(Known(*known), Policy("deidentified-rows"))
    assert (shown["washed_out"], shown["kept"], shown["in_window"], shown["new_in_window"]) == expected


def test_small_ones_stand_as_ten_where_the_policy_rounds_up() -> None:
    shown = ArmCounts(500, 50, 45, 6).shown(Known(500, 430, Masked(11, 10)), Policy("deidentified-rows", masking="show-10"))
    assert shown["new_in_window"] == Masked(11, 10)
    assert shown["in_window"] == BESIDE


def test_whom_a_broken_pair_leaves_out_is_no_secret() -> None:
    shown = ArmCounts(500, 50, 100, 66).shown(Known(500, 430, 60, by_matching=True), Policy("deidentified-rows"))
    assert shown["new_in_window"] == 66
    assert ArmCounts(500, 50, 100, 66).shown(Known(500, 430, 60), Policy("deidentified-rows"))["new_in_window"] == BESIDE

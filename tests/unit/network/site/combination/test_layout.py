"""Windows, landmarks and exposure in time, person by person."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from equipoise.network.site.combination.exposures import Exposures
from equipoise.network.site.combination.layout import Followed, at_landmark, in_window, kept_rows, through_time
from equipoise.network.wire.combination import CombinationFrame

START = -np.inf
Table = Callable[..., list[tuple[object, ...]]]


def test_labels_of_windows_whoever_lived_through_them(of: Followed, exposures: Exposures) -> None:
    assert in_window(of, exposures, "W0").label.tolist() == [0, 1, 2, 2, 2, 1, 2, 2]
    assert in_window(of, exposures, "W2").label.tolist() == [0, 0, 1, 2, 0, 1, 0, 2]


def test_a_landmark_leaves_out_who_is_gone_and_restarts_the_clock(of: Followed, exposures: Exposures, table: Table) -> None:
    stayed, left = (at_landmark(of, exposures, 14, left=left) for left in (False, True))
    assert table(stayed) == [
        (0, 0, START, 86.0, 1),
        (3, 2, START, 36.0, 0),
        (4, 1, START, 186.0, 1),
        (6, 2, START, 286.0, 1),
        (7, 2, START, 286.0, 0),
    ]
    assert table(left) == [(1, 0, START, 8.0, 1), (2, 1, START, 5.0, 1), (5, 1, START, 14.0, 1)]


def test_rows_through_time(of: Followed, exposures: Exposures, table: Table) -> None:
    """Person 1 would take up A on day 10 but dies on day 8; person 2 dies on the day of the first B: with the label before."""
    assert table(through_time(of, exposures)) == [
        (0, 0, START, 100.0, 1),
        (1, 1, START, 8.0, 1),
        (2, 2, START, 5.0, 1),
        (3, 2, START, 50.0, 0),
        (4, 0, 20.0, 200.0, 1),
        (4, 1, 10.0, 20.0, 0),
        (4, 2, START, 10.0, 0),
        (5, 1, START, 14.0, 1),
        (6, 0, 40.0, 300.0, 1),
        (6, 2, START, 40.0, 0),
        (7, 0, 95.0, 300.0, 0),
        (7, 2, START, 95.0, 0),
    ]


def test_time_and_events_are_neither_lost_nor_made(of: Followed, exposures: Exposures) -> None:
    laid = through_time(of, exposures)
    assert laid.entry is not None
    days = np.bincount(laid.who, laid.time - np.where(np.isfinite(laid.entry), laid.entry, 0))
    np.testing.assert_allclose(days, of.time)
    np.testing.assert_array_equal(np.bincount(laid.who, laid.event), of.event)


def test_rows_of_labels_and_of_combined_arms(of: Followed, exposures: Exposures) -> None:
    laid, arm = in_window(of, exposures, "W2"), np.array([0, 1, 0, 1, 0, 1, 0, 1])
    assert kept_rows(laid, arm, CombinationFrame("window"), 3).all()
    assert np.flatnonzero(kept_rows(laid, arm, CombinationFrame("window", labels=(2, 1)), 3)).tolist() == [2, 3, 5, 7]
    assert np.flatnonzero(kept_rows(laid, arm, CombinationFrame("window", arms=(0, 5)), 3)).tolist() == [0, 3, 4, 6, 7]

"""Clones and their artificial censoring, person by person: grace of 18 days, checked on days 7, 14 and 18."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from equipoise.network.site.combination.clones import boundaries, clone
from equipoise.network.site.combination.exposures import Exposures
from equipoise.network.site.combination.layout import Followed

START = -np.inf
Table = Callable[..., list[tuple[object, ...]]]


def test_decisions_are_taken_at_the_ends_of_weeks_and_of_the_grace_period() -> None:
    assert boundaries(18).tolist() == [0, 7, 14, 18]
    assert boundaries(21).tolist() == [0, 7, 14, 21]
    assert boundaries(90).tolist() == [*range(0, 85, 7), 90]
    assert boundaries(5).tolist() == [0, 5]


def test_the_first_class_is_contradicted_at_the_end_only(of: Followed, exposures: Exposures, table: Table) -> None:
    """Persons 0 (at the index) and 1 (day 10, had it lived) begin in time; 1, 2, 5 die before the end of the grace period."""
    assert table(clone(of, exposures, 0, 18).laid()) == [
        (0, 0, START, 100.0, 1),
        (1, 0, START, 8.0, 1),
        (2, 0, START, 5.0, 1),
        (3, 0, START, 18.0, 0),
        (4, 0, START, 18.0, 0),
        (5, 0, START, 14.0, 1),
        (6, 0, START, 18.0, 0),
        (7, 0, START, 18.0, 0),
    ]


def test_the_second_class_yields_to_the_first(of: Followed, exposures: Exposures, table: Table) -> None:
    """Person 0 has A at the index: no clone. Person 1's A on day 10 would be acted on at day 14, after its death."""
    assert table(clone(of, exposures, 1, 18).laid()) == [
        (1, 1, START, 8.0, 1),
        (2, 1, START, 5.0, 1),
        (3, 1, START, 18.0, 0),
        (4, 1, START, 200.0, 1),
        (5, 1, START, 14.0, 1),
        (6, 1, START, 18.0, 0),
        (7, 1, START, 18.0, 0),
    ]


def test_none_is_contradicted_by_any_class_in_the_grace_period_and_by_none_after_it(
    of: Followed, exposures: Exposures, table: Table
) -> None:
    """Person 4's B on day 10 is acted on at day 14. A begun on days 40 and 95 comes after the grace period."""
    assert table(clone(of, exposures, 2, 18).laid()) == [
        (2, 2, START, 5.0, 1),
        (3, 2, START, 50.0, 0),
        (4, 2, START, 14.0, 0),
        (6, 2, START, 300.0, 1),
        (7, 2, START, 300.0, 0),
    ]


def test_past_the_grace_period_each_person_has_one_clone_with_the_label_of_its_end(of: Followed, exposures: Exposures) -> None:
    clones = [clone(of, exposures, strategy, 18).laid() for strategy in range(3)]
    late = [(laid.who[laid.time > 18], strategy) for strategy, laid in enumerate(clones)]
    found = {int(person): strategy for people, strategy in late for person in people}
    assert sum(len(people) for people, _ in late) == len(found) == int((of.time > 18).sum())
    label = exposures.label(exposures.exposed_by(18))
    assert found == {person: int(label[person]) for person in found}

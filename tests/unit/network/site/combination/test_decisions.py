"""Decisions of clones as rows of a regression, and weights worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from equipoise.network.site.combination.clones import clone
from equipoise.network.site.combination.decisions import decisions, time_columns, weighted
from equipoise.network.site.combination.exposures import Exposures
from equipoise.network.site.combination.layout import Followed
from equipoise.network.wire.combination import CensoringModel, CombinationFrame


def logit(p: float) -> float:
    return float(np.log(p / (1 - p)))


@pytest.mark.parametrize(
    ("strategy", "decision", "expected"),
    [
        (1, "index", {0: [1], 1: [0], 2: [0], 3: [0], 4: [0], 5: [0], 6: [0], 7: [0]}),
        (2, "index", {0: [1], 1: [1], 2: [0], 3: [0], 4: [0], 5: [1], 6: [0], 7: [0]}),
        (2, "week", {3: [0, 0, 0], 4: [0, 1], 6: [0, 0, 0], 7: [0, 0, 0]}),
        (1, "week", {1: [0], 3: [0, 0, 0], 4: [0, 0, 0], 5: [0], 6: [0, 0, 0], 7: [0, 0, 0]}),
        (0, "end", {0: [0], 3: [1], 4: [1], 6: [1], 7: [1]}),
        (1, "end", {3: [1], 4: [0], 6: [1], 7: [1]}),
    ],
)
def test_only_who_is_followed_past_a_boundary_decides_there(
    of: Followed, exposures: Exposures, strategy: int, decision: str, expected: dict[int, list[int]]
) -> None:
    """Person 5 dies on day 14, a boundary: it decides on day 7 and no more. Person 4's B on day 10 leaves none, its A on day 20 is late."""
    found = decisions(clone(of, exposures, strategy, 18), decision)  # type: ignore[arg-type]
    rows: dict[int, list[int]] = {}
    for person, contradicted in zip(found.who.tolist(), found.contradicted.tolist(), strict=True):
        rows.setdefault(person, []).append(int(contradicted))
    assert rows == expected


def test_columns_of_time() -> None:
    assert time_columns("week", np.array([1, 6]), 12).tolist() == [[1, 1 / 12, 1 / 144], [1, 0.5, 0.25]]
    assert time_columns("week", np.array([1, 2]), 3).tolist() == [[1], [1]]
    assert time_columns("end", np.array([12]), 12).tolist() == [[1]]


def test_weights_are_products_over_the_boundaries_passed(of: Followed, exposures: Exposures) -> None:
    """Chances of 0.5 at the index, 0.2 a week and 0.1 at the end; 0.75, 0.4, 0.7 where x is 1 (persons 4 to 7)."""
    x = np.repeat([0.0, 1.0], 4)[:, None]
    chances = {"index": (0.5, 0.75), "week": (0.2, 0.4), "end": (0.1, 0.7)}
    models = tuple(
        CensoringModel(1, name, (logit(0.3),), (logit(low), logit(high) - logit(low)))  # type: ignore[arg-type]
        for name, (low, high) in chances.items()
    )
    laid = weighted(clone(of, exposures, 1, 18), CombinationFrame("weighted clones", models=models), x)
    assert laid.weight is not None
    assert laid.entry is not None
    rows = {
        (who, max(entry, 0)): (time, event, weight)
        for who, entry, time, event, weight in zip(
            laid.who.tolist(), laid.entry.tolist(), laid.time.tolist(), laid.event.tolist(), laid.weight.tolist(), strict=True
        )
    }
    first, week, end = 0.7 / 0.25, 0.7 / 0.6, 0.7 / 0.3
    assert {key: row for key, row in rows.items() if key[0] == 4} == {
        (4, 0): (7.0, 0, pytest.approx(first)),
        (4, 7): (14.0, 0, pytest.approx(first * week)),
        (4, 14): (18.0, 0, pytest.approx(first * week**2)),
        (4, 18): (200.0, 1, pytest.approx(first * week**3 * end)),
    }
    assert {key: row for key, row in rows.items() if key[0] == 1} == {
        (1, 0): (7.0, 0, pytest.approx(1.4)),
        (1, 7): (8.0, 1, pytest.approx(1.4 * 0.7 / 0.8)),
    }
    assert not [key for key in rows if key[0] == 0]
    cut = weighted(clone(of, exposures, 1, 18), CombinationFrame("weighted clones", models=models, limits=((0, 9), (1.3, 2.0), (0, 9))), x)
    np.testing.assert_allclose(cut.weights, np.clip(laid.weight, 1.3, 2.0))


def test_without_models_clones_are_not_weighted(of: Followed, exposures: Exposures) -> None:
    clones = clone(of, exposures, 1, 18)
    laid, plain = weighted(clones, CombinationFrame("weighted clones"), np.zeros((8, 0))), clones.laid()
    assert set(laid.weights.tolist()) == {1.0}
    np.testing.assert_array_equal(np.bincount(laid.who, laid.event, 8), np.bincount(plain.who, plain.event, 8))

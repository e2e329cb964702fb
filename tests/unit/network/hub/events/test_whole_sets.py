"""Which weights change when a washout takes persons out of matched sets, set by set."""

from __future__ import annotations

import numpy as np
import pytest

from equipoise.estimators.matching.summary import MatchRowsResult
from equipoise.network.hub.events.whole_sets import changed_weights


def matched(token: list[int], pair: list[int], weight: list[float]) -> MatchRowsResult:
    tokens = np.array(token, dtype=np.uint64)
    return MatchRowsResult(tokens, np.array(pair), np.array(weight), 0, 0, 0, 0, None, "logit", "largest")


PAIRS = matched([10, 20, 30, 11, 21, 31], [0, 1, 2, 0, 1, 2], [1.0] * 6)


@pytest.mark.parametrize(
    ("gone", "changed"),
    [([10], [10, 11]), ([21], [20, 21]), ([30, 31], [30, 31]), ([10, 21], [10, 11, 20, 21]), ([99], [])],
)
def test_pairs_go_whole(gone, changed):
    part = changed_weights("x", PAIRS, np.array(gone, dtype=np.uint64))
    assert part.tokens.tolist() == changed
    assert part.token_weights.tolist() == [0.0] * len(changed)


def test_a_set_lives_on_with_the_partners_that_are_left():
    """Focal 1 with partners 2, 3; focal 4 with partners 5, 6. Shares of the first set's partner 1, of the second's a half each."""
    sets = matched([1, 4, 2, 3, 5, 6], [0, 1, 0, 0, 1, 1], [1.0] * 6)
    part = changed_weights("x", sets, np.array([3], dtype=np.uint64))
    found = dict(zip(part.tokens.tolist(), part.token_weights.tolist(), strict=True))
    assert found == pytest.approx({2: 1.5, 3: 0.0, 5: 0.75, 6: 0.75})
    assert changed_weights("x", sets, np.array([4], dtype=np.uint64)).tokens.tolist() == [4, 5, 6]
    assert changed_weights("x", sets, np.array([5, 6], dtype=np.uint64)).tokens.tolist() == [4, 5, 6]

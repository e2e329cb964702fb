from __future__ import annotations

from equipoise.network.hub.analysis.curves import yearly


def test_years_end_on_whole_days() -> None:
    assert yearly(1826).tolist() == [0, 365, 731, 1096, 1461, 1826]
    assert yearly(400).tolist() == [0, 365]
    assert yearly(90).tolist() == [0]

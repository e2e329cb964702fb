from __future__ import annotations

from equipoise.network.hub.analysis.curves import regular, yearly


def test_years_end_on_whole_days() -> None:
    assert yearly(1826).tolist() == [0, 365, 731, 1096, 1461, 1826]
    assert yearly(400).tolist() == [0, 365]
    assert yearly(90).tolist() == [0]


def test_short_windows_have_numbers_at_risk_at_short_steps() -> None:
    assert regular(30).tolist() == [0, 7, 14, 21, 28]
    assert regular(90).tolist() == [0, 30, 60, 90]
    assert regular(365).tolist() == [0, 90, 180, 270, 360]
    assert regular(1826).tolist() == yearly(1826).tolist()

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from equipoise.kernel.days import to_date, to_day


@pytest.mark.parametrize("value", [date(1970, 1, 1), date(2024, 2, 29), date(1908, 5, 1)])
def test_days_are_those_of_numpy(value):
    assert to_day(value) == np.datetime64(value, "D").astype(int)
    assert to_date(to_day(value)) == value

"""Attrition counts."""

from __future__ import annotations

import numpy as np
import pytest

from equipoise.estimators.attrition.hub import AttritionHub
from equipoise.estimators.attrition.site import summarise
from equipoise.estimators.attrition.summary import AttritionData
from equipoise.estimators.loop import run_sites
from equipoise.kernel.errors import EquipoiseError


def site(*n: int) -> AttritionData:
    total = np.array(n)
    return AttritionData(total, total // 2, total - total // 2)


def test_steps_add_up_over_sites() -> None:
    found = run_sites(AttritionHub(3), summarise, [site(10, 8, 3), site(0, 0, 0), site(100, 50, 49)])
    np.testing.assert_array_equal(found.n, [110, 58, 52])
    np.testing.assert_array_equal(found.excluded, [0, 52, 6])
    np.testing.assert_array_equal(found.n_target + found.n_comparator, found.n)


def test_a_site_that_counted_other_steps_is_refused() -> None:
    with pytest.raises(EquipoiseError) as raised:
        run_sites(AttritionHub(3), summarise, [site(10, 8)])
    assert raised.value.code == "EQ-EST-106"

"""The faces for estimates: shapes they take, and that results print. Numbers: tests/gold and the estimators' own tests."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from equipoise.kernel.errors import EquipoiseError
from equipoise.stats import (
    e_value,
    effects,
    empirical_calibration,
    meta_analysis,
    meta_bias,
    meta_mh,
    meta_peto,
    meta_regression,
    p_adjust,
    power_means,
    power_survival,
)

TABLES = pd.DataFrame({"a": [12, 5, 30, 9], "b": [88, 45, 170, 60], "c": [20, 2, 41, 13], "d": [80, 48, 159, 50]})


def test_frames_of_four_columns_are_tables() -> None:
    cells = TABLES.to_numpy().reshape(-1, 2, 2)
    assert effects(TABLES).estimate.tolist() == effects(cells).estimate.tolist()
    assert meta_mh(TABLES, "RR").fit == meta_mh(cells, "RR").fit
    assert meta_peto(TABLES).fit == meta_peto(cells.tolist()).fit


def test_results_read_like_metafor() -> None:
    single = effects(TABLES, "OR")
    found = meta_analysis(single.estimate, single.variance, method="DL", test="knha")
    assert repr(found).startswith("Random-Effects Model (tau^2 estimator: DL), k = 4")
    assert "prediction interval" in repr(found)
    assert "prediction" not in repr(meta_analysis(single.estimate, single.variance, method="FE"))
    regression = meta_regression(single.estimate, single.variance, pd.DataFrame({"year": [1.0, 2, 3, 5]}))
    assert list(regression.summary().index) == ["intrcpt", "year"]
    assert "Moderators: QM" in repr(regression)
    assert "Heterogeneity" in repr(meta_peto(TABLES))
    assert "Trim and fill" in repr(meta_bias(single.estimate, single.variance))


def test_e_values_stand_under_the_limit_that_matters() -> None:
    assert math.isnan(e_value(0.8, 0.71, 0.91).summary().loc["E-values", "lower"])
    assert e_value(3.9, 1.8, 8.7).summary().loc["E-values", "lower"] == pytest.approx(3)
    assert "E-values" in repr(e_value(1.2))


def test_calibration_with_and_without_estimates() -> None:
    rng = np.random.default_rng(2)
    se = rng.uniform(0.1, 0.3, 40)
    y = rng.normal(0.1, np.hypot(0.1, se))
    assert len(empirical_calibration(y, se).summary()) == 0
    assert "40 negative controls" in repr(empirical_calibration(y, se, [0.5], [0.2]))
    with pytest.raises(EquipoiseError, match="go together"):
        empirical_calibration(y, se, [0.5])


def test_small_faces() -> None:
    assert p_adjust([0.01, 0.04], "bonferroni").tolist() == [0.02, 0.08]
    assert "power = 0.9000" in repr(power_means(0.3, power=0.9))
    assert "events" in repr(power_survival(0.75, power=0.9))
    assert power_survival(0.75, power=0.9).summary().shape == (1, 5)

"""The face of regression: names, text, refusals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from equipoise.estimators.data import ModelData
from equipoise.estimators.glm import site as glm_site
from equipoise.estimators.glm.hub import GlmHub
from equipoise.estimators.logistic import site as logistic_site
from equipoise.estimators.logistic.hub import LogisticHub
from equipoise.estimators.loop import run_local
from equipoise.kernel.errors import EquipoiseError
from equipoise.stats import brier_score, c_statistic, glm, logistic, propensity


def people(n: int = 300) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"age": rng.normal(60, 10, n), "female": rng.random(n) < 0.5, "site": rng.choice(["A", "B", "C"], n)})
    frame["y"] = (rng.random(n) < 1 / (1 + np.exp(-(frame["age"] - 60) / 10))).astype(int)
    return frame


def test_a_result_has_names_and_reads_like_r() -> None:
    d = people()
    fit = logistic(d["y"], d[["age", "female"]])
    assert list(fit.summary().index) == ["(Intercept)", "age", "female"]
    assert "residual deviance" in repr(fit)
    assert fit.odds_ratios().loc["age", "lower"] < np.exp(fit.fit.coef[1]) < fit.odds_ratios().loc["age", "upper"]
    np.testing.assert_allclose(fit.fit.coef, glm(d["y"], d[["age", "female"]]).fit.coef, rtol=1e-10)


def test_site_intercepts_move_the_fitted_values_of_their_site_only() -> None:
    d = people()
    d.loc[d["site"] == "A", "y"] = 1
    fit = logistic(d["y"], d[["age"]], site=d["site"], site_intercept_sd=2.0)
    rate = pd.Series(fit.fitted).groupby(d["site"].to_numpy()).mean()
    assert rate["A"] > 0.9
    assert rate["B"] == pytest.approx(d.loc[d["site"] == "B", "y"].mean(), abs=0.03)


def test_errors_name_the_column() -> None:
    d = people().assign(months=lambda f: f["age"] * 12)
    with pytest.raises(EquipoiseError, match="column months"):
        logistic(d["y"], d[["age", "months"]])
    with pytest.raises(EquipoiseError, match="column separating"):
        logistic(d["y"], d[["age"]].assign(separating=d["y"]))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"x": pd.DataFrame({"site": ["A"] * 300})}, "does not hold numbers"),
        ({"x": np.full((300, 1), np.nan)}, "missing or infinite"),
        ({"weights": -np.ones(300)}, "negative"),
        ({"weights": np.ones(4)}, "vector of 300"),
        ({"y": np.full(300, 2.0)}, "between 0 and 1"),
    ],
)
def test_unusable_arguments(change: dict[str, object], words: str) -> None:
    d = people()
    with pytest.raises(EquipoiseError, match=words) as raised:
        logistic(**{"y": d["y"], "x": d[["age"]], **change})  # type: ignore[arg-type]
    assert raised.value.code == "EQ-EST-106"


def test_an_unknown_family_gets_a_guess() -> None:
    with pytest.raises(EquipoiseError, match="poisson"):
        glm(np.ones(3), np.arange(3.0), "poison")  # type: ignore[arg-type]


def test_c_statistic_counts_pairs() -> None:
    assert c_statistic([0.1, 0.4, 0.4, 0.9], [0, 0, 1, 1]) == pytest.approx(3.5 / 4)
    assert np.isnan(c_statistic([0.1, 0.2], [1, 1]))
    assert brier_score([0.5, 1.0], [0, 1]) == pytest.approx(0.125)


def test_propensity_gives_scores_and_preferences() -> None:
    d = people()
    p = propensity(d["y"], d[["age", "female"]])
    assert p.score.mean() == pytest.approx(d["y"].mean(), rel=1e-9)
    assert 0.6 < p.c_statistic < 0.9
    assert 0 < p.equipoise_share <= 1
    assert "c statistic" in repr(p)


def test_gaps_are_refused_with_the_columns_names() -> None:
    x = pd.DataFrame({"age": [1.0, np.nan, 3.0, 4.0], "sex": [0.0, 1.0, 0.0, 1.0], "dose": [np.inf, 1.0, 2.0, 3.0]})
    for fit in (logistic, glm):
        with pytest.raises(EquipoiseError, match="EQ-EST-106 missing or infinite values in age, dose"):
            fit([0, 1, 0, 1], x)


def test_large_finite_columns_are_no_gaps() -> None:
    x = np.array([1e308, 1e308, -1e308, 1e308, 5e307, -2e307]) / 1e300
    assert np.isfinite(glm([1.0, 2.0, 3.0, 2.0, 1.5, 2.5], x * 1e-8, "gaussian").fit.coef).all()


@pytest.mark.parametrize(
    ("hub", "summarise"), [(LogisticHub(2, max_rounds=2), logistic_site.summarise), (GlmHub(2, max_rounds=2), glm_site.summarise)]
)
def test_a_fit_that_does_not_settle_tells_its_path(hub: object, summarise: object) -> None:
    x = np.column_stack([np.ones(200), np.linspace(-2, 2, 200)])
    data = ModelData(x, (np.arange(200) % 3 > 0).astype(float), np.ones(200), np.zeros(200, dtype=np.int64))
    with pytest.raises(EquipoiseError, match=r"EQ-EST-104 .* in 2 rounds; the (log-likelihood|deviance) went -?1"):
        run_local(hub, summarise, data)  # type: ignore[arg-type]


def test_p_values_far_in_the_tail_have_logarithms() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=40_000)
    y = (rng.random(40_000) < 1 / (1 + np.exp(-x))).astype(float)
    for fit in (logistic(y, x).fit, glm(y, x).fit):
        assert fit.p_value[1] == 0
        z = float(fit.z[1])
        assert fit.log_p[1] == pytest.approx(-(z**2) / 2 - np.log(z) - np.log(np.pi / 2) / 2, rel=1e-5)


def test_families_may_be_called_as_r_calls_them() -> None:
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=50), rng.gamma(3, 2, 50)
    assert glm(y, x, "Gamma", "log").fit.deviance == glm(y, x, "gamma", "log").fit.deviance
    assert glm(y, x, "inverse.gaussian", "log").fit.family == "inverse-gaussian"
    with pytest.raises(EquipoiseError, match="gamma"):
        glm(y, x, "gama")


def test_a_redundant_column_is_named_or_left_out() -> None:
    rng = np.random.default_rng(1)
    x = pd.DataFrame({"age": rng.normal(size=50), "sex": rng.integers(0, 2, 50)})
    x["older"] = x["age"] + 2 * x["sex"]
    y = rng.normal(size=50)
    with pytest.raises(EquipoiseError, match=r"EQ-EST-102 .*column older"):
        glm(y, x, "gaussian")
    both = glm(y, x, "gaussian", drop_redundant=True).fit
    assert both.deviance == pytest.approx(glm(y, x[["age", "sex"]], "gaussian").fit.deviance)
    assert np.isnan(both.se[3])


def test_means_of_others_are_predicted_as_those_of_the_model() -> None:
    rng = np.random.default_rng(1)
    x, shift = pd.DataFrame({"age": rng.normal(size=50), "sex": rng.integers(0, 2, 50)}), rng.normal(size=50) / 3
    for fit in (glm(rng.poisson(3, 50), x, "poisson", offset=shift), logistic(rng.integers(0, 2, 50), x, offset=shift)):
        np.testing.assert_allclose(fit.predict(x, shift), fit.fitted, rtol=1e-12)
        with pytest.raises(EquipoiseError, match="EQ-EST-106 x must have 2 columns"):
            fit.predict(x[["age"]])


def test_firths_correction_has_an_answer_where_a_column_separates() -> None:
    x = np.r_[np.zeros(10), np.ones(10)]
    with pytest.raises(EquipoiseError, match="EQ-EST-101"):
        logistic(x, x)
    fit = logistic(x, x, firth=True)
    assert fit.fit.coef[1] == pytest.approx(np.log(10.5 * 10.5 / 0.5 / 0.5))
    with pytest.raises(EquipoiseError, match="EQ-EST-106 Firth"):
        logistic(x, x, firth=True, site=np.zeros(20), site_intercept_sd=1.0)

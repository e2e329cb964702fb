"""The faces for competing risks: what goes in, what is refused, what comes out. Numbers: see tests/gold."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from equipoise.kernel.errors import EquipoiseError
from equipoise.stats import cumulative_incidence, fine_gray, gray_test, kaplan_meier

TIME = [2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]
EVENT = [1, 0, 2, 1, 0, 2, 1, 0]
ARM = ["a", "b", "a", "b", "a", "b", "a", "b"]


@pytest.fixture
def frame() -> pd.DataFrame:
    rng = np.random.default_rng(1)
    n = 150
    return pd.DataFrame(
        {"time": rng.integers(1, 40, n), "event": rng.integers(0, 3, n), "age": rng.normal(60, 9, n), "male": rng.integers(0, 2, n)}
    )


def test_causes_are_named_by_their_values() -> None:
    words = np.array(["censored", "relapse", "death"])[EVENT]
    named = cumulative_incidence(TIME, words, ARM, censored="censored")
    coded = cumulative_incidence(TIME, EVENT, ARM)
    assert named.causes == ("death", "relapse")
    assert coded.causes == ("1", "2")
    np.testing.assert_array_equal(named.curves("a").probability[[0, 2, 1]], coded.curves("a").probability)
    floats = cumulative_incidence(TIME, np.array(EVENT, dtype=float), ARM)
    assert floats.causes == ("1", "2")


def test_probabilities_of_all_states_add_up(frame: pd.DataFrame) -> None:
    found = cumulative_incidence(frame.time, frame.event, tau=[10, 30])
    np.testing.assert_allclose(found.curves().probability.sum(axis=0), 1)
    np.testing.assert_allclose(found.mean_times().groupby("tau")["mean"].sum(), [10, 30])
    free = kaplan_meier(frame.time, frame.event > 0, robust=True).curve()
    np.testing.assert_allclose(found.curves().probability[0], free.survival)
    np.testing.assert_allclose(found.curves().std_error[0], free.std_error)


def test_summaries_and_reprs(frame: pd.DataFrame) -> None:
    incidence = cumulative_incidence(frame.time, frame.event, frame.male)
    assert set(incidence.summary()["cause"]) == {"1", "2"}
    assert "events 1" in repr(incidence)
    test = gray_test(frame.time, frame.event, frame.male)
    assert list(test.summary().index) == ["1", "2"]
    assert "Gray's test" in repr(test)
    fit = fine_gray(frame.time, frame.event, frame[["age", "male"]], cause=2)
    np.testing.assert_array_equal(fit.coef, fine_gray(frame.time, frame.event, frame[["age", "male"]], cause=2.0).coef)
    assert list(fit.summary().index) == ["age", "male"]
    assert f"competing= {(frame.event == 1).sum()}" in repr(fit)


def test_a_prediction_is_the_model(frame: pd.DataFrame) -> None:
    fit = fine_gray(frame.time, frame.event, frame[["age", "male"]])
    curve = fit.predict_incidence([[60.0, 1.0]])[0]
    baseline = np.cumsum(fit.fit.fit.baseline_hazard[0])
    np.testing.assert_allclose(curve, 1 - np.exp(-baseline * np.exp(60 * fit.coef[0] + fit.coef[1])))


def test_strata_and_weights_of_a_regression(frame: pd.DataFrame) -> None:
    twice = pd.concat([frame, frame], ignore_index=True)
    once = fine_gray(frame.time, frame.event, frame[["age"]], strata=frame.male, weights=np.full(150, 2.0))
    long = fine_gray(twice.time, twice.event, twice[["age"]], strata=twice.male)
    np.testing.assert_allclose(once.coef, long.coef)
    np.testing.assert_allclose(once.fit.fit.naive_vcov, long.fit.fit.naive_vcov)
    assert once.strata == ("0", "1")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"event": [0] * 8}, "no cause"),
        ({"event": [1.0, np.nan, *EVENT[2:]]}, "missing"),
        ({"event": EVENT[:7]}, "event must be a vector"),
        ({"time": [-1.0, *TIME[1:]]}, "negative"),
        ({"weights": [-1.0, *TIME[1:]]}, "negative"),
        ({"entry": TIME}, "entry must lie before"),
        ({"variance": "counting", "weights": [0.5] * 8}, "counting"),
        ({"variance": "counting", "cluster": ARM}, "counting"),
        ({"conf_level": 1.0}, "conf_level"),
        ({"tau": 0.0}, "tau"),
    ],
)
def test_incidence_refuses(arguments: dict[str, object], told: str) -> None:
    with pytest.raises(EquipoiseError, match=told) as caught:
        cumulative_incidence(**{"time": TIME, "event": EVENT, **arguments})  # type: ignore[arg-type]
    assert caught.value.code == "EQ-EST-106"


def test_the_test_refuses() -> None:
    with pytest.raises(EquipoiseError, match="whole numbers"):
        gray_test(TIME, EVENT, ARM, weights=[0.5] * 8)
    with pytest.raises(EquipoiseError, match="at least two groups"):
        gray_test(TIME, EVENT, ["a"] * 8)


def test_the_regression_refuses(frame: pd.DataFrame) -> None:
    with pytest.raises(EquipoiseError, match="cause is not one"):
        fine_gray(frame.time, frame.event, frame[["age"]], cause=7)
    with pytest.raises(EquipoiseError, match="missing or infinite"):
        fine_gray(frame.time, frame.event, frame[["age"]].replace(frame.age[0], np.nan))
    with pytest.raises(EquipoiseError, match="rows"):
        fine_gray(frame.time, frame.event, frame[["age"]][:9])
    with pytest.raises(EquipoiseError) as caught:
        fine_gray(frame.time, frame.event, frame.assign(twice=2 * frame.age)[["age", "twice"]])
    assert caught.value.code == "EQ-EST-102"
    assert caught.value.problems[0].where.column == "twice"

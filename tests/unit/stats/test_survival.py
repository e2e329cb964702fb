"""The faces for one data set: what goes in, what is refused, and that results read like R's print. Numbers: see tests/gold."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from equipoise.kernel.errors import EquipoiseError
from equipoise.stats import cox, kaplan_meier, logrank, rmst

mpl.use("Agg")
DATA = Path(__file__).resolve().parents[2] / "gold" / "data" / "data"


@pytest.fixture(scope="module")
def ties() -> pd.DataFrame:
    return pd.read_csv(DATA / "sim_ties.csv")


def test_lists_series_and_arrow_columns_are_the_same(ties: pd.DataFrame) -> None:
    table = pa.Table.from_pandas(ties)
    a = kaplan_meier(ties.time, ties.event, ties.g)
    b = kaplan_meier(list(ties.time), [bool(e) for e in ties.event], list(ties.g))
    c = kaplan_meier(table["time"], table["event"], np.asarray(table["g"]))
    pd.testing.assert_frame_equal(a.summary(), b.summary())
    pd.testing.assert_frame_equal(a.summary(), c.summary())


def test_times_that_differ_by_rounding_are_tied() -> None:
    found = kaplan_meier([0.1 + 0.2, 0.3, 1.0], [1, 1, 1])
    assert found.curve().n_event.tolist() == [2, 1]


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("time", [1.0, np.nan, 3.0]),
        ("time", [1.0, -2.0, 3.0]),
        ("time", [1.0, np.inf, 3.0]),
        ("event", [1, 2, 0]),
        ("event", [1, 0]),
        ("weights", [1.0, -1.0, 1.0]),
        ("weights", [1.0, np.nan, 1.0]),
        ("entry", [0.0, 5.0, 0.0]),
        ("group", ["a", None, "b"]),
        ("cluster", [1, 2]),
        ("conf_level", 1.5),
        ("conf_type", "wald"),
    ],
)
def test_what_cannot_be_used_is_named(argument: str, value: object) -> None:
    given = {"time": [1.0, 2.0, 3.0], "event": [1, 0, 1], argument: value}
    with pytest.raises(EquipoiseError, match=f"EQ-EST-106 .*{argument}"):
        kaplan_meier(**given)


def test_cox_refuses_missing_covariates_and_names_redundant_ones(ties: pd.DataFrame) -> None:
    with pytest.raises(EquipoiseError, match="EQ-EST-106 missing or infinite values in x1"):
        cox(ties.time, ties.event, ties[["x1", "x2"]].where(ties.x1 > 0))
    x = ties[["x1", "x2"]].assign(twice=2 * ties.x1)
    with pytest.raises(EquipoiseError, match="column twice"):
        cox(ties.time, ties.event, x)
    found = cox(ties.time, ties.event, x, drop_redundant=True)
    assert found.dropped == ("twice",)
    assert np.isnan(found.coef[2])


def test_results_read_like_r(ties: pd.DataFrame) -> None:
    assert repr(kaplan_meier(ties.time, ties.event, ties.g)).splitlines()[0].split() == ["n", "events", "median", "0.95LCL", "0.95UCL"]
    assert "degrees of freedom, p=" in repr(logrank(ties.time, ties.event, ties.g))
    fit = cox(ties.time, ties.event, ties[["x1", "x2"]], weights=ties.w)
    assert repr(fit).splitlines()[0].split() == ["coef", "exp(coef)", "se(coef)", "robust", "se", "z", "p"]
    assert "n= 400, number of events=" in repr(fit)
    assert repr(rmst(ties.time, ties.event, ties.g, tau=20)).startswith("Restricted mean survival time up to 20")


def test_summaries_are_frames(ties: pd.DataFrame) -> None:
    curves = kaplan_meier(ties.time, ties.event, ties.g, strata=ties.x2 > 0)
    assert set(curves.summary().columns) >= {"group", "time", "n_risk", "survival", "lower", "upper"}
    assert len(curves.medians()) == 6
    assert len(curves.survival_at([5, 10])) == 6
    assert list(logrank(ties.time, ties.event, ties.g).summary().index) == ["a", "b", "c"]
    assert list(cox(ties.time, ties.event, ties[["x1", "x2"]]).summary().index) == ["x1", "x2"]
    assert rmst(ties.time, ties.event, ties.g, tau=20).contrasts().shape == (4, 4)


def test_several_columns_of_strata_are_their_combinations(ties: pd.DataFrame) -> None:
    young = ties.x1 > 0
    a = cox(ties.time, ties.event, ties[["x1"]], strata=[ties.g, young])
    b = cox(ties.time, ties.event, ties[["x1"]], strata=ties.g + young.astype(str))
    np.testing.assert_allclose(a.coef, b.coef, rtol=1e-12)
    assert len(a.strata) == 6


def test_whole_numbers_name_groups_without_a_point() -> None:
    assert kaplan_meier([1.0, 2.0, 3.0], [1, 1, 0], [2.0, 1.0, 1.0]).groups == ("1", "2")
    assert kaplan_meier([1.0, 2.0, 3.0], [1, 1, 0], pd.Categorical(["b", "a", "a"], categories=["b", "a"])).groups == ("b", "a")


def test_curves_are_drawn(ties: pd.DataFrame) -> None:
    import matplotlib.pyplot as plt

    ax = kaplan_meier(ties.time, ties.event, ties.g).plot()
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["a", "b", "c"]
    plt.close(ax.figure)


def test_weights_that_are_not_counts_get_a_robust_variance(ties: pd.DataFrame) -> None:
    assert cox(ties.time, ties.event, ties[["x1"]], weights=ties.w).fit.robust
    assert not cox(ties.time, ties.event, ties[["x1"]]).fit.robust
    assert not kaplan_meier(ties.time, ties.event, weights=np.full(400, 2)).fit.curves[0].robust


def test_martingale_residuals_add_up_to_zero(ties: pd.DataFrame) -> None:
    found = cox(ties.time, ties.event, ties[["x1", "x2"]]).residuals()
    assert found.martingale.sum() == pytest.approx(0, abs=1e-9)
    np.testing.assert_allclose(found.score.sum(axis=0), 0, atol=1e-7)


@pytest.mark.parametrize("kind", [float, int, np.uint8, str])
def test_whole_numbers_are_groups_by_name_however_they_are_held(kind: type, ties: pd.DataFrame) -> None:
    group = np.where(np.arange(len(ties)) % 3 == 0, 5, 2)
    curves = kaplan_meier(ties.time, ties.event, group.astype(kind))
    assert curves.groups == ("2", "5")
    assert [curve.rows for curve in curves.fit.curves] == [int((group == 2).sum()), int((group == 5).sum())]


@pytest.mark.parametrize("far", [1e4, 1e6])
def test_columns_far_from_zero_and_large_offsets_move_no_coefficient(far: float) -> None:
    rng = np.random.default_rng(0)
    x, time, event = rng.integers(0, 50, size=(500, 2)) / 16, rng.integers(1, 50, 500).astype(float), rng.integers(0, 2, 500)
    near = cox(time, event, x).fit
    moved = cox(time, event, x + far).fit
    np.testing.assert_allclose(moved.coef, near.coef, rtol=1e-7)
    np.testing.assert_allclose(moved.se, near.se, rtol=1e-7)
    np.testing.assert_allclose(cox(time, event, x, offset=np.full(500, 300.0)).fit.coef, near.coef, rtol=1e-9)
    with pytest.raises(EquipoiseError, match="EQ-EST-102"):
        cox(time, event, np.column_stack([x[:, 0], np.full(500, far)]))


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("zph", [(), ("rank",)])
def test_times_that_all_differ_against_the_plain_sums(late: bool, zph: tuple[str, ...]) -> None:
    rng = np.random.default_rng(4)
    x, time, event = rng.normal(size=(90, 3)), rng.exponential(10, 90), rng.random(90) < 0.5
    event[np.argsort(time)[:3]] = False  # censored before anyone dies
    entry = np.where(rng.random(90) < 0.3, time * rng.random(90), -1.0) if late else np.full(90, -1.0)
    found = cox(time, event, x, entry=entry if late else None, zph=zph)
    risk = np.exp(x @ found.fit.coef)
    score, information, hazard = np.zeros(3), np.zeros((3, 3)), {}
    for i in np.flatnonzero(event):
        there = (time >= time[i]) & (entry < time[i])
        share = risk[there] / risk[there].sum()
        mean = share @ x[there]
        score += x[i] - mean
        information += (x[there] * share[:, None]).T @ x[there] - np.outer(mean, mean)
        hazard[time[i]] = 1 / risk[there].sum()
    np.testing.assert_allclose(score, 0, atol=1e-10)
    np.testing.assert_allclose(found.fit.vcov, np.linalg.inv(information), rtol=1e-10)
    np.testing.assert_array_equal(found.fit.time, np.sort(time))
    np.testing.assert_allclose(found.fit.baseline_hazard[0], [hazard.get(t, 0.0) for t in np.sort(time)], rtol=1e-10)
    curve = found.predict_survival(x[0])
    expected = np.exp(-risk[0] * np.cumsum(found.fit.baseline_hazard[0]))
    np.testing.assert_allclose(curve.survival[0], expected, rtol=1e-10)
    assert curve.cumulative_hazard_se.shape == (1, 90)


def test_the_trend_over_groups_is_the_score_test_of_their_number() -> None:
    """Without ties the log-rank variance is that of the Cox model with the scores as its one column."""
    rng = np.random.default_rng(3)
    time, event, dose = rng.permutation(90) + 1.0, rng.random(90) < 0.7, rng.choice([0.0, 1.0, 4.0], 90)
    chisq, p = logrank(time, event, dose).trend([0, 1, 4])
    model = cox(time, event, dose).fit
    assert chisq == pytest.approx(model.score_test, rel=1e-10)
    assert p == pytest.approx(model.p_of(model.score_test), rel=1e-10)
    assert logrank(time, event, dose > 0).trend()[0] == pytest.approx(logrank(time, event, dose > 0).fit.chisq, rel=1e-10)
